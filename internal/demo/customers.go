package demo

import (
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// nextCustomer generates a customer, and reports whether it is the one that gets the
// invoices of those to come.
func (b *builder) nextCustomer() bool {
	s := b.someSeller()
	var payer *account
	if p := b.parent; p != nil && p.seller == s && monthsBetween(p.CreatedOn, b.anchor) > 1 && b.chance(15) {
		payer = p
	}
	if payer == nil {
		b.finish()
	}
	a := b.generate(s, payer)
	if payer != nil || a.Status != "active" {
		return false
	}
	b.parent = a
	return true
}

// someSeller returns a distributor, each as often as its share says.
func (b *builder) someSeller() *seller {
	n := b.rng.IntN(100)
	for _, d := range channel {
		if n -= d.share; n < 0 {
			return b.sellers[d.ID]
		}
	}
	return b.sellers[aurora]
}

// generate writes a customer with its whole history.
func (b *builder) generate(s *seller, payer *account) *account {
	p := pick(b, s.places)
	age := b.between(1, 8)
	if b.chance(b.extent.veterans) {
		age = b.between(9, 20)
	}
	if payer != nil {
		age = min(age, monthsBetween(payer.CreatedOn, b.anchor))
	}
	created := b.month(-age).AddDate(0, 0, b.rng.IntN(28)) // no day that some month lacks
	a := b.account(s, b.companyName()+" "+pick(b, p.forms), created, payer)
	b.settleIn(a, p)
	b.decorate(a)
	closed := payer == nil && age > 4 && b.chance(3)
	b.contractsOf(a, age, closed)
	b.settle(b.bill(b.chance(30), a.subs...))
	if closed {
		a.Status = "closed"
		return a
	}
	b.extras(a)
	return a
}

// decorate gives the account the ids, contacts and payment methods that some have.
func (b *builder) decorate(a *account) {
	if b.chance(70) {
		a.TaxID = fmt.Sprintf("%s%09d", a.Country, b.rng.IntN(1_000_000))
	}
	if b.chance(50) {
		a.CrmID = b.next("CRM")
	}
	if b.chance(40) {
		b.contact(a, "Technical contact", "technical")
	}
	if b.chance(65) {
		b.method(a, a.seller.MerchantAccount)
	}
	if b.chance(4) {
		a.Status = "suspended"
	}
}

// contractsOf writes the account's subscriptions; closed, all of them have ended.
func (b *builder) contractsOf(a *account, age int, closed bool) {
	for range 1 + []int{0, 0, 0, 0, 1, 1, 1, 2, 2, 3}[b.rng.IntN(10)] {
		p := b.someProduct(a.seller)
		start := a.CreatedOn.AddDate(0, b.rng.IntN(min(age, 6)), 0)
		c := b.subscribe(a, p.key, b.between(1, p.units), start)
		b.vary(c)
		periods := monthsBetween(start, b.anchor) / c.offer.months()
		if closed || periods > 2 && b.chance(10) {
			c.end(b.between(1, max(1, periods-1)), pick(b, []string{"cancelled", "terminated"}))
		} else if c.offer.key != rack && b.chance(15) {
			addon := b.subscribe(a, pick(b, []string{backup, "SUPPORT"}), 1, start)
			addon.ParentSubscriptionID = c.ID
		}
	}
	if b.chance(12) {
		b.user(a, "admin", true, a.subs...)
		return
	}
	for n, c := range a.subs {
		b.user(a, fmt.Sprintf("%s%d", pick(b, []string{"admin", "it", "ops"}), n+1), false, c)
	}
}

// vary gives some contracts a special price, a promotion or a suspension.
func (b *builder) vary(c *contract) {
	switch n := b.rng.IntN(100); {
	case n < 10:
		c.discount(b.between(80, 95))
	case n < 15:
		c.Promotion = pick(b, []string{"Welcome offer", "Partner week", "Spring campaign"})
	case n < 18:
		c.Status = "suspended"
	}
}

// someProduct returns a product that the distributor offers, add-ons excluded.
func (b *builder) someProduct(s *seller) product {
	offered := slices.DeleteFunc(slices.Clone(products), func(p product) bool { return s.offers[p.key] == nil })
	sum := 0
	for _, p := range offered {
		sum += p.weight
	}
	n := b.rng.IntN(sum)
	for _, p := range offered {
		if n -= p.weight; n < 0 {
			return p
		}
	}
	return offered[0]
}

// extras adds what happens now and then: work that is not billed yet, orders,
// fees, goodwill and mistakes.
func (b *builder) extras(a *account) {
	live := slices.DeleteFunc(slices.Clone(a.subs), (*contract).ended)
	if len(live) > 0 && b.chance(6) {
		b.unbilled(live[0], "Migration support", b.anchor.AddDate(0, 0, -b.between(1, 20)))
	}
	if len(live) > 0 && b.chance(25) {
		b.order(live[0], "change of quantity", "completed", b.anchor.AddDate(0, 0, -b.between(1, 40)))
	}
	if len(live) > 0 && b.chance(1) {
		b.order(live[0], "upgrade", "awaiting_payment", b.anchor)
	}
	if a.BillToParent {
		return
	}
	if b.chance(3) {
		b.credit(a, nil, b.anchor.AddDate(0, 0, -b.between(1, 60)), b.small(a), "Goodwill")
	}
	if b.chance(3) {
		d := b.debit(a, nil, b.anchor.AddDate(0, 0, -b.between(10, 60)), b.small(a), "Late payment fee")
		if b.chance(50) {
			b.payDebit(d, d.IssuedOn.AddDate(0, 0, 9))
		}
	}
	if b.chance(4) {
		doc := b.invoice(a, b.anchor.AddDate(0, 0, -b.between(1, 60)))
		fee := amount(b.small(a), a.Currency)
		b.line(doc, invoiceLine{Description: "Issued in error", Quantity: whole(1), UnitPrice: fee.Value, Amount: fee})
		doc.Status = "void"
	}
}

// unbilled writes a one-time charge that no invoice has yet.
func (b *builder) unbilled(c *contract, what string, on time.Time) {
	b.SubscriptionCharges = append(b.SubscriptionCharges, charge{
		b.next("CHARGE"), c.ID, "one-time", what, amount(b.small(c.who), c.Price.Currency), on, on,
	})
}

// small returns a small amount in the account's currency: 5 to 60 euros' worth.
func (b *builder) small(a *account) decimal.Decimal {
	return amount(decimal.New(int64(b.between(500, 6000)), -2).Mul(a.seller.factor), a.Currency).Value
}

// monthsBetween counts the whole months from a day to the anchor.
func monthsBetween(from, anchor time.Time) int {
	n := 0
	for !from.AddDate(0, n+1, 0).After(anchor) {
		n++
	}
	return n
}
