package demo

import (
	"time"

	"github.com/shopspring/decimal"

	"handover/internal/money"
)

// credit is a credit memo while it is written; its number and status follow at the end.
type credit struct {
	*creditMemo
	who  *account
	used decimal.Decimal
}

// debit is a debit memo while it is written; its number and status follow at the end.
type debit struct {
	*debitMemo
	who     *account
	settled decimal.Decimal
}

// receive writes a payment that is not allocated yet.
func (b *builder) receive(a *account, on time.Time, value decimal.Decimal, status string) *payment {
	row := &payment{
		ID: b.next("PMT"), CustomerID: a.ID, ReceivedOn: b.notLater(on), Amount: amount(value, a.Currency),
		Currency: a.Currency, Status: status,
	}
	if len(a.methods) > 0 {
		row.PaymentMethodID = a.methods[0]
	}
	b.Payments = append(b.Payments, row)
	return row
}

// pay settles the invoices in full with one payment.
func (b *builder) pay(on time.Time, docs ...*bill) *payment {
	sum := decimal.Zero
	for _, doc := range docs {
		sum = sum.Add(doc.open())
	}
	p := b.receive(docs[0].who, on, sum, "succeeded")
	for _, doc := range docs {
		b.allocate(p, doc, doc.open())
	}
	return p
}

// payAll settles each invoice with a payment of its own, some days after it was issued.
func (b *builder) payAll(docs []*bill) {
	for _, doc := range docs {
		b.pay(doc.IssuedOn.AddDate(0, 0, b.between(3, 20)), doc)
	}
}

// allocate uses a part of the payment for the invoice.
func (b *builder) allocate(p *payment, doc *bill, value decimal.Decimal) {
	doc.settled = doc.settled.Add(value)
	b.PaymentAllocations = append(b.PaymentAllocations,
		paymentAllocation{p.ID, doc.ID, "", amount(value, doc.Currency)})
}

// payDebit settles the debit memo.
func (b *builder) payDebit(d *debit, on time.Time) {
	p := b.receive(d.who, on, d.Amount.Value, "succeeded")
	d.settled = d.Amount.Value
	b.PaymentAllocations = append(b.PaymentAllocations, paymentAllocation{p.ID, "", d.ID, d.Amount})
}

// fail writes a payment for the invoice that did not succeed: the invoice stays as open as it was.
// A returned one was posted when it came, and taken out of the books when the bank took it back.
func (b *builder) fail(doc *bill, on time.Time, returned bool) {
	p := b.receive(doc.who, on, doc.total, "failed")
	b.PaymentAllocations = append(b.PaymentAllocations,
		paymentAllocation{p.ID, doc.ID, "", amount(doc.total, doc.Currency)})
	if returned {
		b.returned[p.ID] = b.notLater(on.AddDate(0, 0, 5))
	}
}

// refund pays a part of the payment back, of what is not applied.
func (b *builder) refund(p *payment, on time.Time, value decimal.Decimal) *refund {
	row := &refund{
		b.next("REFUND"), p.ID, b.notLater(on),
		money.Amount{Value: value, Currency: p.Currency},
		"succeeded",
		"refund", "",
	}
	b.Refunds = append(b.Refunds, row)
	return row
}

// payOut pays the whole credit memo out, by a refund of the payment that names it.
func (b *builder) payOut(memo *credit, p *payment, on time.Time) {
	b.refund(p, on, memo.Amount.Value).CreditMemoID = memo.ID
	memo.used = memo.Amount.Value
}

// chargeBack lets the payer's bank take back the payment that settled the invoice.
func (b *builder) chargeBack(p *payment, doc *bill, on time.Time) {
	b.refund(p, on, p.Amount.Value).Kind = "chargeback"
	doc.settled = doc.settled.Sub(p.Amount.Value)
}

// credit writes a credit memo for a subscription, or for the account if c is nil.
func (b *builder) credit(a *account, c *contract, on time.Time, value decimal.Decimal, reason string) *credit {
	row := &creditMemo{
		ID: b.next("CRED"), CustomerID: a.ID, IssuedOn: b.notLater(on), Amount: amount(value, a.Currency),
		Currency: a.Currency, Reason: reason,
	}
	if c != nil {
		row.SubscriptionID = c.ID
	}
	memo := &credit{creditMemo: row, who: a}
	b.CreditMemos = append(b.CreditMemos, row)
	b.credits = append(b.credits, memo)
	return memo
}

// apply uses the whole credit memo for the invoice that it was issued for.
func (b *builder) apply(memo *credit, doc *bill) {
	memo.InvoiceID = doc.ID
	memo.used = memo.Amount.Value
	doc.settled = doc.settled.Add(memo.Amount.Value)
	b.CreditAllocations = append(b.CreditAllocations, creditAllocation{memo.ID, doc.ID, "", memo.Amount})
}

// debit writes a debit memo for a subscription, or for the account if c is nil.
func (b *builder) debit(a *account, c *contract, on time.Time, value decimal.Decimal, reason string) *debit {
	row := &debitMemo{
		ID: b.next("DEB"), CustomerID: a.ID, IssuedOn: b.notLater(on), Amount: amount(value, a.Currency),
		Currency: a.Currency, Reason: reason,
	}
	if c != nil {
		row.SubscriptionID = c.ID
	}
	memo := &debit{debitMemo: row, who: a}
	b.DebitMemos = append(b.DebitMemos, row)
	b.debits = append(b.debits, memo)
	return memo
}

// notLater returns the day, or the anchor if it lies after it.
func (b *builder) notLater(on time.Time) time.Time {
	if on.After(b.anchor) {
		return b.anchor
	}
	return on
}
