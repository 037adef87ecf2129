package demo

import (
	"time"

	"github.com/shopspring/decimal"

	"handover/internal/money"
)

// contract is a subscription while its history is written.
type contract struct {
	*subscription
	who   *account
	offer *offer
	// next is the start of the first period that is not billed yet.
	next time.Time
}

// subscribe writes a subscription with its completed order and accepted terms.
func (b *builder) subscribe(a *account, product string, quantity int, start time.Time) *contract {
	o := a.seller.offers[product]
	s := &subscription{
		ID: b.next("SUB"), CustomerID: a.ID, PlanID: o.id, Status: "active", StartOn: start, BillingPeriod: o.period,
		Quantity: whole(quantity), Price: amount(o.cost.Value, a.Currency),
	}
	c := &contract{subscription: s, who: a, offer: o, next: start}
	a.subs = append(a.subs, c)
	b.Subscriptions = append(b.Subscriptions, s)
	b.order(c, "new subscription", "completed", start)
	for _, t := range o.terms {
		b.accept(a, t, start)
	}
	return c
}

// order writes a placed order for the subscription.
func (b *builder) order(c *contract, kind, status string, on time.Time) {
	b.Orders = append(b.Orders, placedOrder{b.next("ORD"), c.CustomerID, c.ID, kind, status, on, c.fee()})
}

// fee returns what a period of the subscription costs.
func (c *contract) fee() money.Amount { return amount(c.Price.Value.Mul(c.Quantity), c.Price.Currency) }

// end ends the contract after so many periods.
func (c *contract) end(periods int, status string) {
	c.Status = status
	c.EndOn = c.StartOn.AddDate(0, periods*c.offer.months(), -1)
}

// discount freezes the price at so many percent of the plan's.
func (c *contract) discount(percent int) {
	c.Price = amount(c.Price.Value.Mul(decimal.New(int64(percent), -2)), c.Price.Currency)
	c.PriceFrozen = true
}

// ended reports whether the contract has ended.
func (c *contract) ended() bool { return !c.EndOn.IsZero() }
