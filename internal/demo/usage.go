package demo

import (
	"time"

	"github.com/shopspring/decimal"

	"handover/internal/money"
)

// usageDays is how many days lie between two readings of a meter.
const usageDays = 7

// usage writes the readings from a day up to, not including, another; line is
// the invoice line that bills them, if any. It returns what they amount to.
func (b *builder) usage(c *contract, line string, from, until time.Time) decimal.Decimal {
	sum := decimal.Zero
	for on := from.AddDate(0, 0, 2); on.Before(until); on = on.AddDate(0, 0, usageDays) {
		quantity := whole(b.between(20, 900))
		rated := amount(quantity.Mul(c.offer.perUnit), c.Price.Currency)
		sum = sum.Add(rated.Value)
		b.UsageRecords = append(b.UsageRecords, usageRecord{
			b.next("USAGE"), c.ID, c.offer.resourceID, on, quantity,
			rated, line,
		})
	}
	return sum
}

// billUsage bills the readings of a period on the invoice.
func (b *builder) billUsage(doc *bill, c *contract, from, until time.Time) {
	row := invoiceLine{
		SubscriptionID: c.ID, Description: c.offer.product.resource, Quantity: whole(1),
		ServiceStart: from, ServiceEnd: until.AddDate(0, 0, -1), Amount: money.Amount{Currency: doc.Currency},
	}
	line := b.line(doc, row)
	sum := b.usage(c, line, from, until)
	written := &b.InvoiceLines[len(b.InvoiceLines)-1]
	written.Amount.Value, written.UnitPrice = sum, sum
	doc.total = doc.total.Add(sum)
	b.RevenueSchedules = append(b.RevenueSchedules, revenueSchedule{
		b.next("REVENUE"), c.ID, line, from, row.ServiceEnd, written.Amount, row.ServiceEnd.Before(b.anchor),
	})
}
