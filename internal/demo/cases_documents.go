package demo

import "github.com/shopspring/decimal"

// openBills writes an account with one subscription and its invoices, of which
// the newest are unpaid.
func (b *builder) openBills(name string, open int) (*account, []*bill) {
	a := b.caseAccount(name)
	docs := b.bill(false, b.standard(a))
	b.payAll(docs[:len(docs)-open])
	return a, docs
}

func openInvoice(b *builder, name string) { b.openBills(name, 1) }

// owesSeveral: two invoices unpaid, one paid in part, and a debit memo.
func owesSeveral(b *builder, name string) {
	a, docs := b.openBills(name, 3)
	part := whole(20)
	b.allocate(b.receive(a, docs[len(docs)-3].DueOn, part, "succeeded"), docs[len(docs)-3], part)
	b.debit(a, a.subs[0], b.month(-1).AddDate(0, 0, 9), decimal.RequireFromString("7.50"), "Late payment fee")
}

// hasCredit: a payment and a credit memo that nothing uses yet.
func hasCredit(b *builder, name string) {
	a, _ := b.openBills(name, 0)
	b.receive(a, b.month(-1).AddDate(0, 0, 11), whole(120), "succeeded")
	b.credit(a, nil, b.month(-1).AddDate(0, 0, 16), whole(35), "Goodwill")
}

// exactlyZero: an unpaid invoice, and a payment of the same amount that is not
// allocated yet.
func exactlyZero(b *builder, name string) {
	a, docs := b.openBills(name, 1)
	b.receive(a, b.anchor, docs[len(docs)-1].open(), "succeeded")
}

// lastPaid writes an account of which the payment of the last invoice is what the case is about.
func (b *builder) lastPaid(name string) (*bill, *payment) {
	_, docs := b.openBills(name, 1)
	doc := docs[len(docs)-1]
	return doc, b.pay(b.month(-1).AddDate(0, 0, 4), doc)
}

func chargedBack(b *builder, name string) {
	doc, p := b.lastPaid(name)
	b.chargeBack(p, doc, b.month(-1).AddDate(0, 0, 12))
}

func debitReturned(b *builder, name string) {
	_, docs := b.openBills(name, 1)
	b.fail(docs[len(docs)-1], b.month(-1).AddDate(0, 0, 4), true)
}

func creditPaidOut(b *builder, name string) {
	doc, p := b.lastPaid(name)
	b.payOut(b.credit(doc.who, nil, b.month(-1).AddDate(0, 0, 9), whole(25), "Goodwill"), p,
		b.month(-1).AddDate(0, 0, 13))
}

// refundedCredit: the goodwill was paid out and booked as an allowance once more.
func refundedCredit(b *builder, name string) {
	doc, p := b.lastPaid(name)
	b.credit(doc.who, nil, b.month(-1).AddDate(0, 0, 9), whole(25), "Goodwill")
	b.asLoss[b.refund(p, b.month(-1).AddDate(0, 0, 13), whole(25)).ID] = true
}

func paidTooMuch(b *builder, name string) {
	a, docs := b.openBills(name, 1)
	doc := docs[len(docs)-1]
	p := b.receive(a, b.month(-1).AddDate(0, 0, 4), doc.total.Add(whole(18)), "succeeded")
	b.allocate(p, doc, doc.total)
}

func closedPeriod(b *builder, name string) {
	a := b.account(b.sellers[nordlys], name, b.month(firstOpen-age), nil)
	b.payAll(b.bill(false, b.standard(a)))
}

func restricted(b *builder, name string) {
	_, docs := b.openBills(name, 0)
	docs[1].Restricted = "reported to the tax authority"
}

func sharedInvoice(b *builder, name string) {
	a := b.caseAccount(name)
	b.standard(a)
	b.user(a, "office", false, b.subscribe(a, office, 4, a.CreatedOn))
	b.payAll(b.bill(true, a.subs...))
}

func memoBefore(b *builder, name string) {
	a, c := b.paidUp(name)
	b.credit(a, c, b.month(-3).AddDate(0, 0, 14), whole(25), "Service credit")
}

func draftInvoice(b *builder, name string) {
	a, c := b.paidUp(name)
	doc := b.invoice(a, b.anchor)
	fee := amount(whole(60), a.Currency)
	b.line(doc, invoiceLine{
		SubscriptionID: c.ID, Description: "Training", Quantity: whole(1), UnitPrice: fee.Value, Amount: fee,
	})
	doc.Status = "draft"
}

func unbilledOnEnded(b *builder, name string) {
	a := b.arrears(sakura, name)
	b.standard(a)
	ended := b.subscribe(a, office, 3, a.CreatedOn)
	ended.end(age-1, "terminated")
	b.payAll(b.bill(false, a.subs...))
	b.unbilled(ended, "Data export", ended.EndOn)
}

// waiting writes an account with an instalment of an open invoice in this state.
func waiting(status string) func(b *builder, name string) {
	return func(b *builder, name string) {
		a := b.caseAccount(name)
		b.method(a, a.seller.MerchantAccount)
		docs := b.bill(false, b.standard(a))
		last := docs[len(docs)-1]
		b.payAll(docs[:len(docs)-1])
		b.allocate(b.receive(a, b.anchor, whole(15), status), last, whole(15))
	}
}
