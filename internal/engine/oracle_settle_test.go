package engine_test

import (
	"slices"

	"github.com/shopspring/decimal"

	"handover/internal/record"
)

// claim is what an allocation asks of a document, while the oracle works out how much of it
// counts (docs/domain.md, "What settles a document").
type claim struct {
	allocation, credit, document row
	credits, documents           string // the tables of the two
	amount, asks, counts         decimal.Decimal
}

// carries says whether the credit is a memo that carries a balance: it counts first.
func (k *claim) carries() bool {
	return k.credits == "credit_memos" && k.credit.text("purpose") == "transfer"
}

// carried says whether the document is a debit memo that carries a balance.
func (k *claim) carried() bool {
	return k.documents == "debit_memos" && k.document.text("purpose") == "transfer"
}

// due is the day by which a chargeback chooses among documents.
func (k *claim) due() string {
	if due := k.document.text("due_on"); due != "" {
		return due
	}
	return k.document.text("issued_on")
}

// date and number order what settles one document.
func (k *claim) date() string {
	if k.credits == "payments" {
		return k.credit.text("received_on")
	}
	return k.credit.text("issued_on")
}

func (k *claim) number() string {
	if k.credits == "payments" {
		return record.Number("PAY", k.credit.id("id"))
	}
	return k.credit.text("number")
}

// good says whether the credit's allocations count at all.
func (k *claim) good() bool {
	if k.credits == "payments" {
		return k.credit.text("status") == "succeeded" && !k.allocation.yes("parted")
	}
	return k.credit.text("status") != "void"
}

// claims are all allocations of the books.
func (b books) claims() []*claim {
	var list []*claim
	for _, from := range []struct{ allocations, col, credits string }{
		{"payment_allocations", "payment_id", "payments"}, {"credit_allocations", "credit_memo_id", "credit_memos"},
	} {
		for _, a := range b.sorted(from.allocations) {
			k := &claim{
				allocation: a, credits: from.credits, credit: b[from.credits][a.id(from.col)],
				documents: "invoices", amount: a.sum("amount"),
			}
			if a.id("invoice_id") == 0 {
				k.documents = "debit_memos"
			}
			k.document = b[k.documents][a.id("invoice_id")+a.id("debit_memo_id")]
			list = append(list, k)
		}
	}
	return list
}

// paidBack sums the succeeded refunds of a payment by kind, or those that pay out a memo.
func (b books) paidBack(credits string, r row) (refunds, chargebacks decimal.Decimal) {
	col := map[string]string{"payments": "payment_id", "credit_memos": "credit_memo_id"}[credits]
	for _, f := range b.where("refunds", col, r.id("id")) {
		switch {
		case f.text("status") != "succeeded" || credits == "payments" && f.id("credit_memo_id") != 0:
		case f.text("kind") == "chargeback":
			chargebacks = chargebacks.Add(f.sum("amount"))
		default:
			refunds = refunds.Add(f.sum("amount"))
		}
	}
	return refunds, chargebacks
}

// total is what a document takes at most.
func total(documents string, d row) decimal.Decimal {
	if documents == "invoices" {
		return decimal.Max(decimal.Zero, d.sum("total"))
	}
	return d.sum("amount")
}

// groups sorts claims into those of one document, or of one credit.
func groups(list []*claim, of func(*claim) (string, row)) [][]*claim {
	place := map[string]int{}
	var out [][]*claim
	for _, k := range list {
		table, r := of(k)
		key := table + record.Number("", r.id("id"))
		n, ok := place[key]
		if !ok {
			n, out = len(out), append(out, nil)
			place[key] = n
		}
		out[n] = append(out[n], k)
	}
	return out
}

func byDocument(k *claim) (string, row) { return k.documents, k.document }
func byCredit(k *claim) (string, row)   { return k.credits, k.credit }

// fillUp lets each document take what is asked of it, no more than its total: memos that
// carry a balance first, then by date and number.
func fillUp(list []*claim) {
	for _, of := range groups(list, byDocument) {
		slices.SortStableFunc(of, func(x, y *claim) int {
			switch {
			case x.carries() != y.carries():
				return map[bool]int{true: -1, false: 1}[x.carries()]
			case x.date() != y.date():
				return compareText(x.date(), y.date())
			}
			return compareText(x.number(), y.number())
		})
		room := total(of[0].documents, of[0].document)
		for _, k := range of {
			k.counts = decimal.Max(decimal.Zero, decimal.Min(k.asks, room))
			room = room.Sub(k.counts)
		}
	}
}

