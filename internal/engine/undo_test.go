package engine

import (
	"fmt"
	"strings"
	"testing"

	"handover/internal/order"
	"handover/internal/testdb"
	"handover/internal/transfer"
)

// moneyFate is something that happens to the money of an account. Numbers are made unique per
// account with named.
type moneyFate struct {
	name string
	do   func(d *undoDesk)

	// bars: while the transfer is in effect it keeps the balance from coming back, since a
	// refund would have another effect then.
	bars bool
}

// undoDesk plays fates on accounts that are alike: what one had before a transfer that is then
// reversed must be what the other has that never was transferred.
type undoDesk struct {
	*desk
	tag      string // of the account at hand, part of its numbers
	ids      map[string]int64
	feedless bool // no file brings statuses: it cannot change what a transfer wrote
}

func newUndoDesk(t *testing.T) *undoDesk {
	t.Helper()
	return &undoDesk{desk: newDesk(t)}
}

// begin opens an account with two invoices, a debit memo and a credit memo.
func (d *undoDesk) begin(tag string) {
	d.t.Helper()
	d.tag, d.ids = tag, map[string]int64{}
	d.customer = d.Customer(testdb.Customer{Name: "Account " + tag})
	d.bill("INV-1", "100.00", "2026-02-01")
	d.bill("INV-2", "40.00", "2026-03-01")
	d.ids["DM-1"] = d.DebitMemo(testdb.Memo{
		Customer: d.customer.ID, Number: d.named("DM-1"), Amount: "30.00",
		IssuedOn: "2026-01-20",
	}).ID
	d.ids["CM-1"] = d.CreditMemo(testdb.Memo{Customer: d.customer.ID, Number: d.named("CM-1"), Amount: "25.00"}).ID
}

func (d *undoDesk) named(number string) string { return number + "-" + d.tag }

func (d *undoDesk) bill(number, amount, due string) {
	d.t.Helper()
	d.ids[number] = d.Invoice(testdb.Invoice{
		Customer: d.customer.ID, Number: d.named(number), Amount: amount,
		DueOn: due, Status: "open",
	}).ID
}

// pay makes a payment for documents: "INV-1 60.00".
func (d *undoDesk) pay(name, amount, status, day string, to ...string) {
	d.t.Helper()
	d.ids[name] = d.Payment(testdb.Payment{Customer: d.customer.ID, Amount: amount, Status: status, ReceivedOn: day}).ID
	d.AllocatePayment(d.ids[name], d.allocations(to)...)
}

func (d *undoDesk) allocations(to []string) []testdb.Allocation {
	var list []testdb.Allocation
	for _, text := range to {
		name, amount, _ := strings.Cut(text, " ")
		a := testdb.Allocation{Amount: amount, Invoice: d.ids[name]}
		if strings.HasPrefix(name, "DM") {
			a.Invoice, a.DebitMemo = 0, a.Invoice
		}
		list = append(list, a)
	}
	return list
}

func (d *undoDesk) back(of, amount, kind string, memo ...string) {
	d.t.Helper()
	r := testdb.Refund{Payment: d.ids[of], Amount: amount, Kind: kind}
	for _, m := range memo {
		r.CreditMemo = d.ids[m]
	}
	d.Refund(r)
}

func (d *undoDesk) set(table, name, column, value string) {
	d.t.Helper()
	d.Exec(fmt.Sprintf(`update %s set %s = $2 where id = $1`, table, column), d.ids[name], value)
}

// brought is a status that a file brings for a document.
func (d *undoDesk) brought(table, name, status string) {
	d.t.Helper()
	if !d.feedless {
		d.set(table, name, "status", status)
	}
}

// later makes a credit memo of 25.00 that was not there when the account began.
func (d *undoDesk) later(to ...string) {
	d.t.Helper()
	d.ids["CM-2"] = d.CreditMemo(testdb.Memo{
		Customer: d.customer.ID, Number: d.named("CM-2"), Amount: "25.00",
		IssuedOn: "2026-02-05",
	}).ID
	d.AllocateCredit(d.ids["CM-2"], d.allocations(to)...)
}

