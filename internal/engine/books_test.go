package engine

import (
	"strings"
	"testing"

	"handover/internal/order"
	"handover/internal/record"
	"handover/internal/testdb"
	"handover/internal/transfer"
)

// difference is ledger, sub-ledger and their difference of an account's control account.
func (d *desk) difference(what, want string, customer int64, role string) {
	d.t.Helper()
	d.want(what, want, `select coalesce((select concat_ws(' ', trim_scale(ledger), trim_scale(sub_ledger),
		trim_scale(difference), currency)
		from book_differences where customer_id = $1 and role = $2), 'none')`, customer, role)
}

// proof is what an order keeps of a control account: the difference before and after per side.
func (d *desk) proof(what, want string, o order.Order, role string) {
	d.t.Helper()
	d.want(what, want, `select coalesce(string_agg(concat_ws(' ', side, trim_scale(ledger_before - sub_ledger_before),
		trim_scale(ledger_after - sub_ledger_after), currency), ', ' order by side), '')
		from transfer_books where order_id = $1 and role = $2`, o.ID, role)
}

// TestLinkedRecognitionKeepsDeferredRevenue: a yearly subscription with nine recognised and
// three unrecognised months; deferred revenue is what its schedules say on both accounts.
func TestLinkedRecognitionKeepsDeferredRevenue(t *testing.T) {
	for _, c := range []struct {
		name        string
		ask         func(d *desk, y year, target testdb.Customer) transfer.Request
		source, new string // deferred revenue afterwards
	}{
		{"subscription transfer", func(d *desk, y year, target testdb.Customer) transfer.Request {
			return d.give(target, "", y.sub)
		}, "30 30 0 EUR", "60 60 0 EUR"},
		{"merge with E", func(d *desk, _ year, target testdb.Customer) transfer.Request {
			return d.into(target, "2025-06-01")
		}, "none", "90 90 0 EUR"},
		{"merge with E, the invoices stay", func(d *desk, _ year, target testdb.Customer) transfer.Request {
			return d.into(target, "2025-12-01")
		}, "60 60 0 EUR", "30 30 0 EUR"},
		{"distributor transfer", func(d *desk, _ year, _ testdb.Customer) transfer.Request {
			return d.toNordlys()
		}, "60 60 0 EUR", ""},
		{"distributor transfer into another currency", func(d *desk, _ year, _ testdb.Customer) transfer.Request {
			return d.toThames()
		}, "60 60 0 EUR", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t)
			y := d.year(true)
			d.year(true)
			target := d.Customer(testdb.Customer{Name: "Fjord Group AS"})
			mine := d.customer
			d.customer = target
			d.year(true)
			d.customer = mine
			for _, other := range []testdb.Distributor{d.nordlys, d.thames} { // they keep both control accounts
				c := d.Customer(testdb.Customer{Distributor: other.ID, Currency: other.Currency})
				i := d.Invoice(testdb.Invoice{Customer: c.ID, Amount: "5.00"})
				d.Entry(testdb.Entry{
					Distributor: other.ID, SourceKind: testdb.OfInvoice, Source: i.ID,
					Lines: []testdb.EntryLine{
						{Account: debtors, Debit: "5.00"}, {Account: deferred, Credit: "5.00"},
					},
				})
			}
			req := c.ask(d, y, target)
			p := d.preview(req)
			if f, ok := p.Finding("BOOKS_DIVERGE"); ok {
				t.Errorf("found %+v", f)
			}
			o := d.transfer(req)
			if o.Status != "completed" {
				t.Fatal(o.Failure)
			}
			d.difference("deferred revenue of the old account", c.source, d.customer.ID, "deferred_revenue")
			if req.Kind == record.Distributor {
				d.difference("deferred revenue of the new account", "none", *o.TargetID, "deferred_revenue")
				d.want("receivable of the new account is its balance", "0", `select trim_scale(difference)::text
					from book_differences where customer_id = $1 and role = 'receivable'`, *o.TargetID)
				d.proof("proof", "source 0 0 EUR", o, "deferred_revenue")
			} else {
				d.difference("deferred revenue of the target", c.new, target.ID, "deferred_revenue")
				d.proof("proof", "source 0 0 EUR, target 0 0 EUR", o, "deferred_revenue")
			}
			d.want("every distributor's books agree", "0", `select count(*)::text from distributor_differences
				where difference <> 0
				and distributor_id = $1`, d.Provider.ID)
			d.verify()
			d.back(o)
			d.difference("deferred revenue after the reversal", "60 60 0 EUR", d.customer.ID, "deferred_revenue")
			d.want("both distributors' books agree", "0", `select count(*)::text from book_differences
				where difference <> 0 and customer_id in ($1, $2)`, d.customer.ID, *o.TargetID)
			d.verify()
		})
	}
}

