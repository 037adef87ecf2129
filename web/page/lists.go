package page

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"

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
	p.lists = true
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

// SavedList reads what the reader saved of the list: its own views behind those that are built in, and its
// columns. A built-in view is given by its name and the query of its address.
func (p *Page) SavedList(l *ListState, name string, builtIn ...ui.View) error {
	own, hidden, err := identity.SavedViews(p.Ctx(), p.DB(), p.Staff.ID, name)
	if err != nil {
		return err
	}
	l.View.Name, l.View.Hidden = name, hidden
	for _, v := range own {
		builtIn = append(builtIn, ui.View{Name: v.Name, Href: v.Query, ID: strconv.FormatInt(v.ID, 10)})
	}
	here := ui.List{Query: l.View.Query}.With("size", "")
	for _, v := range builtIn {
		query, err := url.ParseQuery(v.Href)
		if err != nil {
			query = nil // an address that cannot be read shows the whole list
		}
		of := ui.List{Path: "", Query: query}.With("size", "")
		v.Current, v.Href = of == here, l.View.Path+of
		l.View.Views = append(l.View.Views, v)
	}
	return nil
}

// ListFilter is a filter of a list whose values become chips.
type ListFilter struct {
	Name    string // parameter of the address
	Label   string
	Options []ui.Option // words of the values, nil = they are shown as they are
	Day     bool        // the values are days
}

// Chips adds a chip for each value of the filters that the address has.
func (p *Page) Chips(l *ListState, filters ...ListFilter) {
	for _, f := range filters {
		for _, value := range l.View.Query[f.Name] {
			words := Clean(value)
			if words == "" {
				continue
			}
			for _, o := range f.Options {
				if o.Value == value {
					words = o.Label
				}
			}
			if f.Day {
				words = p.DayText(words)
			}
			l.View.Chips = append(l.View.Chips, ui.Chip{
				Label: f.Label + ": " + words, Href: l.View.Without(f.Name, value),
			})
		}
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
