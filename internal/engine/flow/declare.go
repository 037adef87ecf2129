package flow

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/shopspring/decimal"

	"handover/internal/db"
	"handover/internal/engine/situation"
	"handover/internal/ledger"
	"handover/internal/record"
)

// declareConversions computes, before anything moves, how the sums over both accounts
// will differ: what leaves the old currency and enters the new one, and what new
// prices change. Reconcile compares it with what the database says afterwards.
func declareConversions(ctx context.Context, q db.Querier, x *Execution) error {
	before, after := decimal.Zero, decimal.Zero
	for _, sub := range x.Subscriptions {
		before = before.Add(situation.Monthly(sub.Price, sub.Quantity, sub.BillingPeriod, x.Source.Currency))
		after = after.Add(situation.Monthly(sub.Remap.Price, sub.Quantity, sub.BillingPeriod, x.To.Currency))
	}
	if x.Converts {
		n := int64(len(x.Subscriptions))
		x.Declare("subscription", x.Source.Currency, -n, before.Neg(), ledger.IntoCurrency,
			ledger.Facts{Currency: x.To.Currency})
		x.Declare("subscription", x.To.Currency, n, after, ledger.FromCurrencyNewPrices,
			ledger.Facts{Currency: x.Source.Currency})
	} else {
		x.Declare("subscription", x.To.Currency, 0, after.Sub(before), ledger.NewPrices, ledger.Facts{})
	}
	values, err := x.conversionArgs()
	if err != nil {
		return err
	}
	for name, v := range x.Args() {
		values[name] = v
	}
	for _, k := range record.Kinds {
		if !RewritesAmounts(x.Situation, k) {
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
	Method string          `db:"method"` // the facts of it, as JSON
	Count  int64           `db:"count"`
	Before decimal.Decimal `db:"before"`
	After  decimal.Decimal `db:"after"`
}

// facts are the facts of the method, and of the currency that the records leave.
func (c converted) facts(from string) (ledger.Facts, error) {
	f := ledger.Facts{Currency: from}
	if err := json.Unmarshal([]byte(c.Method), &f); err != nil {
		return f, fmt.Errorf("read the method of a conversion: %w", err)
	}
	return f, nil
}

// declareConversion declares the result for the records of a kind, by method.
func (x *Execution) declareConversion(ctx context.Context, q db.Querier, k record.Kind, values record.Args) error {
	c := k.Conversion
	text, list := record.Bind(fmt.Sprintf(`
		select method, count(*) as count, sum(before) as before, sum(after) as after
		from (select %s as method, t.amount as before, %s as after
		      from (%s) m join %s t on t.id = m.id where %s) converted
		group by method
		  order by method`, c.Method, c.Amount, k.Ids(record.At(k.Moves[record.Distributor], "r")), k.Table,
		c.Which()), values)
	var methods []converted
	if err := q.SelectContext(ctx, &methods, text, list...); err != nil {
		return fmt.Errorf("sum what is converted of the %s: %w", k.Plural, err)
	}
	if !x.Converts {
		for _, m := range methods {
			facts, err := m.facts("")
			if err != nil {
				return err
			}
			x.Declare(k.Name, x.To.Currency, 0, m.After.Sub(m.Before), ledger.Converted, facts)
		}
		return nil
	}
	count, before := int64(0), decimal.Zero
	for _, m := range methods {
		count, before = count+m.Count, before.Add(m.Before)
	}
	x.Declare(k.Name, x.Source.Currency, -count, before.Neg(), ledger.IntoCurrency,
		ledger.Facts{Currency: x.To.Currency})
	for _, m := range methods {
		facts, err := m.facts(x.Source.Currency)
		if err != nil {
			return err
		}
		x.Declare(k.Name, x.To.Currency, m.Count, m.After, ledger.Converted, facts)
	}
	return nil
}
