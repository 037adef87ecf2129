package engine

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"handover/internal/fault"
	"handover/internal/order"
	"handover/internal/record"
	"handover/internal/testdb"
	"handover/internal/transfer"
)

// TestRandomTransfers makes random customers with random documents and asks for random
// transfers: what the preview calls executable executes, conserves every sum and leaves
// verify clean; what it does not is refused and changes nothing.
//
// HANDOVER_PROPERTY_CASES sets the number of cases, HANDOVER_PROPERTY_FROM the first; 2,000 are a
// night's worth.
func TestRandomTransfers(t *testing.T) {
	t.Parallel()
	cases, from := testdb.Cases(20)
	var done testdb.Tally
	testdb.Batches(t, cases, from, func(t *testing.T, first, last int) {
		d := makeDesk(t)
		for i := first; i < last; i++ {
			t.Run(strconv.Itoa(i), func(t *testing.T) {
				w := &randomWorld{desk: &desk{
					World: testdb.NewWorld(t, d.db), t: t, db: d.db, engine: d.engine,
					actor: d.actor,
				}}
				if w.check(rapid.Custom(w.draw).Example(i)) {
					done.Add("executed")
				} else {
					done.Add("refused")
				}
			})
		}
		d.verify()
	})
	if cases >= 20 && (done.Of("executed") < cases/10 || done.Of("refused") < cases/10) {
		t.Errorf("%v: the worlds are too much alike", &done)
	}
}

// randomWorld is one distributor with a source, a target and a third customer.
type randomWorld struct {
	*desk
	rt       *rapid.T
	source   testdb.Customer
	peer     testdb.Customer
	third    testdb.Customer
	subs     []testdb.Subscription
	invoices []testdb.Invoice
	open     map[int64]int // what is left of an invoice, in cents
}

func (w *randomWorld) day(name string) string {
	return fmt.Sprintf("2026-%02d-%02d", rapid.IntRange(1, 2).Draw(w.rt, name),
		rapid.SampledFrom([]int{1, 5, 15, 28}).Draw(w.rt, name))
}

func (w *randomWorld) some(name string, most int) int {
	return rapid.IntRange(0, most).Draw(w.rt, name)
}

func (w *randomWorld) odds(name string, in int) bool {
	return rapid.IntRange(1, in).Draw(w.rt, name) == 1
}

func cents(n int) string { return decimal.New(int64(n), -2).StringFixed(2) }

// draw makes the world and what is asked for.
func (w *randomWorld) draw(rt *rapid.T) transfer.Request {
	w.rt, w.open = rt, map[int64]int{}
	seller := w.Distributor(testdb.Distributor{})
	w.pro = w.Plan(testdb.Plan{
		Distributor:   seller.ID,
		BillingPeriod: rapid.SampledFrom([]string{"monthly", "quarterly", "yearly"}).Draw(rt, "period"),
	})
	w.source = w.Customer(testdb.Customer{
		Distributor: seller.ID,
		Status: rapid.SampledFrom([]string{
			"active", "active", "active", "suspended",
			"closed",
		}).Draw(rt, "status"),
	})
	w.peer, w.third = w.Customer(testdb.Customer{Distributor: seller.ID}),
		w.Customer(testdb.Customer{Distributor: seller.ID})
	w.drawContracts()
	w.drawInvoices()
	w.drawCredits()
	if w.odds("closed", 4) {
		w.Period(testdb.Period{Distributor: seller.ID, Start: "2026-01-01", End: "2026-01-31", Status: "closed"})
	}
	req := transfer.Request{Kind: record.Merge, SourceCustomer: w.source.Number, TargetCustomer: w.peer.Number}
	switch rapid.IntRange(0, 4).Draw(rt, "flow") {
	case 0, 1:
		req.Kind = record.Subscriptions
		for i, s := range w.subs {
			if i == 0 || w.odds("select", 2) {
				req.Subscriptions = append(req.Subscriptions, s.Number)
			}
		}
	case 2:
		to := w.Distributor(testdb.Distributor{Currency: rapid.SampledFrom([]string{"EUR", "JPY", "KWD"}).Draw(rt,
			"currency")})
		w.Plan(testdb.Plan{DelegatedFrom: w.pro.ID, Distributor: to.ID, Currency: to.Currency, Price: "17"})
		req = transfer.Request{
			Kind: record.Distributor, SourceCustomer: w.source.Number, TargetDistributor: to.Number,
			Mode: transfer.ModeEverything, ConversionRate: "1.0845",
		}
	}
	if req.Kind != record.Distributor && w.odds("dated", 2) {
		req.EffectiveOn = w.day("E")
	}
	return req
}

