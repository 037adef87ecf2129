package page

import (
	"slices"

	"handover/internal/db"
	"handover/views/ui"
)

// pageSizes are the sizes that a list offers; the first is the default.
var pageSizes = []int{50, 25, 100, 200}

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
	size := q.Int("size", pageSizes[0], 1, slices.Max(pageSizes))
	if !slices.Contains(pageSizes, size) {
		size = pageSizes[0]
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
	paging := ui.Paging{List: l.View, Sizes: slices.Sorted(slices.Values(pageSizes))}
	if before != "" {
		paging.Newer = l.View.With("before", before)
	}
	if after != "" {
		paging.Older = l.View.With("after", after)
	}
	return paging
}

// FormatTotal writes how many rows a list has: "2,418 customers", "about 24,180 customers".
func FormatTotal(t db.Total, one, many string) string {
	if t.Estimated {
		return "about " + Plural(t.Rows, one, many)
	}
	return Plural(t.Rows, one, many)
}
