package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"handover/internal/audit"
	"handover/internal/testdb"
)

func TestCustomerGeneral(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	parent := p.world.Customer(testdb.Customer{Name: "Fjord Group AS"})
	c := p.world.Customer(testdb.Customer{
		Name: "Blue Fjord AS", Email: "pay@fjord.example", TaxID: "NO 987", CRMID: "CRM-4", ExternalID: "A/1 %2F",
		FormerCRM: "CRM-1",
		Parent:    parent.ID, BillToParent: true,
	})
	child := p.world.Customer(testdb.Customer{Name: "Fjord Kiosk", Parent: c.ID, BillToParent: true})
	p.world.Contact(testdb.Contact{Customer: c.ID, Name: "Eva Lund", Email: "eva@fjord.example"})
	s := p.world.Subscription(testdb.Subscription{Customer: c.ID, Price: "12.00", Quantity: "3"})
	p.world.ServiceUser(testdb.ServiceUser{
		Login: "root@fjord.example", Subscriptions: []int64{s.ID},
		AccountWide: true,
	})
	p.world.Invoice(testdb.Invoice{Customer: c.ID, Amount: "1230.00"})

	a := p.open("/pcp/customers/"+c.Number).must("Blue Fjord AS", "pay@fjord.example", "NO 987", "CRM-4", "A/1 %2F",
		"Former CRM idCRM-1",
		"Eva Lund", "root@fjord.example", s.Number, "€ 1,230.00", "€ 36.00", "Aurora Cloud", "bills to this account",
		"pays the bills")
	if a.link("Fjord Group AS") != "/pcp/customers/"+parent.Number || a.link("Fjord Kiosk") != "/pcp/customers/"+
		child.Number {
		t.Error("the related accounts are not linked")
	}
	form := a.doc.Find(`form[action="/pcp/customers/` + c.Number + `/transfer"]`)
	button := form.Find("button")
	if _, disabled := button.Attr("disabled"); disabled ||
		strings.TrimSpace(button.Text()) != "Transfer to Another Distributor" {
		t.Errorf("the button reads %q, disabled %t", button.Text(), disabled)
	}
	note := a.doc.Find("#" + button.AttrOr("aria-describedby", "none")).Text()
	if !strings.Contains(note, "1 subscription") {
		t.Errorf("beside the button stands %q", note)
	}

	// Every id that the account has or had leads to its page, on the same tab.
	for _, ref := range []string{"A%2F1%20%252F", strings.ToLower(c.Number), "CRM-1", "CRM-4"} {
		for _, tab := range []string{"", "/documents"} {
			got := p.get("/pcp/customers/" + ref + tab)
			if got.status != http.StatusFound || got.header.Get("Location") != "/pcp/customers/"+c.Number+tab {
				t.Errorf("%s%s answered %d to %q", ref, tab, got.status, got.header.Get("Location"))
			}
		}
	}
	for _, ref := range []string{"C-999999", "unknown", "C-000001%27"} {
		if got := p.get("/pcp/customers/" + ref); got.status != http.StatusNotFound {
			t.Errorf("%s answered %d, want 404", ref, got.status)
		}
	}
	if got := p.get("/pcp/customers/%00"); got.status != http.StatusUnprocessableEntity {
		t.Errorf("an id that cannot be stored answered %d, want 422", got.status)
	}
}

