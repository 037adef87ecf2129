package web_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"handover/internal/testdb"
)

// unbalanced makes books of a distributor whose entries keep receivable: one invoice has its
// entry, INV-9 of 30 has none.
func unbalanced(p panel, d testdb.Distributor, customer testdb.Customer) (posted, missing testdb.Invoice) {
	posted = p.world.Invoice(testdb.Invoice{Customer: customer.ID, Amount: "100.00"})
	p.world.Entry(testdb.Entry{Distributor: d.ID, SourceKind: testdb.OfInvoice, Source: posted.ID})
	missing = p.world.Invoice(testdb.Invoice{
		Customer: customer.ID, Number: "INV-9", Amount: "30.00",
		IssuedOn: "2026-02-03",
	})
	return posted, missing
}

// wantsStart: a row of the page begins like this. What follows is when a check ran.
func (a answer) wantsStart(t *testing.T, start string) {
	t.Helper()
	if !slices.ContainsFunc(a.rows(), func(row string) bool { return strings.HasPrefix(row, start) }) {
		t.Errorf("no row begins with %q:\n\t%s", start, strings.Join(a.rows(), "\n\t"))
	}
}

func TestReconciliationPage(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	p.get("/pcp/reconciliation").wants(t, http.StatusOK, "There are no books to reconcile")
	fjord := p.world.Customer(testdb.Customer{Name: "Blue Fjord AS"})
	_, missing := unbalanced(p, p.world.Provider, fjord)

	page := p.get("/pcp/reconciliation")
	page.wants(t, http.StatusOK, "Receivable in the ledger equals the balances of the accounts", "3 "+
		"differences", "Since is the first day")
	page.wantsStart(t, "Aurora Cloud | EUR | 1 | 1 | −€ 30.00 | 3 Feb 2026 | ")
	if got := page.doc.Find("#documents").Closest("section").Find("tbody tr").Length(); got != 1 {
		t.Errorf("the documents have %d rows, want 1", got)
	}
	if got := p.get("/pcp/reconciliation?show=differing").doc.Find("section h2").Length(); got != 3 {
		t.Errorf("what differs are %d reconciliations, want 3", got)
	}
	p.get("/pcp/reconciliation?distributor=D-000099").wants(t, http.StatusOK, "Nothing fits these filters")
	p.get("/pcp/reconciliation?distributor=x").wants(t, http.StatusUnprocessableEntity)

	items := p.get("/pcp/reconciliation/documents?distributor=D-000001&currency=EUR")
	items.wants(t, http.StatusOK, "Each issued document has its entry")
	items.wantsStart(t, "Invoice INV-9 | Blue Fjord AS | € 0.00 | € 30.00 | −€ 30.00 | 3 Feb 2026 | ")
	p.get("/pcp/reconciliation/statuses?distributor=D-000001&currency=EUR").wants(t, http.StatusOK, "Nothing differs")
	p.get("/pcp/reconciliation/receivable_by_account?distributor=D-000001&currency=EUR").wantsStart(t,
		fjord.Number+" | Blue Fjord AS | € 100.00 | € 130.00 | ")
	p.get("/pcp/reconciliation/nothing?distributor=D-000001&currency=EUR").wants(t, http.StatusNotFound)
	p.get("/pcp/reconciliation/documents?distributor=D-000099&currency=EUR").wants(t, http.StatusNotFound)

	account := p.get("/pcp/reconciliation/accounts/" + fjord.Number)
	account.wants(t, http.StatusOK, "Reconciliation of Blue Fjord AS", "Differs since")
	account.wantsStart(t, "Invoice INV-9 | 3 Feb 2026 | € 0.00 | € 30.00 | −€ 30.00 | ")
	p.get("/pcp/reconciliation/accounts/C-000099").wants(t, http.StatusNotFound)

	p.world.Entry(testdb.Entry{
		SourceKind: testdb.OfInvoice, Source: missing.ID, Amount: "30.00",
		PostedOn: "2026-02-03",
	})
	p.get("/pcp/reconciliation").wants(t, http.StatusOK, "0 differences")
	p.get("/pcp/reconciliation/accounts/"+fjord.Number).wants(t,
		http.StatusOK, "Each document and entry of this account agrees")
	if a := p.post("/pcp/reconciliation", nil); a.status != http.StatusSeeOther ||
		a.header.Get("Location") != "/pcp/reconciliation" {
		t.Errorf("a check leads to %d %s", a.status, a.header.Get("Location"))
	}
	p.get("/pcp/reconciliation").wants(t, http.StatusOK, "The books were checked")
}

