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
	if x.converts {
		n := int64(len(x.subscriptions))
		x.declare("subscription", x.source.Currency, "into "+x.to.Currency, -n, before.Neg())
		x.declare("subscription", x.to.Currency, "from "+x.source.Currency+", at the new prices", n, after)
	} else {
		x.declare("subscription", x.to.Currency, "new prices per month", 0, after.Sub(before))
	}
	values, err := x.conversionArgs()
	if err != nil {
		return err
	}
	for name, v := range x.args() {
		values[name] = v
	}
	for _, k := range Kinds {
		if !x.rewritesAmounts(k) {
			continue
		}
		if err := x.declareConversion(ctx, q, k, values); err != nil {
			return err
		}
	}
	return nil
}

// converted sums the records of a kind that one method rewrites.
type converted struct {
	Method string          `db:"method"`
	Count  int64           `db:"count"`
	Before decimal.Decimal `db:"before"`
	After  decimal.Decimal `db:"after"`
}

// declareConversion declares the result for the records of a kind, by method.
func (x *execution) declareConversion(ctx context.Context, q db.Querier, k Kind, values args) error {
	c := k.Conversion
	text, list := bind(fmt.Sprintf(`
		select method, count(*) as count, sum(before) as before, sum(after) as after
		from (select %s as method, t.amount as before, %s as after
		      from (%s) m join %s t on t.id = m.id where %s) converted
		group by method order by method`, c.method, c.amount, k.ids(at(k.Moves[Distributor], "r")), k.Table, c.which()), values)
	var methods []converted
	if err := q.SelectContext(ctx, &methods, text, list...); err != nil {
		return fmt.Errorf("sum what is converted of the %s: %w", k.Plural, err)
	}
	if !x.converts {
		for _, m := range methods {
			x.declare(k.Name, x.to.Currency, m.Method, 0, m.After.Sub(m.Before))
		}
		return nil
	}
	count, before := int64(0), decimal.Zero
	for _, m := range methods {
		count, before = count+m.Count, before.Add(m.Before)
	}
	x.declare(k.Name, x.source.Currency, "into "+x.to.Currency, -count, before.Neg())
	for _, m := range methods {
		x.declare(k.Name, x.to.Currency, "from "+x.source.Currency+" "+m.Method, m.Count, m.After)
	}
	return nil
}
