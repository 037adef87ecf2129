package engine_test

import (
	"slices"

	"github.com/shopspring/decimal"

	"handover/internal/record"
)

// expectMoney finds unapplied money that goes to another account, and credit that may have
// been paid out already.
func (o *oracle) expectMoney(f findings) {
	payments := o.b.where("payments", "customer_id", o.source.id("id"))
	if o.req.Kind == record.Subscriptions {
		for _, p := range payments {
			if o.moves["payments"][p.id("id")] && p.text("status") == "succeeded" &&
				o.b.unapplied("payments", p).IsPositive() {
				f.concern("UNAPPLIED_MOVES", "payments", p)
			}
		}
		return
	}
	var memos, refunds []row
	for _, m := range o.b.where("credit_memos", "customer_id", o.source.id("id")) {
		if m.text("status") == "open" && o.b.unapplied("credit_memos", m).IsPositive() {
			memos = append(memos, m)
		}
	}
	for _, p := range payments {
		if p.text("status") == "succeeded" {
			refunds = append(refunds, o.b.beyondRest(p)...)
		}
	}
	if len(memos) == 0 || len(refunds) == 0 {
		return
	}
	for _, m := range memos {
		f.concern("REFUNDED_CREDIT", "credit_memos", m)
	}
	for _, r := range refunds {
		f.concern("REFUNDED_CREDIT", "refunds", r)
	}
}

// beyondRest are the refunds of a payment that name no memo and paid back what settles
// documents: refunds use what does not first, in the order of their dates.
func (b books) beyondRest(p row) []row {
	rest := p.sum("amount")
	for _, a := range b.where("payment_allocations", "payment_id", p.id("id")) {
		rest = rest.Sub(a.sum("counts"))
	}
	refunds := b.where("refunds", "payment_id", p.id("id"))
	slices.SortStableFunc(refunds, func(x, y row) int {
		return compareText(x.text("refunded_on"), y.text("refunded_on"))
	})
	var beyond []row
	sum := decimal.Zero
	for _, r := range refunds {
		if r.text("status") != "succeeded" || r.text("kind") != "refund" || r.id("credit_memo_id") != 0 {
			continue
		}
		if sum = sum.Add(r.sum("amount")); sum.GreaterThan(rest) {
			beyond = append(beyond, r)
		}
	}
	return beyond
}

// partFailed parts what failed payments ask of documents that went to the other account,
// where the payments stay: it counts for nothing from then on.
func (o *oracle) partFailed(b books) {
	for _, p := range o.b.where("payments", "customer_id", o.source.id("id")) {
		if p.text("status") != "failed" || o.moves["payments"][p.id("id")] {
			continue
		}
		for _, a := range b.where("payment_allocations", "payment_id", p.id("id")) {
			if o.moves["invoices"][a.id("invoice_id")] || o.moves["debit_memos"][a.id("debit_memo_id")] {
				a["parted"] = true
			}
		}
	}
}
