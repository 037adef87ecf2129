package demo

import (
	"time"

	"github.com/shopspring/decimal"
)

// settle pays the invoices as customers do: most in time, some late, in part,
// too much, or not at all.
func (b *builder) settle(docs []*bill) {
	for n := 0; n < len(docs); n++ {
		doc := docs[n]
		on := doc.IssuedOn.AddDate(0, 0, b.between(2, 28))
		overdue := doc.DueOn.Before(b.anchor)
		if b.chance(2) && !doc.total.IsZero() {
			b.fail(doc, doc.IssuedOn, b.chance(50))
		}
		switch {
		case doc.total.IsZero():
		case b.chance(1):
			b.takenBack(doc, on)
		case b.chance(2):
			b.correct(doc)
			b.pay(on, doc)
		case b.chance(1):
			b.overpay(doc)
		case overdue && b.chance(3) && n+1 < len(docs) && docs[n+1].DueOn.Before(b.anchor):
			b.pay(docs[n+1].IssuedOn, doc, docs[n+1])
			n++
		case overdue && b.chance(95), !overdue && b.chance(45):
			b.pay(on, doc)
		case b.chance(25):
			half := amount(doc.total.Div(whole(2)), doc.Currency).Value
			b.allocate(b.receive(doc.who, on, half, "succeeded"), doc, half)
		}
	}
}

// correct credits a part of the invoice.
func (b *builder) correct(doc *bill) {
	share := decimal.New(int64(b.between(5, 30)), -2)
	memo := b.credit(doc.who, nil, doc.IssuedOn.AddDate(0, 0, 2), doc.total.Mul(share), "Service credit")
	b.apply(memo, doc)
}

// takenBack: the payer's bank takes the payment back; most pay once more.
func (b *builder) takenBack(doc *bill, on time.Time) {
	p := b.pay(on, doc)
	back := b.notLater(p.ReceivedOn.AddDate(0, 0, 8))
	b.chargeBack(p, doc, back)
	if b.chance(60) {
		b.pay(back.AddDate(0, 0, 3), doc)
	}
}

// overpay pays too much; half of the customers get the difference back.
func (b *builder) overpay(doc *bill) {
	more := b.small(doc.who)
	p := b.receive(doc.who, doc.IssuedOn.AddDate(0, 0, 5), doc.total.Add(more), "succeeded")
	b.allocate(p, doc, doc.total)
	if b.chance(50) {
		b.refund(p, p.ReceivedOn.AddDate(0, 0, 6), more)
	}
}