// TestUnlinkedRecognitionDiverges: entries without a source stay behind when their lines move.
func TestUnlinkedRecognitionDiverges(t *testing.T) {
	d := newDesk(t)
	y, target := d.year(false), d.Customer(testdb.Customer{Name: "Fjord Group AS"})
	d.difference("before", "30 30 0 EUR", d.customer.ID, "deferred_revenue")
	p := d.preview(d.give(target, "", y.sub))
	f, ok := p.Finding("BOOKS_DIVERGE")
	if !ok || f.Severity != transfer.Warning || f.Count != 18 || len(f.Records) != 18 {
		t.Fatalf("found %v %+v", ok, f)
	}
	want := "Deferred revenue: ledger - schedules of " + d.customer.Number + " changes from 0.00 to -90.00 EUR, of " +
		target.Number + " from 0.00 to 90.00 EUR." +
		" 9 journal entries name no source and stay. 9 recognised revenue schedule lines have no journal entry."
	if f.Message != want {
		t.Errorf("message:\n got %s\nwant %s", f.Message, want)
	}
	o := d.transfer(d.give(target, "", y.sub))
	d.difference("source", "-90 0 -90 EUR", d.customer.ID, "deferred_revenue")
	d.difference("target", "120 30 90 EUR", target.ID, "deferred_revenue")
	d.proof("the proof says what the preview said", "source 0 -90 EUR, target 0 90 EUR", o, "deferred_revenue")
	d.verify()
	d.back(o)
	d.difference("after the reversal", "30 30 0 EUR", d.customer.ID, "deferred_revenue")
	d.verify()
}

