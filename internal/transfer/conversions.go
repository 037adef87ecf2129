package transfer

import (
	"context"

	"handover/internal/db"
	"handover/internal/money"
)

// conversion says how an unbilled record of a kind is rewritten in a distributor transfer.
type conversion struct {
	amount string // what it amounts to then: an expression over a row t
	method string // by which method: an expression over a row t

	// priced kinds follow the subscription's price, so that a plan that was chosen changes
	// them in the same currency too.
	priced bool
}

// The values that the conversions read per subscription, in the order of @repriced.
const (
	place    = `array_position(@repriced::bigint[], t.subscription_id)`
	oldPrice = `(@old_prices::text[])[` + place + `]::numeric`
	newPrice = `(@new_prices::text[])[` + place + `]::numeric`
	oldTerm  = `(@old_terms::text[])[` + place + `]::numeric`
	newTerm  = `(@new_terms::text[])[` + place + `]::numeric`

	atRate      = `round_half_even(t.amount * @rate::numeric, @decimals::int)`
	namedRate   = `@at_rate::text`
	atNewPrice  = `ratio_half_even(t.amount * ` + newPrice + `, ` + oldPrice + `, @decimals::int)`
	namedPrices = `(@at_prices::text[])[` + place + `]`
)

// conversions are those of the kinds (docs/domain.md, "Transfer to Another Distributor",
// step 3). Charges and usage are worth what they are; schedules follow the price, but for
// what is recognised already, and where there was no price.
var conversions = map[string]conversion{
	"subscription_charge": {amount: atRate, method: namedRate},
	"usage_record":        {amount: atRate, method: namedRate},
	"billing_schedule": {
		amount: `case when t.amount = ` + oldTerm + ` then ` + newTerm + ` when ` + oldPrice + ` = 0 then ` + atRate + ` else ` + atNewPrice + ` end`,
		method: `case when t.amount <> ` + oldTerm + ` and ` + oldPrice + ` = 0 then ` + namedRate + ` else ` + namedPrices + ` end`,
		priced: true,
	},
	"revenue_schedule": {
		amount: `case when t.recognized or ` + oldPrice + ` = 0 then ` + atRate + ` else ` + atNewPrice + ` end`,
		method: `case when t.recognized or ` + oldPrice + ` = 0 then ` + namedRate + ` else ` + namedPrices + ` end`,
		priced: true,
	},
}

// which are the records t of the kind that are rewritten, among those that move.
func (c conversion) which() string {
	if c.priced {
		return "t.subscription_id = any(@repriced::bigint[])"
	}
	return "true"
}

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
		return s.converts && k.Converted || s.reversal.rewrote[k.Name]
	}
	c, ok := conversions[k.Name]
	return ok && s.flow.Kind == Distributor && (s.converts || c.priced && len(s.repriced()) > 0)
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
		c := conversions[k.Name]
		rewriting := change{k.Name, "amount", "numeric", c.amount, c.which()}
		if err := x.changeOf(ctx, q, rewriting, k.ids(at(k.Moves[Distributor], "r")), values); err != nil {
			return err
		}
	}
	return nil
}
