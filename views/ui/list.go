package ui

import (
	"maps"
	"net/url"
	"slices"
	"strings"
)

// List is the state of a list page as the address has it: the page's own path, its
// filters, and its order. web/page/lists.go makes it.
type List struct {
	Path   string
	Query  url.Values
	Sort   string // the order in force, default included: "name", or "-name" for descending
	Size   int
	Name   string   // what the reader's views and columns are saved under, "" = they are not
	Hidden []string // labels of the columns that the reader does not want to see
	Views  []View
	Chips  []Chip
}

// View is a name for filters and order of a list.
type View struct {
	Name    string
	Href    string
	Count   string
	ID      string // of one's own, "" = it is built in
	Current bool
}

// Chip is a filter in force; its address is the list without it.
type Chip struct {
	Label string
	Href  string
}

// Here returns the list's own address.
func (l List) Here() string { return l.With() }

// Without returns the list's address without one value of a filter.
func (l List) Without(name, value string) string {
	q := url.Values{}
	for key, values := range l.Query {
		for _, v := range values {
			if key != name || v != value {
				q.Add(key, v)
			}
		}
	}
	l.Query = q
	return l.With()
}

// shows reports whether the reader wants to see a column.
func (l List) shows(label string) bool { return !slices.Contains(l.Hidden, label) }

// With returns the list's address with parameters replaced (an empty value
// removes one). It starts at the first page again.
func (l List) With(pairs ...string) string {
	q := maps.Clone(l.Query)
	if q == nil {
		q = url.Values{}
	}
	q.Del("after")
	q.Del("before")
	for name, values := range q {
		if strings.Join(values, "") == "" { // fields that were left empty
			q.Del(name)
		}
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			q.Del(pairs[i])
		} else {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	if len(q) == 0 {
		return l.Path
	}
	return l.Path + "?" + q.Encode()
}

// SortHref returns the address that sorts by the key, the other way round if it does already.
func (l List) SortHref(key string) string {
	if l.Sort == key {
		return l.With("sort", "-"+key)
	}
	return l.With("sort", key)
}

// AriaSort returns the aria-sort value of a column, "" when the list is not sorted by it.
func (l List) AriaSort(key string) string {
	switch {
	case key == "" || strings.TrimPrefix(l.Sort, "-") != key:
		return ""
	case strings.HasPrefix(l.Sort, "-"):
		return "descending"
	default:
		return "ascending"
	}
}

type param struct{ Name, Value string }

// hidden returns the parameters that a filter form must carry along: all but its
// own fields and the place in the list.
func (l List) hidden(own ...string) []param {
	var out []param
	own = append(own, "after", "before")
	for _, name := range slices.Sorted(maps.Keys(l.Query)) {
		if slices.Contains(own, name) {
			continue
		}
		for _, value := range l.Query[name] {
			out = append(out, param{name, value})
		}
	}
	return out
}
