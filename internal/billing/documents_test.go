package billing_test

import (
	"fmt"
	"slices"
	"testing"

	"handover/internal/accounts"
	"handover/internal/billing"
	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/testdb"
)

func TestDocumentsOfACustomer(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	w := testdb.NewWorld(t, pool)
	c := w.Customer(testdb.Customer{})
	all := accounts.Scope{Root: w.Provider.ID, Everything: true}
	i := w.Invoice(testdb.Invoice{Customer: c.ID, IssuedOn: "2026-01-01", Amount: "100.00"})
	pay := w.Payment(testdb.Payment{
		ReceivedOn: "2026-01-02", Amount: "60.00",
		Allocations: []testdb.Allocation{{Invoice: i.ID, Amount: "50.00"}},
	})
	w.Refund(testdb.Refund{Payment: pay.ID, On: "2026-01-03", Amount: "4.00"})
	w.CreditMemo(testdb.Memo{
		IssuedOn: "2026-01-04", Amount: "30.00",
		Allocations: []testdb.Allocation{{Invoice: i.ID, Amount: "10.00"}},
	})
	w.DebitMemo(testdb.Memo{Customer: c.ID, IssuedOn: "2026-01-04", Amount: "7.00"})
	w.Order(testdb.Order{Customer: c.ID, PlacedOn: "2026-01-05", Total: "9.00"})
	w.Invoice(testdb.Invoice{Customer: c.ID, IssuedOn: "2026-01-06", Status: "paid"})
	w.Invoice(testdb.Invoice{}) // belongs to another customer

	read := func(f billing.DocumentsOf) []string {
		var out []string
		for {
			part, err := billing.ListDocuments(t.Context(), pool, all, f)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range part.Rows {
				open := "-"
				if d.Open.Valid {
					open = d.Open.Decimal.String()
				}
				out = append(out, fmt.Sprintf("%s %s %s %s", d.OnDate.Format("02"), d.Kind, d.Amount, open))
			}
			if part.After == "" {
				return out
			}
			f.Page.After = part.After
		}
	}
	want := []string{
		"06 invoice 100 -", "05 placed_order 9 -", "04 debit_memo 7 7", "04 credit_memo 30 20", "03 refund 4 -",
		"02 payment 60 6", "01 invoice 100 40",
	}
	for _, size := range []int{1, 2, 100} {
		if got := read(billing.DocumentsOf{Customer: c.ID, Page: db.Page{Size: size}}); !slices.Equal(got, want) {
			t.Errorf("pages of %d show\n%q, want\n%q", size, got, want)
		}
	}
	if got := read(billing.DocumentsOf{Customer: c.ID, Kind: "invoice", Page: db.Page{Size: 1}}); !slices.Equal(got,
		[]string{want[0], want[6]}) {
		t.Errorf("invoices are %q", got)
	}
	if n, err := billing.CountDocuments(t.Context(), pool, c.ID, ""); err != nil || n != 7 {
		t.Errorf("count is %d (%v), want 7", n, err)
	}
	if n, err := billing.CountDocuments(t.Context(), pool, c.ID, "invoice"); err != nil || n != 2 {
		t.Errorf("count of invoices is %d (%v), want 2", n, err)
	}
	d := w.Distributor(testdb.Distributor{})
	if _, err := billing.ListDocuments(t.Context(), pool, accounts.Scope{Root: d.ID},
		billing.DocumentsOf{Customer: c.ID, Page: db.Page{Size: 1}}); !fault.Is(err, fault.NotFound) {
		t.Errorf("documents outside the scope: %v, want not found", err)
	}
	if _, err := billing.ListDocuments(t.Context(), pool, all, billing.DocumentsOf{
		Customer: c.ID, Kind: "letter",
		Page: db.Page{Size: 1},
	}); !fault.Is(err, fault.NotFound) {
		t.Errorf("documents of no kind: %v, want not found", err)
	}
}

