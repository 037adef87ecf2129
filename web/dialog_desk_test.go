package web_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"handover/internal/testdb"
)

// pair is a panel with two customers of one distributor: Blue Fjord AS has the
// contracts first and second, each on an invoice of its own, and Fjord Group AS has none.
type pair struct {
	desk
	group         testdb.Customer
	first, second testdb.Subscription
}

func newPair(t *testing.T) pair {
	t.Helper()
	d := newDesk(t)
	p := pair{desk: d, first: d.sub}
	p.group = d.world.Customer(testdb.Customer{
		Name: "Fjord Group AS", Email: "office@group.example",
		CRMID: "SF-00377",
	})
	p.second = d.world.Subscription(testdb.Subscription{Customer: d.customer.ID, Plan: d.vault.ID})
	d.world.Invoice(testdb.Invoice{
		Customer: d.customer.ID,
		Lines:    []testdb.Line{{Subscription: p.second.ID, Amount: "30.00"}},
	})
	return p
}

// merge opens the dialog Merge Customers of Blue Fjord AS.
func (p pair) merge(step string) string {
	return "/pcp/customers/" + p.customer.Number + "/merge" + step
}

// moving opens the dialog Transfer Subscriptions of Blue Fjord AS.
func (p pair) moving(step string) string {
	return "/pcp/customers/" + p.customer.Number + "/transfer-subscriptions" + step
}

// toMerge answers the first step of a merge with Fjord Group AS.
func (p pair) toMerge() answer {
	p.Helper()
	return p.get(p.merge("")).in("Merge Customers", "Select").say("preview", "target",
		p.group.Number).follow().in("Merge Customers", "Preview")
}

// toTransfer answers the first step of a transfer of the contracts.
func (p pair) toTransfer(subs ...testdb.Subscription) answer {
	p.Helper()
	q := url.Values{}
	for _, s := range subs {
		q.Add("subscription", s.Number)
	}
	return p.get("/pcp/subscriptions/transfer?"+q.Encode()).follow().in("Transfer Subscriptions", "Select").
		say("preview", "target", p.group.Number).follow().in("Transfer Subscriptions", "Preview")
}

// in ends the test unless the page is that dialog at that step.
func (a answer) in(dialog, step string) answer {
	a.Helper()
	if a.doc.Find(`[role="dialog"][aria-label="`+dialog+`"]`).Length() != 1 {
		a.Fatalf("the dialog %s is not there (%d): %s", dialog, a.status, a.text())
	}
	return a.at(step)
}

// dialogFields are those of the dialog's form as a browser would send them.
func (a answer) dialogFields() url.Values {
	a.Helper()
	values := a.form(a.doc.Find("form#dialog").AttrOr("action", "none"))
	a.doc.Find(`[form="dialog"][checked]`).Each(func(_ int, box *goquery.Selection) {
		values.Add(box.AttrOr("name", ""), box.AttrOr("value", ""))
	})
	return values
}

// say fills the dialog in and presses a button.
func (a answer) say(button string, fill ...string) answer {
	a.Helper()
	values := a.dialogFields()
	values.Set("go", button)
	for i := 0; i+1 < len(fill); i += 2 {
		values.Set(fill[i], fill[i+1])
	}
	return a.post(a.doc.Find("form#dialog").AttrOr("action", ""), values)
}

// ticked presses a button with every warning ticked.
func (a answer) ticked(button string, fill ...string) answer {
	a.Helper()
	values := a.dialogFields()
	values.Del("acknowledged")
	a.doc.Find(`input[name="acknowledged"]`).Each(func(_ int, box *goquery.Selection) {
		values.Add("acknowledged", box.AttrOr("value", ""))
	})
	values.Set("go", button)
	for i := 0; i+1 < len(fill); i += 2 {
		values.Set(fill[i], fill[i+1])
	}
	return a.post(a.doc.Find("form#dialog").AttrOr("action", ""), values)
}

// codes lists the findings of the preview.
func (a answer) codes() string {
	return strings.Join(a.doc.Find(".callout-code").Map(func(_ int, s *goquery.Selection) string {
		return s.Text()
	}), " ")
}
