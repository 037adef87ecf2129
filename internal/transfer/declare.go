package transfer

import (
	"context"
	"fmt"

	"github.com/shopspring/decimal"

	"handover/internal/db"
)

// declareConversions computes, before anything moves, how the sums over both accounts
// will differ: what leaves the old currency and enters the new one, and what new
// prices change. Reconcile compares it with what the database says afterwards.
func declareConversions(ctx context.Context, q db.Querier, x *execution) error {
	before, after := decimal.Zero, decimal.Zero
	for _, sub := range x.subscriptions {
		before = before.Add(monthly(sub.Price, sub.Quantity, sub.BillingPeriod, x.source.Currency))
		after = after.Add(monthly(sub.remap.Price, sub.Quantity, sub.BillingPeriod, x.to.Currency))
	}
	if !x.converts {
		x.declare("subscription", x.to.Currency, "new prices per month", 0, after.Sub(before))
		return nil
	}
	n := int64(len(x.subscriptions))
	x.declare("subscription", x.source.Currency, "into "+x.to.Currency, -n, before.Neg())
	x.declare("subscription", x.to.Currency, "from "+x.source.Currency+", at the new prices", n, after)
	values, err := x.conversionArgs()
	if err != nil {
		return err
	}
	for name, v := range x.args() {
		values[name] = v
	}
	for _, k := range Kinds {
		value, ok := conversions[k.Name]
		if !ok {
			continue
		}
		text, list := bind(fmt.Sprintf(`
			select count(*) as count, coalesce(sum(t.amount), 0) as before, coalesce(sum(%s), 0) as after
			from (%s) m join %s t on t.id = m.id`, value, k.ids(at(k.Moves[Distributor], "r")), k.Table), values)
		var sums struct {
			Count  int64           `db:"count"`
			Before decimal.Decimal `db:"before"`
			After  decimal.Decimal `db:"after"`
		}
		if err := q.GetContext(ctx, &sums, text, list...); err != nil {
			return fmt.Errorf("sum what is converted of the %s: %w", k.Plural, err)
		}
		x.declare(k.Name, x.source.Currency, "into "+x.to.Currency, -sums.Count, sums.Before.Neg())
		x.declare(k.Name, x.to.Currency, "from "+x.source.Currency+" at "+x.rate.String(), sums.Count, sums.After)
	}
	return nil
}