// payBack takes from the claims of one credit what its refunds and chargebacks took, and
// lets the rest ask for room again.
func (b books) payBack(of []*claim) {
	amount := of[0].credit.sum("amount")
	refunds, chargebacks := b.paidBack(of[0].credits, of[0].credit)
	first := slices.Clone(of)
	slices.SortStableFunc(first, func(x, y *claim) int {
		rank := func(k *claim) int {
			switch {
			case k.carried():
				return 0
			case k.allocation["order_id"] != nil:
				return 1
			}
			return 2
		}
		return rank(x) - rank(y)
	})
	rest := amount
	for _, k := range first { // no more than there is
		k.asks = decimal.Min(k.counts, rest)
		rest = rest.Sub(k.asks)
	}
	latest := slices.Clone(of)
	slices.Reverse(latest) // of equal ones the one written last
	slices.SortStableFunc(latest, func(x, y *claim) int {
		if x.due() != y.due() {
			return compareText(y.due(), x.due())
		}
		return compareText(y.document.text("number"), x.document.text("number"))
	})
	take := func(back decimal.Decimal, from func(*claim) bool) {
		for _, k := range latest {
			if part := decimal.Min(back, k.asks); part.IsPositive() && from(k) {
				k.asks, back = k.asks.Sub(part), back.Sub(part)
			}
		}
	}
	take(refunds.Sub(rest), (*claim).carried)
	take(chargebacks.Sub(decimal.Max(decimal.Zero, rest.Sub(refunds))), func(*claim) bool { return true })
	idle := amount.Sub(refunds).Sub(chargebacks)
	for _, k := range of {
		idle = idle.Sub(k.asks)
	}
	for _, k := range first { // what found no room asks for it again
		part := decimal.Min(idle, decimal.Min(k.amount, amount).Sub(k.counts))
		if k.good() && part.IsPositive() {
			k.asks, idle = k.asks.Add(part), idle.Sub(part)
		}
	}
}

// settleAll works out what counts of every allocation, the sums, and the statuses.
func (b books) settleAll() {
	list := b.claims()
	for _, k := range list {
		if k.good() {
			k.asks = decimal.Min(k.amount, k.credit.sum("amount"))
		}
	}
	fillUp(list)
	for _, of := range groups(list, byCredit) {
		b.payBack(of)
	}
	fillUp(list)
	for _, table := range []string{"invoices", "debit_memos"} {
		for _, d := range b[table] {
			d["claimed"], d["settled"] = decimal.Zero, decimal.Zero
		}
	}
	for _, table := range []string{"payments", "credit_memos"} {
		for _, c := range b[table] {
			refunds, chargebacks := b.paidBack(table, c)
			c["allocated"], c["refunded"] = decimal.Zero, refunds.Add(chargebacks)
		}
	}
	for _, k := range list {
		k.allocation["counts"] = k.counts
		k.document["claimed"], k.document["settled"] = k.document.sum("claimed").Add(k.amount),
			k.document.sum("settled").Add(k.counts)
		k.credit["allocated"] = k.credit.sum("allocated").Add(k.counts)
	}
	b.settleStatuses(list)
}

// settleStatuses opens documents of which too little counts, and gives them their status
// back once enough does; the same for credit memos of which something is left because an
// allocation does not count.
func (b books) settleStatuses(list []*claim) {
	decide := func(r row, short bool) {
		switch status := r.text("status"); {
		case short && status != "open" && status != "void" && status != "draft":
			r["status"], r["settled_status"] = "open", status
		case !short && status == "open" && r.text("settled_status") != "":
			r["status"], r["settled_status"] = r.text("settled_status"), nil
		}
	}
	for _, of := range groups(list, byDocument) {
		d := of[0].document
		decide(d, d.sum("settled").LessThan(total(of[0].documents, d)))
	}
	claimed := map[int64]decimal.Decimal{}
	for _, k := range list {
		if k.credits == "credit_memos" {
			claimed[k.credit.id("id")] = claimed[k.credit.id("id")].Add(k.amount)
		}
	}
	for id, m := range b["credit_memos"] {
		used := m.sum("allocated")
		// no feed says what it is: only its rest does
		if m.text("purpose") == "transfer" && m.text("status") == "open" {
			decide(m, m.sum("amount").GreaterThan(used.Add(m.sum("refunded"))))
			continue
		}
		decide(m, decimal.Min(claimed[id], m.sum("amount")).GreaterThan(used) &&
			m.sum("amount").GreaterThan(used.Add(m.sum("refunded"))))
	}
}