func TestCustomerTabs(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	c := p.world.Customer(testdb.Customer{Name: "Blue Fjord AS", FormerNumber: "OLD-9"})
	other := p.world.Customer(testdb.Customer{Name: "Kestrel Labs GmbH"})
	s := p.world.Subscription(testdb.Subscription{Customer: c.ID})
	i := p.world.Invoice(testdb.Invoice{Customer: c.ID, Amount: "70.00", Restricted: "legal hold"})
	p.world.Payment(testdb.Payment{Amount: "20.00", Allocations: []testdb.Allocation{{Invoice: i.ID}}})
	p.world.Order(testdb.Order{Customer: c.ID})
	p.world.PaymentMethod(testdb.PaymentMethod{Customer: c.ID, Label: "Visa ending 9137"})
	p.world.Acceptance(testdb.Acceptance{Customer: c.ID, Terms: p.world.Terms(testdb.Terms{Title: "Office terms"}).ID})
	o := p.world.TransferOrder(testdb.TransferOrder{Kind: "merge", Source: other.ID, Target: c.ID})
	entry := audit.Entry{
		Action: "transfer.execute", SubjectKind: "order", Subject: o.Number, OrderID: o.ID,
		Actor: audit.Actor{Name: "worker"},
	}
	if err := audit.Append(t.Context(), p.pool, entry); err != nil {
		t.Fatal(err)
	}
	for tab, say := range map[string][]string{
		"/subscriptions":   {s.Number, "€ 10.00", "monthly"},
		"/documents":       {i.Number, "€ 70.00", "€ 50.00", "Restricted", "PAY-000001", "O-000001", "3 documents"},
		"/payment-methods": {"Visa ending 9137", "merchant-1", "Active"},
		"/terms":           {"Office terms", "Ada Holm", "1 Jan 2025"},
		"/history": {
			o.Number, "Merge of Kestrel Labs GmbH " + other.Number + ", Aurora Cloud",
			"Former numberOLD-9", "Transfer: execute", "worker",
		},
	} {
		a := p.open("/pcp/customers/" + c.Number + tab).must(say...)
		if current := a.doc.Find(`nav[aria-label="Parts of the account"] a[aria-current=page]`); current.AttrOr("href",
			"") != "/pcp/customers/"+c.Number+tab {
			t.Errorf("%s marks the tab %q", tab, current.Text())
		}
	}
	a := p.open("/pcp/customers/" + c.Number + "/documents?kind=payment").must("1 document")
	if got := a.column("Number"); len(got) != 1 || got[0] != "PAY-000001" {
		t.Errorf("payments are %q", got)
	}
	if got := p.get("/pcp/customers/" + c.Number + "/documents?kind=letter"); got.status !=
		http.StatusUnprocessableEntity {
		t.Errorf("an unknown kind answered %d, want 422", got.status)
	}
	for _, tab := range []string{"/subscriptions", "/documents", "/payment-methods", "/terms", "/history"} {
		p.open("/pcp/customers/" + other.Number + tab)
	}
}

func TestDocumentsPageByPage(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	c := p.world.Customer(testdb.Customer{})
	p.world.Exec(`insert into invoices (number, customer_id, issued_on, due_on, currency, status)
		select 'INV-' || g, $1, date '2026-01-01' + g % 3, date '2026-02-01', 'EUR', 'open'
		from generate_series(1, 40) g`, c.ID)
	p.world.Exec(`insert into payments (customer_id, received_on, amount, currency, status)
		select $1, date '2026-01-01' + g % 3, 1, 'EUR', 'succeeded' from generate_series(1, 20) g`, c.ID)
	seen := map[string]bool{}
	a := p.open("/pcp/customers/" + c.Number + "/documents?size=25")
	for {
		for _, number := range a.column("Number") {
			if seen[number] {
				t.Errorf("%s is shown twice", number)
			}
			seen[number] = true
		}
		next := a.doc.Find(`nav[aria-label=Pages] a[rel=next]`)
		if next.Length() == 0 {
			break
		}
		a = p.open(next.AttrOr("href", ""))
	}
	if len(seen) != 60 {
		t.Errorf("the pages show %d documents, want 60", len(seen))
	}
}

