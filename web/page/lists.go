package page

import (
	"cmp"
	"slices"

	"handover/internal/db"
	"handover/internal/identity"
	"handover/views/ui"
)

// ListState is what the address of a list page asks for: Page goes to the
// domain, View to the components.
type ListState struct {
	Page   db.Page
	Search string
	View   ui.List
}

// ReadList reads the state of a list from the address. standing is the order
// when the address names none, "-number" for descending.
func (p *Page) ReadList(standing string) ListState {
	q := p.ReadQuery()
	order := q.Text("sort")
	if order == "" {
		order = standing
	}
	usual := cmp.Or(p.Staff.Settings.PageSize, identity.PageSizes[0])
	size := q.Int("size", usual, 1, identity.MaxPageSize)
	if !slices.Contains(identity.PageSizes, size) {
		size = usual
	}
	return ListState{
		Page:   db.Page{Sort: order, Size: size, After: q.Text("after"), Before: q.Text("before")},
		Search: q.Text("q"),
		View:   ui.List{Path: p.Request().URL.Path, Query: p.QueryParams(), Sort: order, Size: size},
	}
}

// Paging returns the foot of the list: before and after are the cursors of the
// part that was read, "" where the list ends.
func (l ListState) Paging(before, after string) ui.Paging {
	paging := ui.Paging{List: l.View, Sizes: slices.Sorted(slices.Values(identity.PageSizes))}
	if before != "" {
		paging.Newer = l.View.With("before", before)
	}
	if after != "" {
		paging.Older = l.View.With("after", after)
	}
	return paging
}