func TestBooksDiverge(t *testing.T) {
	for _, c := range []struct {
		name    string
		make    func(d *desk, target testdb.Customer) transfer.Request
		message string // after the amounts
	}{
		{"an entry moves by its date alone", func(d *desk, target testdb.Customer) transfer.Request {
			d.posted("", 0, d.customer.ID, "2026-01-31", debtors+" to "+earned, "7.00")
			return d.into(target, "2026-01-01")
		}, "1 journal entry names no source and moves because of its date alone."},
		{"an invoice has no entry", func(d *desk, target testdb.Customer) transfer.Request {
			sub := d.subscribe(testdb.Subscription{})
			d.billed("INV-9", "2026-01-10", sub)
			return d.give(target, "", sub)
		}, "1 invoice has no journal entry."},
		{"an invoice's entry has another amount", func(d *desk, target testdb.Customer) transfer.Request {
			sub := d.subscribe(testdb.Subscription{})
			i := d.Invoice(testdb.Invoice{
				Customer: d.customer.ID,
				Lines:    []testdb.Line{{Subscription: sub.ID, Amount: "10.00"}},
			})
			d.posted(testdb.OfInvoice, i.ID, 0, "2026-01-31", debtors+" to "+earned, "9.00")
			return d.give(target, "", sub)
		}, "1 invoice has journal entries with a different amount."},
		{"a payment has no entry", func(d *desk, target testdb.Customer) transfer.Request {
			d.Payment(testdb.Payment{Customer: d.customer.ID})
			return d.into(target, "")
		}, "1 payment has no journal entry."},
		{"a payment failed after it was posted", func(d *desk, target testdb.Customer) transfer.Request {
			p := d.Payment(testdb.Payment{Customer: d.customer.ID, Status: "failed", Amount: "10.00"})
			d.posted(testdb.OfPayment, p.ID, 0, "2026-01-31", "1000 Bank to "+debtors, "10.00")
			return d.into(target, "")
		}, "1 payment has journal entries with a different amount."},
		{
			"a refund of applied money is posted though it opens nothing",
			func(d *desk, target testdb.Customer) transfer.Request {
				i := d.Invoice(testdb.Invoice{Customer: d.customer.ID, Amount: "10.00", Status: "paid"})
				d.posted(testdb.OfInvoice, i.ID, 0, "2026-01-10", debtors+" to "+earned, "10.00")
				p := d.Payment(testdb.Payment{
					Customer: d.customer.ID, Amount: "10.00",
					Allocations: []testdb.Allocation{{Invoice: i.ID, Amount: "10.00"}},
				})
				d.posted(testdb.OfPayment, p.ID, 0, "2026-01-31", "1000 Bank to "+debtors, "10.00")
				r := d.Refund(testdb.Refund{Payment: p.ID, Amount: "4.00"})
				d.posted(testdb.OfRefund, r.ID, 0, "2026-02-01", debtors+" to 1000 Bank", "4.00")
				return d.into(target, "")
			}, "1 refund has journal entries with a different amount.",
		},
		{
			"an invoice that a file calls paid has nothing that pays it",
			func(d *desk, target testdb.Customer) transfer.Request {
				i := d.Invoice(testdb.Invoice{Customer: d.customer.ID, Amount: "10.00", Status: "paid"})
				d.posted(testdb.OfInvoice, i.ID, 0, "2026-01-10", debtors+" to "+earned, "10.00")
				return d.into(target, "")
			}, "1 invoice is settled by its status alone.",
		},
		{"a payment settles a document of another account", func(d *desk, target testdb.Customer) transfer.Request {
			i := d.Invoice(testdb.Invoice{Customer: d.Customer(testdb.Customer{}).ID, Amount: "10.00", Status: "paid"})
			p := d.Payment(testdb.Payment{
				Customer: d.customer.ID, Amount: "10.00",
				Allocations: []testdb.Allocation{{Invoice: i.ID, Amount: "10.00"}},
			})
			d.posted(testdb.OfPayment, p.ID, 0, "2026-01-31", "1000 Bank to "+debtors, "10.00")
			return d.into(target, "")
		}, "1 payment settles a document of another account."},
		{
			"revenue before billing that does not touch deferred revenue is no cause",
			func(d *desk, target testdb.Customer) transfer.Request {
				s := d.subscribe(testdb.Subscription{})
				for _, debit := range []string{"1150 Accrued revenue", deferred} {
					line := d.RevenueSchedule(testdb.RevenueSchedule{
						Subscription: s.ID, Start: "2026-01-01",
						End: "2026-01-31", Amount: "3.00", Recognized: true,
					})
					d.posted(testdb.OfRevenueSchedule, line.ID, 0, "2026-01-31", debit+" to "+earned, "3.00")
				}
				return d.give(target, "", s)
			}, "1 revenue schedule line was recognised before it was billed.",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t)
			target := d.Customer(testdb.Customer{Name: "Fjord Group AS"})
			other := d.Customer(testdb.Customer{})
			d.posted("", 0, other.ID, "2026-01-31", debtors+" to "+earned, "1.00") // receivable is kept
			req := c.make(d, target)
			p := d.preview(req)
			f, ok := p.Finding("BOOKS_DIVERGE")
			if !ok || !strings.HasSuffix(f.Message, " "+c.message) || f.Count != 1 {
				t.Fatalf("found %v %+v", ok, f)
			}
			before := d.Text(`select coalesce(sum(difference), 0)::text from book_differences where customer_id = $1`,
				d.customer.ID)
			o := d.transfer(req)
			if o.Status != "completed" {
				t.Fatal(o.Failure)
			}
			d.want("what moved took its difference along", "true", `select
				(sum(declared) filter (where side = 'target') = $2::numeric and sum(declared) = 0)::text
				from transfer_books where order_id = $1`, o.ID, before)
			d.verify()
		})
	}
}

// TestWhatIsNotKeptIsNotChecked: books without an entry on receivable have no difference.
func TestWhatIsNotKeptIsNotChecked(t *testing.T) {
	d := newDesk(t)
	sub, target := d.subscribe(testdb.Subscription{}), d.Customer(testdb.Customer{})
	d.billed("INV-9", "2026-01-10", sub)
	p := d.preview(d.give(target, "", sub))
	if f, ok := p.Finding("BOOKS_DIVERGE"); ok {
		t.Errorf("found %+v", f)
	}
	o := d.transfer(d.give(target, "", sub))
	d.want("nothing is proved", "0", `select count(*)::text from transfer_books where order_id = $1`, o.ID)
}

// TestRecognitionInSumIsNotCheckedByAccount: one entry a month for all customers has none.
func TestRecognitionInSumIsNotCheckedByAccount(t *testing.T) {
	d := newDesk(t)
	y, target := d.year(false), d.Customer(testdb.Customer{})
	d.Exec(`update distributors set recognition_in_sum = true where id = $1`, d.Provider.ID)
	p := d.preview(d.give(target, "", y.sub))
	if f, ok := p.Finding("BOOKS_DIVERGE"); ok {
		t.Errorf("found %+v", f)
	}
	o := d.transfer(d.give(target, "", y.sub))
	d.proof("receivable is proved", "source 0 0 EUR, target 0 0 EUR", o, "receivable")
	d.proof("deferred revenue is not", "", o, "deferred_revenue")
}