func (w *randomWorld) drawContracts() {
	for range 1 + w.some("subscriptions", 3) {
		s := testdb.Subscription{
			Customer: w.source.ID, Plan: w.pro.ID, BillingPeriod: w.pro.BillingPeriod, Start: w.day("start"),
			Quantity: strconv.Itoa(1 + w.some("quantity", 4)),
			Price:    cents(w.some("price", 9999)),
			Status: rapid.SampledFrom([]string{
				"active", "active", "active", "active", "suspended", "cancelled", "terminated", "stopping",
			}).Draw(w.rt, "status"),
		}
		if s.Status == "cancelled" || s.Status == "terminated" {
			s.End = "2026-02-28"
		}
		if len(w.subs) > 0 && w.odds("add-on", 5) {
			s.Parent = w.subs[0].ID
		}
		made := w.Subscription(s)
		w.subs = append(w.subs, made)
		for range w.some("records", 2) {
			w.Usage(testdb.Usage{Subscription: made.ID, UsedOn: w.day("used"), Amount: cents(w.some("usage", 500))})
			w.BillingSchedule(testdb.BillingSchedule{
				Subscription: made.ID, DueOn: w.day("due"),
				Amount: cents(w.some("bs", 500)),
			})
			w.RevenueSchedule(testdb.RevenueSchedule{
				Subscription: made.ID, Start: w.day("rs"),
				Amount: cents(w.some("rs amount", 500)), Recognized: w.odds("recognised", 4),
			})
			w.Charge(testdb.Charge{
				Subscription: made.ID, PeriodStart: w.day("charge"),
				Amount: cents(w.some("charge amount", 500)),
			})
		}
	}
	if len(w.subs) > 1 && w.odds("service user", 3) {
		w.ServiceUser(testdb.ServiceUser{
			Customer: w.source.ID, AccountWide: w.odds("wide", 2),
			Subscriptions: []int64{w.subs[0].ID, w.subs[len(w.subs)-1].ID},
		})
	}
}

func (w *randomWorld) drawInvoices() {
	for n := range w.some("invoices", 4) {
		i := testdb.Invoice{
			Customer: w.source.ID, Number: fmt.Sprintf("INV-%d-%d", w.source.ID, n), IssuedOn: w.day("issued"),
			Status: rapid.SampledFrom([]string{"open", "open", "open", "paid", "void", "draft"}).Draw(w.rt,
				"invoice status"),
		}
		if w.odds("restricted", 12) {
			i.Restricted = "legal hold"
		}
		total := 0
		for range 1 + w.some("lines", 1) {
			amount := 1 + w.some("line", 5000)
			total += amount
			line := testdb.Line{Amount: cents(amount)}
			if !w.odds("free line", 6) {
				line.Subscription = rapid.SampledFrom(w.subs).Draw(w.rt, "of").ID
			}
			i.Lines = append(i.Lines, line)
		}
		made := w.Invoice(i)
		w.Entry(testdb.Entry{Source: made.ID, SourceKind: "invoice", PostedOn: i.IssuedOn})
		w.invoices = append(w.invoices, made)
		w.open[made.ID] = total
	}
	if w.odds("third", 4) {
		made := w.Invoice(testdb.Invoice{Customer: w.third.ID, Amount: "40.00", Status: "open"})
		w.invoices = append(w.invoices, made)
		w.open[made.ID] = 4000
	}
}

