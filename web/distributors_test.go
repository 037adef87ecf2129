package web_test

import (
	"net/http"
	"slices"
	"testing"

	"handover/internal/testdb"
)

func TestDistributors(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	reseller := p.world.Distributor(testdb.Distributor{Name: "Nordlys Partner", MerchantAccount: "MA-NORDLYS"})
	below := p.world.Distributor(testdb.Distributor{
		Name: "Morava IT", Parent: reseller.ID, Currency: "CZK",
		Status: "inactive",
	})
	p.world.Customer(testdb.Customer{Distributor: below.ID})
	p.world.Customer(testdb.Customer{Distributor: below.ID, Status: "closed"})

	a := p.open("/pcp/distributors").must("3 distributors", "MA-NORDLYS", "CZK", "Inactive", "Morava IT AS")
	if got := a.column("Name"); !slices.Equal(got, []string{
		"Aurora Cloud", "Nordlys Partner (under Aurora Cloud)",
		"Morava IT (under Nordlys Partner)",
	}) {
		t.Errorf("the tree is %q", got)
	}
	if got := a.column("Customers"); got[2] != "2 customers of Morava IT" {
		t.Errorf("customers are %q", got)
	}
	a = p.open("/pcp/distributors/"+reseller.Number).must("Nordlys Partner", "Sells through", "Morava IT",
		"Aurora Cloud")
	if a.link("Customers") != "/pcp/customers" { // the navigation comes first
		t.Errorf("the first link to customers leads to %s", a.link("Customers"))
	}
	for _, l := range []string{
		"/pcp/customers?distributor=", "/pcp/subscriptions?distributor=",
		"/pcp/plans?distributor=", "/pcp/periods?distributor=",
	} {
		if a.doc.Find(`a[href="`+l+reseller.Number+`"]`).Length() != 1 {
			t.Errorf("no link leads to %s%s", l, reseller.Number)
		}
	}
	p.open("/pcp/customers?distributor=" + below.Number).must("2 customers")
	for _, ref := range []string{"D-999999", "reseller"} {
		if got := p.get("/pcp/distributors/" + ref); got.status != http.StatusNotFound {
			t.Errorf("%s answered %d, want 404", ref, got.status)
		}
	}
}

func TestTimeZoneOfDistributor(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	path := "/pcp/distributors/" + p.world.Provider.Number
	form := p.open(path).form(path)
	if form.Get("time_zone") != "UTC" {
		t.Fatalf("the form holds %v", form)
	}
	form.Set("time_zone", "Mars/Olympus")
	form.Set("password", p.staff.Password)
	a := p.post(path, form)
	a.must(`"Mars/Olympus" is not a time zone`)
	if a.status != http.StatusUnprocessableEntity || a.form(path).Get("time_zone") != "Mars/Olympus" {
		t.Errorf("a wrong zone answered %d and kept %q", a.status, a.form(path).Get("time_zone"))
	}
	if got := p.world.Text(`select time_zone from distributors where id = $1`, p.world.Provider.ID); got != "UTC" {
		t.Errorf("a wrong zone was stored: %s", got)
	}
	form.Set("time_zone", "Europe/Oslo")
	p.post(path, form).follow().must("The days of Aurora Cloud now start at midnight in Europe/Oslo.")
	if got := p.world.Text(`select actor_name || ' ' || subject from audit_entries
		where action = 'distributor.time_zone'`); got != "Ada Meyer "+p.world.Provider.Number {
		t.Errorf("the audit entry is %q", got)
	}
	p.become(testdb.Staff{Role: "account_manager"})
	if a := p.post(path, form); a.status != http.StatusForbidden {
		t.Errorf("an account manager sets the time zone: %d, want 403", a.status)
	}
	if p.open(path).doc.Find(`form[action="`+path+`"]`).Length() != 0 {
		t.Error("an account manager is offered the form")
	}
}
