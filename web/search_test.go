package web_test

import (
	"net/url"
	"strings"
	"testing"

	"handover/internal/testdb"
)

func TestSearch(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	blue := p.world.Customer(testdb.Customer{Name: "Blue Fjord AS"})
	p.world.Exec(`update customers set email = 'billing@fjord.example', crm_id = 'SF-00918', external_id = 'ext-7'
		where id = $1`, blue.ID)
	old := p.world.Customer(testdb.Customer{Name: "Petit Matin SARL"})
	p.world.Exec(
		`update customers set status = 'merged', successor_id = $2, succeeded_on = '2026-01-01' where id = $1`,
		old.ID, blue.ID)
	p.world.Exec(`insert into former_ids (customer_id, kind, value) values ($1, 'crm_id', 'OLD-1')`, old.ID)
	sub := p.world.Subscription(testdb.Subscription{Customer: blue.ID})
	p.world.Invoice(testdb.Invoice{Customer: blue.ID, Number: "INV-0007"})
	p.world.TransferOrder(testdb.TransferOrder{Source: blue.ID})
	p.world.Order(testdb.Order{Customer: blue.ID})
	number := func(prefix string, id int64) string { return p.world.Text(`select number_of($1, $2)`, prefix, id) }
	c, s := number("C", blue.ID), number("S", sub.ID)
	tests := []struct {
		typed string
		want  []string
	}{
		{"fjord", []string{"Customers", c, "Blue Fjord AS", "Subscriptions", s}},
		{"billing@fjord.example", []string{c}},
		{"SF-00918", []string{c}},
		{"ext-7", []string{c}},
		{c, []string{c}},
		{strings.ToLower(c), []string{c}},
		{"OLD-1", []string{c, number("C", old.ID), "Merged"}},
		{s, []string{s, "Blue Fjord AS"}},
		{"INV-0007", []string{"Invoices and memos", "INV-0007", "Blue Fjord AS"}},
		{"no such thing", []string{"Nothing matches “no such thing”"}},
		{"%", []string{"Nothing matches"}},
		{"a\x00\xff'\"<b>", []string{"Nothing matches “a'\"<b>”"}},
		{"", []string{"What are you looking for?"}},
		{strings.Repeat("x", 5000), []string{"Nothing matches"}},
	}
	for _, tt := range tests {
		a := p.get("/pcp/search?" + url.Values{"q": {tt.typed}}.Encode())
		text := a.doc.Find("main").Text()
		for _, want := range tt.want {
			if a.status != 200 || !strings.Contains(text, want) {
				t.Errorf("%q: %d, no %q in %s", tt.typed, a.status, want, strings.Join(strings.Fields(text), " "))
			}
		}
	}
	hits := p.get("/pcp/search?q=fjord").doc.Find(".hit a").AddSelection(
		p.get("/pcp/search?q=INV-0007").doc.Find(".hit a"))
	if hits.Length() != 5 {
		t.Errorf("%d hits, want a customer, a subscription, two orders and an invoice", hits.Length())
	}
	for _, hit := range hits.EachIter() {
		if a := p.get(hit.AttrOr("href", "")); a.status != 200 || !strings.Contains(a.text(), "Blue Fjord AS") {
			t.Errorf("%s leads to %d", hit.Text(), a.status)
		}
	}
	if kept := p.get("/pcp/search?q=fjord").form("/pcp/search").Get("q"); kept != "fjord" {
		t.Errorf("the field holds %q", kept)
	}
}

func TestSearchLeadsToTheList(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	for range 9 {
		p.world.Customer(testdb.Customer{Name: "Blue Fjord AS"})
	}
	a := p.get("/pcp/search?q=blue+fjord")
	if n := a.doc.Find(".hit").Length(); n != 8 {
		t.Errorf("%d hits", n)
	}
	if href := a.doc.Find(`main a:contains("More Customers")`).AttrOr("href",
		""); href != "/pcp/customers?q=blue+fjord" {
		t.Errorf("the rest is at %q", href)
	}
}