func TestReconciliationExports(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	fjord := p.world.Customer(testdb.Customer{Name: "Blue Fjord AS"})
	unbalanced(p, p.world.Provider, fjord)
	lines := func(path string) []string {
		t.Helper()
		return strings.Split(strings.TrimSpace(p.get(path).body), "\n")
	}
	all := lines("/pcp/reconciliation/export")
	const head = "name,title,distributor,distributor_name,currency,compared,differing,difference,ok,since," +
		"first_seen,checked_at"
	if len(all) != 6 || all[0] != head ||
		!strings.HasPrefix(all[1], "receivable,Receivable in the ledger equals the balances of the "+
			"accounts,D-000001,Aurora Cloud,EUR,1,1,-30.00,false,2026-02-03,20") {
		t.Errorf("the export is %q", all)
	}
	if off := lines("/pcp/reconciliation/export?show=differing"); len(off) != 4 {
		t.Errorf("the export of what differs is %q", off)
	}
	items := lines("/pcp/reconciliation/documents/export?distributor=D-000001&currency=EUR")
	if len(items) != 2 ||
		!strings.HasPrefix(items[1], "invoice,INV-9,"+fjord.Number+",Blue Fjord "+
			"AS,,0.00,30.00,-30.00,EUR,true,2026-02-03,20") {
		t.Errorf("the records that differ are %q", items)
	}
}

func TestReconciliationOfAnOrder(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	w := p.world
	nordlys, thames := w.Distributor(testdb.Distributor{Name: "Nordlys Partner"}),
		w.Distributor(testdb.Distributor{Name: "Thames Cloud", Currency: "GBP"})
	from, to := w.Customer(testdb.Customer{Name: "Blue Fjord AS", Distributor: nordlys.ID}),
		w.Customer(testdb.Customer{Name: "Blue Fjord AS", Distributor: thames.ID})
	order := w.TransferOrder(testdb.TransferOrder{Kind: "distributor", Source: from.ID, Target: to.ID})
	unbalanced(p, nordlys, from)
	given := w.Entry(testdb.Entry{
		Distributor: nordlys.ID, Customer: from.ID,
		Lines: []testdb.EntryLine{{Account: "1985 Intercompany", Debit: "100"}, {Account: "1100", Credit: "100"}},
	})
	taken := w.Entry(testdb.Entry{Distributor: thames.ID, Customer: to.ID, Lines: []testdb.EntryLine{{
		Account: "1100",
		Debit:   "86",
	}, {Account: "1985 Intercompany", Credit: "86"}}})
	for entry, other := range map[int64]int64{given.ID: thames.ID, taken.ID: nordlys.ID} {
		w.Exec(`update journal_lines set order_id = $2, counterparty_distributor_id = $3, original_amount = 100,
		    original_currency = 'EUR',
			rate = case when currency = 'EUR' then 1 else 0.86 end where entry_id = $1 and account ~ '^1985'`, entry,
			order.ID, other)
	}
	link := p.get("/pcp/orders/" + order.Number).doc.Find(`a[href="/pcp/reconciliation/orders/` + order.Number + `"]`)
	if strings.TrimSpace(link.Text()) != "Reconciliation of both accounts" {
		t.Errorf("the order links to its reconciliation as %q", link.Text())
	}
	page := p.get("/pcp/reconciliation/orders/" + order.Number)
	page.wants(t, http.StatusOK, from.Number, to.Number, "differ by € 0.00.")
	page.wantsRow(t, "JE-000002 | Nordlys Partner | 1985 Intercompany | € 100.00 |  | € 100.00 | 1", "JE-000003 | "+
		"Thames Cloud | 1985 Intercompany |  | £ 86.00 | € 100.00 | 0.86")
	w.Exec(`update journal_lines set original_amount = 99 where entry_id = $1 and order_id is not null`, taken.ID)
	p.get("/pcp/reconciliation/orders/"+order.Number).wants(t, http.StatusOK, "differ by € 1.00.")

	p.post("/sign-out", nil)
	p.signIn(w.Staff(testdb.Staff{Distributor: nordlys.ID, Role: "finance"}))
	page = p.get("/rcp/reconciliation/orders/" + order.Number)
	page.wants(t, http.StatusOK, from.Number, "belongs to another distributor")
	if strings.Contains(page.body, to.Number) || strings.Contains(page.body, "Thames") ||
		strings.Contains(page.body, "86.00") {
		t.Error("the order shows a reseller the other side")
	}
	items := p.get("/rcp/reconciliation/intercompany?distributor=" + nordlys.Number + "&currency=EUR")
	items.wants(t, http.StatusOK, "Another distributor")
	if strings.Contains(items.body, "Thames") || strings.Contains(items.body, thames.Number) {
		t.Error("the pairs show a reseller the other side")
	}
}

