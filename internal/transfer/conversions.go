package transfer

import (
	"context"

	"handover/internal/db"
	"handover/internal/money"
)

// repriced are the subscriptions whose unbilled records are rewritten: all of them in
// another currency, else those whose price changes.
func (s *situation) repriced() []movingSubscription {
	if s.converts {
		return s.subscriptions
	}
	var list []movingSubscription
	for _, sub := range s.subscriptions {
		if !sub.remap.Price.Equal(sub.Price) {
			list = append(list, sub)
		}
	}
	return list
}

// rewritesAmounts reports whether the transfer rewrites amounts of records of the kind.
func (s *situation) rewritesAmounts(k Kind) bool {
	if s.reversal != nil {
		return s.converts && k.Conversion != nil || s.reversal.rewrote[k.Name]
	}
	c := k.Conversion
	return c != nil && s.flow.Kind == Distributor && (s.converts || c.priced && len(s.repriced()) > 0)
}

// conversionArgs are the values that the conversions name.
func (x *execution) conversionArgs() (args, error) {
	decimals, err := money.MinorUnits(x.to.Currency)
	if err != nil {
		return nil, err
	}
	list := x.repriced()
	ids := make([]int64, len(list))
	oldPrices, newPrices := make([]string, len(list)), make([]string, len(list))
	oldTerms, newTerms, named := make([]string, len(list)), make([]string, len(list)), make([]string, len(list))
	for i, sub := range list {
		ids[i], oldPrices[i], newPrices[i] = sub.ID, sub.Price.String(), sub.remap.Price.String()
		oldTerms[i] = money.Round(sub.Price.Mul(sub.Quantity), x.source.Currency).String()
		newTerms[i] = money.Round(sub.remap.Price.Mul(sub.Quantity), x.to.Currency).String()
		named[i] = "at the new price " + money.Exact(sub.remap.Price, x.to.Currency) + " for " + money.Exact(sub.Price, x.source.Currency)
	}
	return args{
		"rate": x.carryRate().String(), "at_rate": "at " + money.Plain(x.carryRate()), "decimals": decimals, "repriced": ids,
		"old_prices": oldPrices, "new_prices": newPrices, "old_terms": oldTerms, "new_terms": newTerms, "at_prices": named,
	}, nil
}

// convertUnbilled rewrites the amounts of what is not billed yet: into the new currency, and
// to the new prices.
func convertUnbilled(ctx context.Context, q db.Querier, x *execution) error {
	values, err := x.conversionArgs()
	if err != nil {
		return err
	}
	for _, k := range Kinds {
		if !x.rewritesAmounts(k) {
			continue
		}
		c := k.Conversion
		rewriting := change{k.Name, "amount", "numeric", c.amount, c.which()}
		if err := x.changeOf(ctx, q, rewriting, k.ids(at(k.Moves[Distributor], "r")), values); err != nil {
			return err
		}
	}
	return nil
}