// An account that was transferred names its successor and takes no transfer; the
// successor names it and shows its documents.
func TestReadOnlyAccounts(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	d := p.world.Distributor(testdb.Distributor{Name: "Nordlys Partner"})
	next := p.world.Customer(testdb.Customer{Name: "Petit Matin SARL", Distributor: d.ID})
	old := p.world.Customer(testdb.Customer{
		Name: "Petit Matin", Successor: next.ID, SucceededOn: "2026-02-03",
		ExternalID: "A-8",
	})
	merged := p.world.Customer(testdb.Customer{
		Name: "Matin Two", Successor: next.ID, Status: "merged",
		SucceededOn: "2026-03-01", Distributor: d.ID,
	})
	i := p.world.Invoice(testdb.Invoice{Customer: old.ID})

	a := p.open("/pcp/customers/"+old.Number).must("Transferred to Nordlys Partner as "+next.Number,
		"Since 3 Feb 2026 this account is read-only",
		"Transfer its successor instead")
	if a.link("Petit Matin SARL ("+next.Number+")") != "/pcp/customers/"+next.Number {
		t.Error("the successor is not linked")
	}
	if a.doc.Find(`button:contains("Transfer to Another Distributor")[disabled]`).Length() != 1 {
		t.Error("a read-only account can be transferred")
	}
	p.open("/pcp/customers/" + merged.Number).must("Merged into Petit Matin SARL, " + next.Number)
	if got := p.get("/pcp/customers/A-8"); got.header.Get("Location") != "/pcp/customers/"+old.Number {
		t.Errorf("the external id of the old account leads to %q", got.header.Get("Location"))
	}

	a = p.open("/pcp/customers/"+next.Number).must("Came from", "transferred from Aurora Cloud on 3 Feb 2026",
		"merged into this account on 1 Mar 2026")
	if a.link("Petit Matin ("+old.Number+")") != "/pcp/customers/"+old.Number {
		t.Error("the predecessor is not linked")
	}
	a = p.open("/pcp/customers/"+next.Number+"/documents").must("Documents of "+old.Number+" before the transfer",
		i.Number, "All 1 document of Petit Matin")
	if strings.Contains(a.text(), "Documents of "+merged.Number) {
		t.Error("an account without documents is shown")
	}
}

// An account that was merged into another stays merged into it after the next merge.
func TestHistoryFollowsTheChainTruly(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	d := p.world.Distributor(testdb.Distributor{Name: "Nordlys Partner"})
	last := p.world.Customer(testdb.Customer{Name: "Last", Distributor: d.ID})
	middle := p.world.Customer(testdb.Customer{
		Name: "Middle", Distributor: d.ID, Successor: last.ID, Status: "merged",
		SucceededOn: "2026-03-01",
	})
	first := p.world.Customer(testdb.Customer{
		Name: "First", Distributor: d.ID, Successor: middle.ID, Status: "merged",
		SucceededOn: "2026-02-01",
	})
	out := p.world.Customer(testdb.Customer{Name: "Out", Successor: first.ID, SucceededOn: "2026-01-01"})

	p.open("/pcp/customers/"+last.Number).must("merged into this account on 1 Mar 2026", "merged into Middle ("+
		middle.Number+") on 1 Feb 2026",
		"transferred from Aurora Cloud to Nordlys Partner as "+first.Number+" on 1 Jan 2026")
	p.open("/pcp/customers/"+middle.Number).must("Merged into Last, "+last.Number,
		"merged into this account on 1 Feb 2026",
		"transferred from Aurora Cloud to Nordlys Partner as "+first.Number+" on 1 Jan 2026")
	p.open("/pcp/customers/" + out.Number).must("Transferred to Nordlys Partner as " + first.Number)
}

func TestAccountUnderTransfer(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	c := p.world.Customer(testdb.Customer{})
	o := p.world.TransferOrder(testdb.TransferOrder{Source: c.ID, Status: "queued"})
	p.world.Exec(`insert into open_transfers (customer_id, order_id) values ($1, $2)`, c.ID, o.ID)
	a := p.open("/pcp/customers/"+c.Number).must("A merge of this account is queued",
		o.Number+" is in progress for this account")
	if a.link(o.Number) != "/pcp/orders/"+o.Number {
		t.Error("the order is not linked")
	}
	if a.doc.Find(`button:contains("Transfer to Another Distributor")[disabled]`).Length() != 1 {
		t.Error("an account under transfer can be transferred")
	}
}

