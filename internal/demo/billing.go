package demo

import (
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"handover/internal/money"
)

// paymentDays is how long customers have to pay an invoice.
const paymentDays = 30

// bill is an invoice while it is written. Its number and, unless it is a draft
// or void, its status follow at the end.
type bill struct {
	*invoice
	who            *account
	total, settled decimal.Decimal
}

// open returns what is still to be paid.
func (doc *bill) open() decimal.Decimal { return doc.total.Sub(doc.settled) }

// due is a period of a subscription that is to be billed.
type due struct {
	contract *contract
	from     time.Time
}

// bill writes the history of the contracts: an invoice for every period that has
// begun, one for each contract or, joint, one for all that fall on a day; then
// what is scheduled next. The invoices come back oldest first, unpaid.
func (b *builder) bill(joint bool, contracts ...*contract) []*bill {
	var dues []due
	for _, c := range contracts {
		limit := b.anchor
		if c.who.arrears { // a period is billed when it is over
			limit = limit.AddDate(0, -c.offer.months(), 0)
		}
		for c.begins(c.next, limit) {
			dues = append(dues, due{c, c.next})
			c.next = c.next.AddDate(0, c.offer.months(), 0)
		}
	}
	slices.SortStableFunc(dues, func(x, y due) int { return x.from.Compare(y.from) })
	var bills []*bill
	for _, d := range dues {
		last := len(bills) - 1
		if !joint || last < 0 || !bills[last].IssuedOn.Equal(d.from) {
			bills = append(bills, b.invoice(d.contract.who.bills, d.from))
			last++
		}
		b.period(bills[last], d.contract, d.from)
	}
	for _, c := range contracts {
		if !c.ended() {
			b.upcoming(c)
		}
	}
	return bills
}

// begins reports whether the contract has a period from this day, not after the limit.
func (c *contract) begins(from, limit time.Time) bool {
	return !from.After(limit) && (!c.ended() || from.Before(c.EndOn))
}

// invoice writes an invoice without lines.
func (b *builder) invoice(a *account, on time.Time) *bill {
	row := &invoice{
		ID: b.next("DOC"), CustomerID: a.ID, IssuedOn: on, DueOn: on.AddDate(0, 0, paymentDays), Currency: a.Currency,
	}
	doc := &bill{invoice: row, who: a}
	b.Invoices = append(b.Invoices, row)
	b.bills = append(b.bills, doc)
	return doc
}

// period charges and invoices a period of the contract, with its schedules and
// the usage of the period before.
func (b *builder) period(doc *bill, c *contract, from time.Time) {
	until := from.AddDate(0, c.offer.months(), -1)
	row := charge{b.next("CHARGE"), c.ID, "recurring", describe(c), c.fee(), from, until}
	b.SubscriptionCharges = append(b.SubscriptionCharges, row)
	line := b.line(doc, invoiceLine{
		SubscriptionID: c.ID, ChargeID: row.ID, Description: row.Description, Quantity: c.Quantity,
		UnitPrice: c.Price.Value, Amount: row.Amount, ServiceStart: from, ServiceEnd: until,
	})
	b.BillingSchedules = append(b.BillingSchedules, billingSchedule{b.next("BILLING"), c.ID, from, row.Amount, doc.ID})
	b.spread(c, line, from, row.Amount)
	if c.offer.perUnit.IsPositive() && from.After(c.StartOn) {
		b.billUsage(doc, c, from.AddDate(0, -c.offer.months(), 0), from)
	}
}

// line adds a line to the invoice and returns its id.
func (b *builder) line(doc *bill, row invoiceLine) string {
	row.ID, row.InvoiceID = b.next("LINE"), doc.ID
	doc.total = doc.total.Add(row.Amount.Value)
	b.InvoiceLines = append(b.InvoiceLines, row)
	return row.ID
}

// spread spreads the revenue of a period over its months; what lies before the
// anchor is recognised.
func (b *builder) spread(c *contract, line string, from time.Time, total money.Amount) {
	months := c.offer.months()
	part := money.Round(total.Value.Div(whole(months)), total.Currency)
	for n := range months {
		if n == months-1 {
			part = total.Value.Sub(part.Mul(whole(n)))
		}
		first, end := from.AddDate(0, n, 0), from.AddDate(0, n+1, -1)
		b.RevenueSchedules = append(b.RevenueSchedules, revenueSchedule{
			b.next("REVENUE"), c.ID, line, first, end, amount(part, total.Currency), end.Before(b.anchor),
		})
	}
}

// upcoming writes what is scheduled next: a billing line for each of the next two
// periods, the revenue of the next, and the usage that is not billed yet.
func (b *builder) upcoming(c *contract) {
	for n := range 2 {
		on := c.next.AddDate(0, n*c.offer.months(), 0)
		b.BillingSchedules = append(b.BillingSchedules, billingSchedule{b.next("BILLING"), c.ID, on, c.fee(), ""})
	}
	if c.offer.months() == 1 {
		b.spread(c, "", c.next, c.fee())
	}
	if c.offer.perUnit.IsPositive() {
		b.usage(c, "", c.next.AddDate(0, -c.offer.months(), 0), b.anchor)
	}
}

func describe(c *contract) string { return fmt.Sprintf("%s x %s", c.offer.name, c.Quantity) }
