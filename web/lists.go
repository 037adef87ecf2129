package web

import (
	"slices"
	"strings"

	"handover/views/ui"
)

// pageSizes are the sizes that a list offers; the first is the default.
var pageSizes = []int{50, 25, 100, 200}

// listState is what the address of a list page asks for. After and Before are
// opaque places in the list that the domain gave out.
type listState struct {
	Search string
	Sort   string // column key
	Desc   bool
	After  string
	Before string
	Size   int
	View   ui.List
}

// ReadList reads the state of a list from the address. sorts are the column keys
// it can be sorted by; fallback is the order without one, "-number" for descending.
func (p *page) ReadList(fallback string, sorts ...string) listState {
	q := p.ReadQuery()
	order := q.Text("sort")
	if !slices.Contains(sorts, strings.TrimPrefix(order, "-")) {
		order = fallback
	}
	size := q.Int("size", pageSizes[0], 1, slices.Max(pageSizes))
	if !slices.Contains(pageSizes, size) {
		size = pageSizes[0]
	}
	return listState{
		Search: q.Text("q"), Sort: strings.TrimPrefix(order, "-"), Desc: strings.HasPrefix(order, "-"),
		After: q.Text("after"), Before: q.Text("before"), Size: size,
		View: ui.List{Path: p.Request().URL.Path, Query: p.QueryParams(), Sort: order, Size: size},
	}
}

// Paging returns the foot of the list; newer and older are places to go on from,
// "" where the list ends.
func (l listState) Paging(newer, older string) ui.Paging {
	paging := ui.Paging{List: l.View, Sizes: slices.Sorted(slices.Values(pageSizes))}
	if newer != "" {
		paging.Newer = l.View.With("before", newer)
	}
	if older != "" {
		paging.Older = l.View.With("after", older)
	}
	return paging
}
