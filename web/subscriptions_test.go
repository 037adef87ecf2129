package web_test

import (
	"encoding/csv"
	"net/http"
	"slices"
	"strings"
	"testing"

	"handover/internal/testdb"
)

func TestListOfSubscriptions(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	d := p.world.Distributor(testdb.Distributor{Name: "Thames Cloud", Currency: "GBP"})
	c := p.world.Customer(testdb.Customer{Name: "Halcyon Foods Ltd", Distributor: d.ID})
	first := p.world.Subscription(testdb.Subscription{
		Customer: c.ID, Price: "19.50", Quantity: "2.5",
		Start: "2026-02-01",
	})
	second := p.world.Subscription(testdb.Subscription{Status: "suspended"})

	a := p.open("/pcp/subscriptions").must("Subscription Contracts", "2 subscriptions", "£ 19.50", "2.5", "monthly",
		"1 Feb 2026", "Suspended")
	if got := a.column("Number"); !slices.Equal(got, []string{second.Number, first.Number}) {
		t.Errorf("the list shows %q, want the newest first", got)
	}
	for path, want := range map[string][]string{
		"?q=halcyon":                 {first.Number},
		"?q=" + second.Number:        {second.Number},
		"?status=suspended":          {second.Number},
		"?distributor=" + d.Number:   {first.Number},
		"?customer=" + c.Number:      {first.Number},
		"?sort=number":               {first.Number, second.Number},
		"?q=halcyon&status=removing": nil,
	} {
		if got := p.open("/pcp/subscriptions" + path).column("Number"); !slices.Equal(got, want) {
			t.Errorf("%s shows %q, want %q", path, got, want)
		}
	}
	file := p.open("/pcp/subscriptions/export?distributor=" + d.Number)
	rows, err := csv.NewReader(strings.NewReader(file.body)).ReadAll()
	if err != nil || len(rows) != 2 || rows[1][0] != first.Number || rows[1][11] != "19.50" || rows[1][10] != "2.5" {
		t.Errorf("the file holds %q (%v), want %s", rows, err, first.Number)
	}
}

func TestSubscriptionPage(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	c := p.world.Customer(testdb.Customer{Name: "Blue Fjord AS"})
	plan := p.world.Plan(testdb.Plan{Name: "Office Suite", Price: "15.00"})
	s := p.world.Subscription(testdb.Subscription{
		Customer: c.ID, Plan: plan.ID, Price: "12.00", Quantity: "3", Promo: "WINTER", PriceFrozen: true,
		ExternalID: "SUB/1",
	})
	addon := p.world.Subscription(testdb.Subscription{Parent: s.ID})
	old := p.world.Subscription(testdb.Subscription{Status: "cancelled"})
	p.world.Continue(old.ID, s.ID, "2026-01-01")
	p.world.ServiceUser(testdb.ServiceUser{Login: "root@fjord.example", Subscriptions: []int64{s.ID}})
	billed := p.world.Charge(testdb.Charge{Subscription: s.ID, Description: "January"})
	i := p.world.Invoice(testdb.Invoice{Lines: []testdb.Line{{Charge: billed.ID}}})
	p.world.Usage(testdb.Usage{Subscription: s.ID, Amount: "4.20", Quantity: "7"})
	p.world.BillingSchedule(testdb.BillingSchedule{Subscription: s.ID})
	p.world.RevenueSchedule(testdb.RevenueSchedule{Subscription: s.ID, Line: i.Lines[0].ID, Recognized: true})
	o := p.world.TransferOrder(testdb.TransferOrder{Source: old.Customer, Target: c.ID})
	p.world.Ledger(o.ID, "subscription", "price", "11.00", "12.00", s.ID)
	p.world.Ledger(o.ID, "subscription", "plan_id", p.world.Text(`select plan_id from subscriptions where id = $1`,
		old.ID), p.world.Text(`select $1::bigint`, plan.ID), s.ID)

	path := "/pcp/subscriptions/" + s.Number
	a := p.open(path).must("Office Suite", "Blue Fjord AS", "€ 36.00", "€ 12.00", "€ 15.00", "WINTER",
		"root@fjord.example",
		"Before that day it was "+old.Number, "Add-on, "+addon.Number, "Price changed from 11.00 to 12.00",
		"to Office Suite ("+plan.Number+")", o.Number)
	if a.link(old.Number) != "/pcp/subscriptions/"+old.Number || a.link("Blue Fjord AS") != "/pcp/customers/"+c.Number {
		t.Error("the other side of the split and the customer are not linked")
	}
	p.open("/pcp/subscriptions/" + old.Number).must("From 1 Jan 2026 it continues as " + s.Number)
	for tab, say := range map[string][]string{
		"/subscription-charge": {"January", i.Number, "€ 10.00"},
		"/usage-record":        {"Not billed", "€ 4.20", "7"},
		"/billing-schedule":    {"Not billed", "€ 10.00"},
		"/revenue-schedule":    {"Recognised", i.Number},
	} {
		p.open(path + tab).must(say...)
	}
	if got := p.open(path + "/subscription-charge").link(i.Number); p.get(got).status != http.StatusOK {
		t.Errorf("the invoice of a charge leads to %s", got)
	}
	if got := p.get("/pcp/subscriptions/SUB%2F1/usage-record"); got.header.Get("Location") != path+"/usage-record" {
		t.Errorf("the external id leads to %q", got.header.Get("Location"))
	}
	for _, ref := range []string{"S-999999", "none", "S-000001/letters", "S-000001/invoice"} {
		if got := p.get("/pcp/subscriptions/" + ref); got.status != http.StatusNotFound {
			t.Errorf("%s answered %d, want 404", ref, got.status)
		}
	}
}