// Every kind but placed orders, which have no page of their own, can be opened.
func TestDocumentOfEachKind(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	w := testdb.NewWorld(t, pool)
	d := w.Distributor(testdb.Distributor{})
	c := w.Customer(testdb.Customer{Distributor: d.ID, Name: "Blue Fjord AS", TaxID: "NO 1"})
	s := w.Subscription(testdb.Subscription{Customer: c.ID})
	i := w.Invoice(testdb.Invoice{Amount: "100.00", Customer: c.ID, Restricted: "legal hold"})
	dm := w.DebitMemo(testdb.Memo{Subscription: s.ID, Amount: "8.00", Reason: "late fee"})
	pay := w.Payment(testdb.Payment{
		Amount: "60.00", Method: w.PaymentMethod(testdb.PaymentMethod{Customer: c.ID}).ID,
		Allocations: []testdb.Allocation{{Invoice: i.ID, Amount: "40.00"}, {DebitMemo: dm.ID, Amount: "5.00"}},
	})
	refund := w.Refund(testdb.Refund{Payment: pay.ID, Amount: "1.00"})
	cm := w.CreditMemo(testdb.Memo{
		Invoice: i.ID, Amount: "30.00",
		Allocations: []testdb.Allocation{{Invoice: i.ID, Amount: "10.00"}},
	})
	w.Exec(`update customers set name = 'Fjord Group AS' where id = $1`, c.ID)

	scope := accounts.Scope{Root: d.ID}
	for _, want := range []struct {
		kind, number, amount, open, buyer, of string
		id                                    int64
		settles                               []string
	}{
		{"invoice", i.Number, "100", "50", "Blue Fjord AS", "", i.ID, []string{
			"credit_memo " + cm.Number + " 10",
			"payment " + pay.Number + " 40",
		}},
		{"debit_memo", dm.Number, "8", "3", "Blue Fjord AS", "", dm.ID, []string{"payment " + pay.Number + " 5"}},
		{"payment", pay.Number, "60", "14", "", "", pay.ID, []string{
			"debit_memo " + dm.Number + " 5",
			"invoice " + i.Number + " 40",
		}},
		{
			"credit_memo", cm.Number, "30", "20", "Blue Fjord AS", i.Number, cm.ID,
			[]string{"invoice " + i.Number + " 10"},
		},
		{"refund", refund.Number, "1", "0", "", pay.Number, refund.ID, nil},
	} {
		got, err := billing.GetDocument(t.Context(), pool, scope, want.kind, want.id)
		if err != nil {
			t.Errorf("%s: %v", want.kind, err)
			continue
		}
		if got.Number != want.number || got.Amount.String() != want.amount || got.Open.Decimal.String() != want.open ||
			got.BuyerName != want.buyer || got.OfNumber != want.of || got.CustomerName != "Fjord Group AS" ||
			got.Customer() != c.Number {
			t.Errorf("%s is %+v, want %+v", want.kind, got, want)
		}
		var settles []string
		allocations, err := billing.Allocations(t.Context(), pool, scope, want.kind, want.id)
		for _, a := range allocations {
			settles = append(settles, fmt.Sprintf("%s %s %s", a.Kind, a.Number, a.Amount))
			if !a.Seen {
				t.Errorf("%s: %s is not seen", want.kind, a.Number)
			}
		}
		if err != nil || !slices.Equal(settles, want.settles) {
			t.Errorf("%s: allocations are %q (%v), want %q", want.kind, settles, err, want.settles)
		}
		if _, err := billing.GetDocument(t.Context(), pool,
			accounts.Scope{Root: w.Distributor(testdb.Distributor{}).ID}, want.kind, want.id); !fault.Is(err,
			fault.NotFound) {
			t.Errorf("%s outside the scope: %v, want not found", want.kind, err)
		}
	}
	for _, kind := range []string{"placed_order", "letter", "invoice"} {
		if _, err := billing.GetDocument(t.Context(), pool, scope, kind, 999); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s 999: %v, want not found", kind, err)
		}
	}
	if refunds, err := billing.Refunds(t.Context(), pool, "payment", pay.ID); err != nil || len(refunds) != 1 ||
		refunds[0].Number != refund.Number {
		t.Errorf("refunds are %+v (%v)", refunds, err)
	}
}

func TestLinesAndEntriesOfAnInvoice(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	w := testdb.NewWorld(t, pool)
	d := w.Distributor(testdb.Distributor{})
	mine := w.Subscription(testdb.Subscription{Customer: w.Customer(testdb.Customer{Distributor: d.ID}).ID})
	moved := w.Subscription(testdb.Subscription{})
	i := w.Invoice(testdb.Invoice{Lines: []testdb.Line{
		{Subscription: mine.ID, Amount: "1.00"}, {Subscription: moved.ID, Amount: "2.00"}, {Amount: "3.00"},
	}})
	lines, err := billing.Lines(t.Context(), pool, accounts.Scope{Root: d.ID}, i.ID)
	if err != nil || len(lines) != 3 {
		t.Fatalf("lines are %+v (%v), want 3", lines, err)
	}
	if !lines[0].Seen || lines[1].Seen || lines[2].Seen || lines[0].OwnedBy != mine.Customer || lines[2].OwnedBy != 0 {
		t.Errorf("lines are %+v, want only the first subscription seen", lines)
	}
	own := w.Entry(testdb.Entry{
		SourceKind: testdb.OfInvoice, Source: i.ID, Distributor: d.ID, Amount: "6.00",
		Memo: "Invoice posted",
	})
	w.Entry(testdb.Entry{SourceKind: testdb.OfInvoice, Source: i.ID})
	w.Entry(testdb.Entry{SourceKind: testdb.OfPayment, Source: i.ID, Distributor: d.ID})
	entries, err := billing.EntriesOf(t.Context(), pool, accounts.Scope{Root: d.ID}, "invoice", i.ID)
	if err != nil || len(entries) != 1 || entries[0].ID != own.ID || len(entries[0].Lines) != 2 {
		t.Fatalf("entries are %+v (%v), want one with two lines", entries, err)
	}
	if l := entries[0].Lines[0]; l.Account != "1100 Accounts receivable" || l.Debit.String() != "6" ||
		!l.Credit.IsZero() {
		t.Errorf("first line is %+v", l)
	}
}