// state is what the account's own documents and money are like, and what it owes.
func (d *undoDesk) state() string {
	d.t.Helper()
	text := d.Text(`select string_agg(x, ', ' order by x collate "C") from (
		select number || ' ' || status || ' ' || trim_scale(total - settled) as x from invoices where customer_id = $1
		union all select number || ' ' || status || ' ' || trim_scale(amount - settled) from debit_memos
		where customer_id = $1 and purpose = ''
		union all select number || ' ' || status || ' ' || trim_scale(greatest(0, amount - allocated - refunded))
		from credit_memos where customer_id = $1 and purpose = ''
		union all select 'PAY ' || p.amount || ' ' || p.received_on || ' ' || trim_scale(u.unapplied)
		from payments p join unapplied_credits u on u.kind = 'payment' and u.id = p.id where p.customer_id = $1
		union all select 'balance ' || trim_scale(coalesce(sum(balance), 0)) from customer_balances
		where customer_id = $1) s`, d.customer.ID)
	return strings.ReplaceAll(text, "-"+d.tag, "")
}

// barred says whether the reversal is blocked because of refunds, and checks that it says so.
func (d *undoDesk) barred(o order.Order) bool {
	d.t.Helper()
	p, err := d.engine.PreviewReversal(d.t.Context(), o.Number)
	if err != nil {
		d.t.Fatal(err)
	}
	f, found := p.Finding("CANNOT_GO_BACK")
	if found && !strings.Contains(f.Message, "were refunded, and the reversal would change") {
		d.t.Errorf("the reversal says %s", f.Message)
	}
	return found
}

// fates are the sentences of docs/domain.md 8.2.
var fates = []moneyFate{
	{name: "nothing", do: func(*undoDesk) {}},
	{name: "a payment that failed", do: func(d *undoDesk) {
		d.pay("P1", "100.00", "failed", "2026-02-10", "INV-1 100.00")
	}},
	{name: "a payment that failed after it had succeeded", do: func(d *undoDesk) {
		d.pay("P1", "140.00", "succeeded", "2026-02-10", "INV-1 100.00", "INV-2 40.00")
		d.brought("invoices", "INV-1", "paid")
		d.set("payments", "P1", "status", "failed")
	}},
	{name: "one that failed and succeeded again", do: func(d *undoDesk) {
		d.pay("P1", "100.00", "failed", "2026-02-10", "INV-1 100.00")
		d.brought("invoices", "INV-1", "paid")
		d.set("payments", "P1", "status", "succeeded")
	}},
	{name: "a second collection of one that failed", do: func(d *undoDesk) {
		d.pay("P1", "100.00", "failed", "2026-02-10", "INV-1 100.00")
		d.pay("P2", "100.00", "succeeded", "2026-02-20", "INV-1 100.00")
	}},
	{name: "a credit memo that is void", do: func(d *undoDesk) {
		d.later("INV-2 25.00")
		d.set("credit_memos", "CM-2", "status", "void")
	}},
	{name: "a credit memo that was void for a while", do: func(d *undoDesk) {
		d.later("INV-2 25.00")
		d.set("credit_memos", "CM-2", "status", "void")
		d.set("credit_memos", "CM-2", "status", "applied")
	}},
	{name: "more than there is room for", do: func(d *undoDesk) {
		d.pay("P1", "100.00", "succeeded", "2026-02-10", "INV-1 100.00")
		d.pay("P2", "70.00", "succeeded", "2026-02-09", "INV-1 70.00")
	}},
	{name: "a status that does not fit", do: func(d *undoDesk) {
		d.pay("P1", "60.00", "succeeded", "2026-02-10", "INV-1 60.00")
		d.brought("invoices", "INV-1", "transferred")
		d.brought("debit_memos", "DM-1", "applied")
	}},
	{name: "a chargeback of a part", do: func(d *undoDesk) {
		d.pay("P1", "180.00", "succeeded", "2026-02-10", "INV-1 100.00", "INV-2 40.00", "DM-1 30.00")
		d.back("P1", "60.00", "chargeback")
	}},
	{name: "a chargeback beside refunds", do: func(d *undoDesk) {
		d.pay("P1", "150.00", "succeeded", "2026-02-10", "INV-1 100.00", "DM-1 30.00")
		d.back("P1", "15.00", "refund")
		d.back("P1", "60.00", "chargeback")
	}},
	{name: "a refund beyond the rest", bars: true, do: func(d *undoDesk) {
		d.pay("P1", "110.00", "succeeded", "2026-02-10", "INV-1 100.00")
		d.back("P1", "30.00", "refund")
	}},
	{name: "a refund of the rest", do: func(d *undoDesk) {
		d.pay("P1", "110.00", "succeeded", "2026-02-10", "INV-1 100.00")
		d.back("P1", "10.00", "refund")
	}},
	{name: "a refund that pays out a memo", bars: true, do: func(d *undoDesk) {
		d.pay("P1", "100.00", "succeeded", "2026-02-10", "INV-1 100.00")
		d.back("P1", "20.00", "refund", "CM-1")
	}},
	{name: "credit beyond what is owed", do: func(d *undoDesk) {
		d.pay("P1", "300.00", "succeeded", "2026-02-10", "INV-1 100.00")
	}},
	{name: "a memo for an invoice", do: func(d *undoDesk) {
		d.CreditMemo(testdb.Memo{
			Customer: d.customer.ID, Number: d.named("CM-3"), Invoice: d.ids["INV-2"],
			Amount: "25.00",
		})
	}},
}