// settle takes a part of a credit for some invoices.
func (w *randomWorld) settle(amount int) []testdb.Allocation {
	var list []testdb.Allocation
	for _, i := range w.invoices {
		part := min(amount, w.open[i.ID], 1+w.some("part", 3000))
		if part <= 0 || w.odds("skip", 3) {
			continue
		}
		amount, w.open[i.ID] = amount-part, w.open[i.ID]-part
		list = append(list, testdb.Allocation{Invoice: i.ID, Amount: cents(part)})
	}
	return list
}

func (w *randomWorld) drawCredits() {
	for range w.some("payments", 3) {
		amount := 1 + w.some("payment", 6000)
		p := w.Payment(testdb.Payment{
			Customer: w.source.ID, ReceivedOn: w.day("received"), Amount: cents(amount),
			Status: rapid.SampledFrom([]string{
				"succeeded", "succeeded", "succeeded", "succeeded", "failed",
				"requires_action", "processing",
			}).Draw(w.rt, "payment status"),
			Allocations: w.settle(amount),
		})
		if w.odds("refund", 4) {
			w.Refund(testdb.Refund{Payment: p.ID, Amount: cents(1 + w.some("refund", amount-1)), On: w.day("refunded")})
		}
	}
	for range w.some("credit memos", 2) {
		amount := 1 + w.some("credit", 3000)
		m := testdb.Memo{Customer: w.source.ID, IssuedOn: w.day("credited"), Amount: cents(amount)}
		if w.odds("memo of a subscription", 3) {
			m.Subscription = rapid.SampledFrom(w.subs).Draw(w.rt, "memo of").ID
		}
		made := w.CreditMemo(m)
		if w.odds("applied", 2) {
			w.AllocateCredit(made.ID, w.settle(amount)...)
		}
	}
	for range w.some("debit memos", 1) {
		w.DebitMemo(testdb.Memo{Customer: w.source.ID, Subscription: rapid.SampledFrom(w.subs).Draw(w.rt,
			"debit of").ID, IssuedOn: w.day("debited"), Amount: cents(1 + w.some("debit", 3000))})
	}
	w.Entry(testdb.Entry{Customer: w.source.ID, PostedOn: w.day("posted")})
}

// wholeBooks counts and sums the raw tables of the whole database, for all owners.
const wholeBooks = `
	select string_agg(kind || ' ' || n || ' ' || trim_scale(amount), '; ' order by kind) from (
	    select 'subscriptions' as kind, count(*) as n, 0::numeric as amount from subscriptions
	    union all select 'invoices', count(*), sum(total) from invoices
	    union all select 'lines', count(*), sum(amount) from invoice_lines
	    union all select 'payments', count(*), sum(amount) from payments
	    union all select 'refunds', count(*), coalesce(sum(amount), 0) from refunds
	    union all select 'credit memos', count(*), coalesce(sum(amount), 0) from credit_memos
	    union all select 'debit memos', count(*), coalesce(sum(amount), 0) from debit_memos
	    union all select 'usage', count(*), coalesce(sum(amount), 0) from usage_records
	    union all select 'charges', count(*), coalesce(sum(amount), 0) from subscription_charges
	    union all select 'billing', count(*), coalesce(sum(amount), 0) from billing_schedules
	    union all select 'revenue', count(*), coalesce(sum(amount), 0) from revenue_schedules
	    union all select 'journal', count(*), sum(debit - credit) from journal_lines
	    union all select 'balances', 0, sum(balance) from customer_balances) k`

