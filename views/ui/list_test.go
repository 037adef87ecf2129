package ui_test

import (
	"net/url"
	"testing"

	"handover/views/ui"
)

func TestListAddresses(t *testing.T) {
	t.Parallel()
	l := ui.List{Path: "/pcp/customers", Query: url.Values{
		"q": {"blue"}, "after": {"xyz"},
		"status": {"active", "suspended"},
	}, Sort: "-number"}
	tests := []struct{ name, got, want string }{
		{"the same", l.With(), "/pcp/customers?q=blue&status=active&status=suspended"},
		{"another filter", l.With("q", "fjord"), "/pcp/customers?q=fjord&status=active&status=suspended"},
		{"fewer filters", l.With("q", "", "status", ""), "/pcp/customers"},
		{"next page", l.With("after", "abc"), "/pcp/customers?after=abc&q=blue&status=active&status=suspended"},
		{
			"sorted by another column", l.SortHref("name"),
			"/pcp/customers?q=blue&sort=name&status=active&status=suspended",
		},
		{
			"the other way round", l.SortHref("number"),
			"/pcp/customers?q=blue&sort=number&status=active&status=suspended",
		},
		{"how it is sorted", l.AriaSort("number"), "descending"},
		{"how it is not", l.AriaSort("name"), ""},
		{"what cannot be", l.AriaSort(""), ""},
		{"without anything", ui.List{Path: "/p"}.With("sort", "name"), "/p?sort=name"},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, tt.got, tt.want)
		}
	}
	if l.Query.Get("after") != "xyz" {
		t.Error("making an address changed the list")
	}
	l.Sort = "number"
	if got := l.SortHref("number"); got != "/pcp/customers?q=blue&sort=-number&status=active&status=suspended" {
		t.Errorf("ascending turns to %s", got)
	}
}