// turns are the ways in which the account is transferred.
var turns = []struct {
	name    string
	carries bool
	ask     func(d *undoDesk) transfer.Request
}{
	{"distributor", true, func(d *undoDesk) transfer.Request { return d.toNordlys() }},
	{"distributor, one balance, another currency", true, func(d *undoDesk) transfer.Request {
		r := d.toThames()
		r.CarryAs = transfer.CarryOneBalance
		return r
	}},
	{"distributor, left", false, func(d *undoDesk) transfer.Request {
		r := d.toNordlys()
		r.CarryAs = transfer.CarryLeave
		return r
	}},
	{"merge with E", true, func(d *undoDesk) transfer.Request {
		return d.into(d.Customer(testdb.Customer{Name: "Into " + d.tag}), "2026-03-01")
	}},
	{"merge", false, func(d *undoDesk) transfer.Request {
		return d.into(d.Customer(testdb.Customer{Name: "Into " + d.tag}), "")
	}},
}

// TestReversalLeavesNothingOfTheTransfer: each fate before a transfer that is then reversed
// leaves what it leaves without one.
func TestReversalLeavesNothingOfTheTransfer(t *testing.T) {
	t.Parallel()
	for n, turn := range turns {
		t.Run(turn.name, func(t *testing.T) {
			d := newUndoDesk(t)
			for m, f := range fates {
				if !played(m, n, len(turns)) {
					continue
				}
				d.begin(fmt.Sprintf("%d%02dA", n, m))
				f.do(d)
				want := d.state()
				d.reversed(d.transfer(turn.ask(d)))
				if got := d.state(); got != want {
					t.Errorf("%s:\n got %s\nwant %s", f.name, got, want)
				}
			}
			d.verify()
		})
	}
}

// played reports whether a fate meets a turn of so many: by day one, the next fate the next, so
// that each of both is tried; by night all.
func played(fate, turn, turns int) bool { return testdb.Night() || fate%turns == turn }

// TestReversalAfterWhatHappenedSince plays each fate on an account whose balance was
// carried, while the transfer is in effect. After the reversal the result equals the one
// on an account that never moved.
func TestReversalAfterWhatHappenedSince(t *testing.T) {
	t.Parallel()
	for n, turn := range turns[:4] {
		t.Run(turn.name, func(t *testing.T) {
			d := newUndoDesk(t)
			d.feedless = true
			for m, f := range fates {
				if !played(m, n, 4) {
					continue
				}
				d.begin(fmt.Sprintf("%d%02dA", n, m))
				f.do(d)
				want := d.state()
				d.begin(fmt.Sprintf("%d%02dB", n, m))
				o := d.transfer(turn.ask(d))
				f.do(d)
				barred := d.barred(o)
				if barred != (f.bars && turn.carries) {
					t.Errorf("%s: barred: %t", f.name, barred)
				}
				if barred {
					continue
				}
				d.reversed(o)
				if got, want := closed.Replace(d.state()), closed.Replace(want); got != want {
					t.Errorf("%s:\n got %s\nwant %s", f.name, got, want)
				}
			}
			d.verify()
		})
	}
}

// closed makes a document that is open with nothing left one that is settled: after a reversal
// money that came meanwhile has closed it, where elsewhere a file does.
var closed = strings.NewReplacer(" open 0,", " settled,", " paid 0,", " settled,", " applied 0,", " settled,")