// everyRow digests the rows of the tables that a transfer may write.
const everyRow = `
	select concat_ws(' ', (select sum(hash_record_extended(t, 0)::numeric) from customers t),
	                 (select sum(hash_record_extended(t, 0)::numeric) from subscriptions t),
	    (select sum(hash_record_extended(t, 0)::numeric) from invoices t),
	    (select sum(hash_record_extended(t, 0)::numeric) from invoice_lines t),
	    (select sum(hash_record_extended(t, 0)::numeric) from payments t),
	    (select sum(hash_record_extended(t, 0)::numeric) from credit_memos t),
	    (select sum(hash_record_extended(t, 0)::numeric) from debit_memos t),
	    (select sum(hash_record_extended(t, 0)::numeric) from usage_records t),
	    (select sum(hash_record_extended(t, 0)::numeric) from payment_allocations t),
	    (select sum(hash_record_extended(t, 0)::numeric) from credit_allocations t),
	    (select count(*) from transfer_ledger), (select count(*) from open_transfers),
	    (select count(*) from journal_entries))`

// check asks for the transfer and reports whether it was executed.
func (w *randomWorld) check(req transfer.Request) bool {
	w.t.Helper()
	p := w.preview(req)
	before, rows := w.Text(wholeBooks), w.Text(everyRow)
	o, err := w.try(req)
	if !p.Executable {
		if err == nil || !fault.Is(err, fault.Blocked) && !fault.Is(err, fault.Conflict) {
			w.t.Errorf("%+v is blocked by %v, and got %v", req, p.Blocking(), err)
		}
		if w.Text(everyRow) != rows {
			w.t.Errorf("%+v was refused and changed something", req)
		}
		return false
	}
	if err != nil || o.Status != "completed" {
		w.t.Fatalf("%+v is executable, and got %s: %v", req, o.Failure, err)
	}
	declared := w.Text(`select coalesce(string_agg(kind || ' ' || count || ' ' || trim_scale(amount), '; '), '')
		from transfer_differences where order_id = $1`, o.ID)
	if after := w.Text(wholeBooks); declared == "" && after != before {
		w.t.Errorf("%+v declared nothing; before\n%s\nafter\n%s", req, before, after)
	}
	w.proveSides(p, o)
	return true
}

// proveSides compares what the preview promised of both accounts with what came.
func (w *randomWorld) proveSides(p transfer.Preview, o order.Order) {
	w.t.Helper()
	for number, side := range map[string]transfer.Side{o.SourceNumber: p.Source, o.TargetNumber: p.Target} {
		balance := w.Text(`select round(balance, 3)::text from customer_balances
			where number_of('C', customer_id) = $1`, number)
		want, err := decimal.NewFromString(side.BalanceAfter.Amount)
		if err != nil || !decimal.RequireFromString(balance).Equal(want) {
			w.t.Errorf("%s has %s, the preview of %+v said %s", number, balance, o.Request, side.BalanceAfter.Amount)
		}
		live := w.Text(`select count(*)::text from subscriptions where number_of('C', customer_id) = $1
			and status not in ('cancelled', 'terminated')`, number)
		if live != strconv.FormatInt(side.SubscriptionsAfter, 10) {
			w.t.Errorf("%s has %s live subscriptions, the preview of %+v said %d", number, live, o.Request,
				side.SubscriptionsAfter)
		}
		open := w.Text(`select count(*)::text from invoices where number_of('C', customer_id) = $1 and status = 'open'`,
			number)
		if open != strconv.FormatInt(side.OpenInvoicesAfter, 10) {
			w.t.Errorf("%s has %s open invoices, the preview of %+v said %d", number, open, o.Request,
				side.OpenInvoicesAfter)
		}
	}
	if o.Request.Kind == record.Merge && w.Text(`select balance = 0 from customer_balances
		where number_of('C', customer_id) = $1`, o.SourceNumber) != "true" {
		w.t.Errorf("%s is merged and keeps a balance after %+v", o.SourceNumber, o.Request)
	}
}
