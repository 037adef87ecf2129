package engine

import (
	"testing"

	"handover/internal/accounts"
	"handover/internal/testdb"
)

// TestCaseLookup is case 24: a CRM id that a merged and a live account carry leads to the
// live one.
func TestCaseLookup(t *testing.T) {
	o := newOutside(t, "24-lookup")
	find := func(ref string) string {
		id, err := accounts.FindCustomer(t.Context(), o.db, accounts.Scope{Everything: true}, ref)
		if err != nil {
			t.Fatal(err)
		}
		return o.Text(`select external_id from customers where id = $1`, id)
	}
	o.transfer(o.merge("K24-A", "K24-B", ""))
	if got := find("K24CRM"); got != "K24-A" {
		t.Errorf("while only the merged account carries it: got %s", got)
	}
	o.feed("csv2")
	for ref, want := range map[string]string{
		"K24CRM": "K24-N", "K24OTHER": "K24-B", "K24-A": "K24-A",
		o.number("C", "K24-A"): "K24-A",
	} {
		if got := find(ref); got != want {
			t.Errorf("%s: got %s, want %s", ref, got, want)
		}
	}
}

// TestAnIDNamesTheLiveAccount goes beyond the case: an id names the live account,
// whichever account carried it first, and however that one ended.
func TestAnIDNamesTheLiveAccount(t *testing.T) {
	d := newDesk(t)
	next := d.Customer(testdb.Customer{Name: "Successor"})
	account := func(c testdb.Customer) { d.Customer(c) }
	gone := func(c testdb.Customer) testdb.Customer { c.Successor = next.ID; return c }
	for ref, c := range map[string]struct {
		accounts []testdb.Customer // in the order of their ids
		want     string
	}{
		"R-1": {[]testdb.Customer{
			gone(testdb.Customer{Name: "merged", Status: "merged", CRMID: "R-1"}),
			{Name: "live", CRMID: "R-1"},
		}, "live"},
		"R-2": {[]testdb.Customer{
			gone(testdb.Customer{Name: "out", FormerCRM: "R-2"}),
			{Name: "suspended", CRMID: "R-2", Status: "suspended"},
		}, "suspended"},
		"R-3": {[]testdb.Customer{
			{Name: "closed", CRMID: "R-3", Status: "closed"},
			{Name: "live", CRMID: "R-3"},
		}, "live"},
		"R-4": {[]testdb.Customer{
			{Name: "former", FormerCRM: "R-4"},
			gone(testdb.Customer{Name: "merged", Status: "merged", CRMID: "R-4"}),
		}, "merged"},
		"R-5": {
			[]testdb.Customer{{Name: "live", CRMID: "R-5"}, {Name: "named", ExternalID: "R-5", Status: "closed"}},
			"named",
		},
		"R-6": {[]testdb.Customer{
			gone(testdb.Customer{Name: "out", FormerExtID: "R-6"}),
			{Name: "other", CRMID: "R-6x"},
		}, "out"},
		"R-7": {[]testdb.Customer{{Name: "first", CRMID: "R-7"}, {Name: "second", CRMID: "R-7"}}, "first"},
	} {
		for _, a := range c.accounts {
			account(a)
		}
		id, err := accounts.FindCustomer(t.Context(), d.db, accounts.Scope{Everything: true}, ref)
		if err != nil {
			t.Fatal(err)
		}
		if got := d.Text(`select name from customers where id = $1`, id); got != c.want {
			t.Errorf("%s: got %s, want %s", ref, got, c.want)
		}
	}
}
