package flow

import (
	"context"

	"handover/internal/db"
	"handover/internal/engine/situation"
	"handover/internal/ledger"
	"handover/internal/money"
	"handover/internal/order"
	"handover/internal/record"
)

// repriced are the subscriptions whose unbilled records are rewritten: all of them in
// another currency, else those whose price changes.
func repriced(s *situation.Situation) []situation.MovingSubscription {
	if s.Converts {
		return s.Subscriptions
	}
	var list []situation.MovingSubscription
	for _, sub := range s.Subscriptions {
		if !sub.Remap.Price.Equal(sub.Price) {
			list = append(list, sub)
		}
	}
	return list
}

// RewritesAmounts reports whether the transfer rewrites amounts of records of the kind.
func RewritesAmounts(s *situation.Situation, k record.Kind) bool {
	if s.Reversal != nil {
		return s.Converts && k.Conversion != nil || s.Reversal.Rewrote[k.Name]
	}
	c := k.Conversion
	return c != nil && s.Flow.Kind == record.Distributor && (s.Converts || c.Priced && len(repriced(s)) > 0)
}

// conversionArgs are the values that the conversions name.
func (x *Execution) conversionArgs() (record.Args, error) {
	decimals, err := money.MinorUnits(x.To.Currency)
	if err != nil {
		return nil, err
	}
	list := repriced(x.Situation)
	ids := make([]int64, len(list))
	oldPrices, newPrices := make([]string, len(list)), make([]string, len(list))
	oldTerms, newTerms, named := make([]string, len(list)), make([]string, len(list)), make([]string, len(list))
	for i, sub := range list {
		ids[i], oldPrices[i], newPrices[i] = sub.ID, sub.Price.String(), sub.Remap.Price.String()
		oldTerms[i] = money.Round(sub.Price.Mul(sub.Quantity), x.Source.Currency).String()
		newTerms[i] = money.Round(sub.Remap.Price.Mul(sub.Quantity), x.To.Currency).String()
		price := ledger.Facts{
			Price:  money.Exact(sub.Remap.Price, x.To.Currency),
			Before: money.Exact(sub.Price, x.Source.Currency),
		}
		if named[i], err = order.JSONText(price); err != nil {
			return nil, err
		}
	}
	atRate, err := order.JSONText(ledger.Facts{Rate: money.Plain(carryRate(x.Situation))})
	if err != nil {
		return nil, err
	}
	return record.Args{
		"rate": carryRate(x.Situation).String(), "at_rate": atRate, "decimals": decimals, "repriced": ids,
		"old_prices": oldPrices, "new_prices": newPrices, "old_terms": oldTerms, "new_terms": newTerms,
		"at_prices": named,
	}, nil
}

// convertUnbilled rewrites the amounts of what is not billed yet: into the new currency, and
// to the new prices.
func convertUnbilled(ctx context.Context, q db.Querier, x *Execution) error {
	values, err := x.conversionArgs()
	if err != nil {
		return err
	}
	for _, k := range record.Kinds {
		if !RewritesAmounts(x.Situation, k) {
			continue
		}
		c := k.Conversion
		rewriting := ledger.Change{Kind: k.Name, Column: "amount", Type: "numeric", Value: c.Amount, Where: c.Which()}
		if err := x.changeOf(ctx, q, rewriting, k.Ids(record.At(k.Moves[record.Distributor], "r")),
			values); err != nil {
			return err
		}
	}
	return nil
}