func TestReconciliationOfAReseller(t *testing.T) {
	t.Parallel()
	p := newPanel(t)
	nordlys := p.world.Distributor(testdb.Distributor{Name: "Nordlys Partner"})
	vest := p.world.Distributor(testdb.Distributor{Name: "Nordlys Vest", Parent: nordlys.ID})
	for _, d := range []testdb.Distributor{p.world.Provider, nordlys, vest} {
		c := p.world.Customer(testdb.Customer{Distributor: d.ID})
		unbalanced(p, d, c)
	}
	p.signIn(p.world.Staff(testdb.Staff{Distributor: nordlys.ID, Role: "finance"}))
	page := p.get("/rcp/reconciliation")
	page.wants(t, http.StatusOK, "Nordlys Partner", "Nordlys Vest", "6 differences")
	if strings.Contains(page.body, "D-000001") || page.doc.Find("tbody tr").Length() != 10 {
		t.Errorf("a reseller sees %d results, want those of two distributors", page.doc.Find("tbody tr").Length())
	}
	p.get("/rcp/reconciliation/documents?distributor=D-000001&currency=EUR").wants(t, http.StatusNotFound)
	p.post("/sign-out", nil)
	p.signIn(p.world.Staff(testdb.Staff{Role: "support"}))
	for _, path := range []string{
		"/pcp/reconciliation", "/pcp/reconciliation/export",
		"/pcp/reconciliation/accounts/C-000001",
	} {
		p.get(path).wants(t, http.StatusForbidden)
	}
}

func TestAPIReconciliation(t *testing.T) {
	p := newPair(t)
	g := p.asProgram(p.staff)
	g.get("/reconciliation").is(200, "").has("items.0.name", "statuses").has("items.0.ok", true).has("next", nil)
	invoice := p.world.Invoice(testdb.Invoice{Customer: p.customer.ID, Amount: "10.00"})
	p.world.Entry(testdb.Entry{SourceKind: testdb.OfInvoice, Source: invoice.ID, Amount: "10.00"})
	r := g.get("/reconciliation").is(200, "").has("items.0.name", "receivable").has("items.0.distributor",
		"D-000001").has("items.0.currency", "EUR").has("items.0.ok", false)
	if r.at("items.0.difference.currency") != "EUR" || r.at("items.0.since") == nil ||
		r.at("items.0.first_seen") == nil {
		t.Errorf("the difference is %v", r.text)
	}
	next := g.get("/reconciliation?limit=1").is(200, "").at("next").(string)
	g.get("/reconciliation?limit=1&cursor="+next).is(200, "").has("items.0.name", "receivable_by_account")
	g.get("/reconciliation?cursor=nonsense").is(422, "INVALID")
	g.get("/reconciliation?distributor="+p.thames.Number).is(200, "").has("items", "[]")
	g.get("/reconciliation?distributor=D-999999").is(200, "").has("items", "[]")
}