func TestDocumentPage(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	from := p.world.Customer(testdb.Customer{Name: "Blue Fjord AS", TaxID: "NO 987"})
	to := p.world.Customer(testdb.Customer{Name: "Fjord Group AS"})
	s := p.world.Subscription(testdb.Subscription{Customer: from.ID})
	i := p.world.Invoice(testdb.Invoice{
		Number: "INV/7",
		Lines:  []testdb.Line{{Subscription: s.ID, Amount: "75.00", Start: "2026-01-01", End: "2026-01-31"}},
	})
	pay := p.world.Payment(testdb.Payment{
		Amount:      "30.00",
		Allocations: []testdb.Allocation{{Invoice: i.ID, Amount: "25.00"}},
	})
	refund := p.world.Refund(testdb.Refund{Payment: pay.ID, Amount: "5.00"})
	memo := p.world.CreditMemo(testdb.Memo{Invoice: i.ID, Reason: "goodwill", Amount: "5.00"})
	p.world.Entry(testdb.Entry{SourceKind: testdb.OfInvoice, Source: i.ID, Amount: "75.00", Memo: "Invoice posted"})
	o := p.world.TransferOrder(testdb.TransferOrder{Source: from.ID, Target: to.ID})
	p.world.Exec(`update invoices set customer_id = $1 where id = $2`, to.ID, i.ID)
	p.world.Ledger(o.ID, "invoice", "customer_id", p.world.Text(`select $1::bigint`, from.ID),
		p.world.Text(`select $1::bigint`, to.ID), i.ID)

	path := "/pcp/documents/invoice/" + p.world.Text(`select $1::bigint`, i.ID)
	a := p.open(path).must("Invoice INV/7", "Issued to Blue Fjord AS, now owned by Fjord Group AS ("+to.Number+
		") since "+o.Number, "NO 987",
		"1 Jan 2026 to 31 Jan 2026", "owned by another account now", "€ 75.00", "€ 25.00", "€ 50.00", "Invoice posted",
		"1100 Accounts receivable",
		"Moved from Blue Fjord AS ("+from.Number+") to Fjord Group AS ("+to.Number+")")
	if a.link(s.Number) != "/pcp/subscriptions/"+s.Number || a.link(o.Number) != "/pcp/orders/"+o.Number {
		t.Error("the line's subscription and the order are not linked")
	}
	p.open(a.link(pay.Number)).must("Payment "+pay.Number, "Settles", "INV/7", "Refunds", refund.Number)
	p.open("/pcp/documents/refund/"+p.world.Text(`select $1::bigint`, refund.ID)).must("Refund "+refund.Number,
		pay.Number)
	p.open("/pcp/documents/credit_memo/"+p.world.Text(`select $1::bigint`, memo.ID)).must("goodwill",
		"Not used yet", "INV/7")

	for ref, to := range map[string]string{
		"invoice/" + url.PathEscape("INV/7"): path,
		"payment/" + pay.Number:              a.link(pay.Number),
	} {
		if got := p.get("/pcp/documents/" + ref); got.status != http.StatusFound || got.header.Get("Location") != to {
			t.Errorf("%s answered %d to %q, want %s", ref, got.status, got.header.Get("Location"), to)
		}
	}
	p.world.Invoice(testdb.Invoice{Number: "INV/7"})
	if got := p.get("/pcp/documents/invoice/INV%2F7"); got.header.Get("Location") != "/pcp/search?q=INV%2F7" {
		t.Errorf("a number of two invoices leads to %q", got.header.Get("Location"))
	}
	for _, ref := range []string{"invoice/999", "invoice/none", "letter/1", "placed_order/1", "letter/x"} {
		if got := p.get("/pcp/documents/" + ref); got.status != http.StatusNotFound {
			t.Errorf("%s answered %d, want 404", ref, got.status)
		}
	}
}
