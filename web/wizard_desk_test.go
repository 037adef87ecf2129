package web_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"handover/internal/testdb"
)

// desk is a panel with a small sales channel: the provider and Nordlys sell in euros
// as one legal entity, Thames sells in pounds as another. Each has the plan Pro; only
// the provider has Vault. Blue Fjord AS owes the provider 120.00 and has Pro.
type desk struct {
	panel
	nordlys, thames testdb.Distributor
	pro, vault      testdb.Plan
	customer        testdb.Customer
	sub             testdb.Subscription
}

func newDesk(t *testing.T) desk {
	t.Helper()
	t.Parallel()
	d := desk{panel: signedIn(t)}
	w := d.world
	d.nordlys = w.Distributor(testdb.Distributor{
		Name: "Nordlys Partner", LegalEntity: w.Provider.LegalEntity,
		MerchantAccount: w.Provider.MerchantAccount,
	})
	d.thames = w.Distributor(testdb.Distributor{
		Name: "Thames Cloud", Currency: "GBP", LegalEntity: "Thames Cloud Ltd",
		MerchantAccount: "merchant-thames",
	})
	d.pro = w.Plan(testdb.Plan{Name: "Pro", Price: "40.00"})
	d.vault = w.Plan(testdb.Plan{Name: "Vault", Price: "90.00"})
	w.Plan(testdb.Plan{DelegatedFrom: d.pro.ID, Distributor: d.nordlys.ID, Price: "40.00"})
	w.Plan(testdb.Plan{DelegatedFrom: d.pro.ID, Distributor: d.thames.ID, Price: "35.00"})
	w.Rate(testdb.Rate{From: "EUR", To: "GBP", Rate: "0.8612", On: time.Now().UTC().Format(time.DateOnly)})
	d.customer = w.Customer(testdb.Customer{Name: "Blue Fjord AS", Email: "billing@fjord.example"})
	d.sub = w.Subscription(testdb.Subscription{Customer: d.customer.ID, Plan: d.pro.ID})
	w.Invoice(testdb.Invoice{Customer: d.customer.ID, Lines: []testdb.Line{{Subscription: d.sub.ID, Amount: "120.00"}}})
	return d
}

// path returns the address of a step of the customer's wizard.
func (d desk) path(step string) string {
	return strings.TrimSuffix("/pcp/customers/"+d.customer.Number+"/transfer/"+step, "/")
}

// fields are those of the step's form as a browser would send them, with its boxes
// elsewhere on the page.
func (a answer) fields() url.Values {
	a.Helper()
	values := a.form(a.doc.Find("form#wizard").AttrOr("action", "none"))
	a.doc.Find(`[form="wizard"][checked]`).Each(func(_ int, box *goquery.Selection) {
		values.Add(box.AttrOr("name", ""), box.AttrOr("value", ""))
	})
	return values
}

// press fills the step's form in and presses a button: next, back or transfer.
func (a answer) press(button string, fill ...string) answer {
	a.Helper()
	values := a.fields()
	for i := 0; i+1 < len(fill); i += 2 {
		values.Set(fill[i], fill[i+1])
	}
	values.Set("go", button)
	return a.post(a.doc.Find("form#wizard").AttrOr("action", ""), values)
}

// next presses Next and opens what follows.
func (a answer) next(fill ...string) answer {
	a.Helper()
	return a.press("next", fill...).follow()
}

// confirm ticks every warning and presses Transfer.
func (a answer) confirm() answer {
	a.Helper()
	values := a.fields()
	values.Del("acknowledged")
	a.doc.Find(`input[name="acknowledged"]`).Each(func(_ int, box *goquery.Selection) {
		values.Add("acknowledged", box.AttrOr("value", ""))
	})
	values.Set("go", "transfer")
	return a.post(a.doc.Find("form#wizard").AttrOr("action", ""), values)
}

// at ends the test unless the page is that step.
func (a answer) at(step string) answer {
	a.Helper()
	if got := a.doc.Find(`[aria-current="step"]`).Text(); !strings.Contains(got, step) {
		a.Fatalf("the wizard is at %q, want %q (%d): %s", strings.TrimSpace(got), step, a.status, a.text())
	}
	return a
}

// says reports whether the page holds all of the texts.
func (a answer) says(texts ...string) answer {
	a.Helper()
	page := a.text()
	for _, text := range texts {
		if !strings.Contains(page, text) {
			a.Errorf("the page does not say %q: %s", text, page)
		}
	}
	return a
}

// is checks the status.
func (a answer) is(status int) answer {
	a.Helper()
	if a.status != status {
		a.Fatalf("answered %d, want %d: %s", a.status, status, a.text())
	}
	return a
}

// want compares what a query says, as text.
func (d desk) want(what, want, query string, args ...any) {
	d.Helper()
	if got := d.world.Text(query, args...); got != want {
		d.Errorf("%s: got %q, want %q", what, got, want)
	}
}

// toThames answers the first step with Thames Cloud.
func (d desk) toThames() answer {
	d.Helper()
	return d.get(d.path("")).follow().at("Distributor").next("distributor", d.thames.Number, "mode",
		"subscriptions_only")
}

// untouched checks that nothing was transferred.
func (d desk) untouched() {
	d.Helper()
	d.want("customer", "active", `select status from customers where id = $1`, d.customer.ID)
	d.want("orders that are no drafts", "0", `select count(*) from transfer_orders where status <> 'draft'`)
}
