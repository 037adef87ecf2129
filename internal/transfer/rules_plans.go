package transfer

import (
	"context"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"handover/internal/db"
	"handover/internal/money"
)

func checkDelegated(_ context.Context, _ db.Querier, s *situation) ([]found, error) {
	var all []found
	remedy := fmt.Sprintf("Choose a plan of %s for each on the step Service plans, or delegate the plan.", s.to.Name)
	if !s.everything {
		remedy = fmt.Sprintf("Choose a plan of %s for each on the step Service plans.", s.to.Name)
	}
	for _, sub := range s.subscriptions {
		if sub.remap.How != "" {
			continue
		}
		message := fmt.Sprintf("%s sells no plan that corresponds to %s of %s.", s.to.Name, sub.PlanName, sub.Number)
		switch {
		case sub.remap.Refused != "":
			message = fmt.Sprintf("The plan chosen for %s cannot be taken: %s.", sub.Number, sub.remap.Refused)
		case sub.remap.Candidates > 1:
			message = fmt.Sprintf("%s sells %d plans that correspond to %s of %s.", s.to.Name, sub.remap.Candidates, sub.PlanName, sub.Number)
		}
		all = append(all, found{
			message: message,
			remedy:  remedy,
			records: []Record{{"subscription", sub.Number}},
		})
	}
	return all, nil
}

func checkPromotions(_ context.Context, _ db.Querier, s *situation) ([]found, error) {
	var list []Record
	var names []string
	for _, sub := range s.subscriptions {
		if sub.Promotion != "" {
			list = append(list, Record{"subscription", sub.Number})
			names = append(names, fmt.Sprintf("%s of %s", sub.Promotion, sub.Number))
		}
	}
	if len(list) == 0 {
		return nil, nil
	}
	return one(found{
		message: fmt.Sprintf("%s with the transfer: %s.", plural(len(list), "promotion ends", "promotions end"),
			strings.Join(names[:min(len(names), 5)], ", ")),
		remedy:          "Grant the new account a promotion of its distributor, if there is one.",
		acknowledgement: plural(len(list), "promotion ends", "promotions end"),
		records:         list,
	})
}

// priceChanges reports whether the subscription costs something else afterwards: another
// amount, or the same number in another currency.
func (s *situation) priceChanges(sub movingSubscription) bool {
	if sub.remap.How == "" || sub.Price.IsZero() && sub.remap.Price.IsZero() {
		return false
	}
	return s.converts || !sub.Price.Equal(sub.remap.Price)
}

// priceDifference is the change of a subscription's price per billing period in the
// new currency (the old price converted), for its whole quantity.
func (s *situation) priceDifference(sub movingSubscription) decimal.Decimal {
	return sub.remap.Price.Mul(sub.Quantity).Sub(s.convert(sub.Price.Mul(sub.Quantity)))
}

func checkPrices(_ context.Context, _ db.Querier, s *situation) ([]found, error) {
	var list []Record
	var changes []string
	sum := decimal.Zero
	for _, sub := range s.subscriptions {
		if !s.priceChanges(sub) {
			continue
		}
		list = append(list, Record{"subscription", sub.Number})
		change := fmt.Sprintf("%s: %s %s becomes %s %s", sub.Number, money.Format(sub.Price, s.source.Currency), s.source.Currency,
			money.Format(sub.remap.Price, s.to.Currency), s.to.Currency)
		if s.hasRate() {
			change += fmt.Sprintf(" (%s %s for %s)", signed(s.priceDifference(sub), s.to.Currency), s.to.Currency, money.Plain(sub.Quantity))
			sum = sum.Add(s.priceDifference(sub).DivRound(decimal.NewFromInt(months(sub.BillingPeriod)), 20))
		}
		changes = append(changes, change)
	}
	if len(list) == 0 {
		return nil, nil
	}
	message := fmt.Sprintf("%s: %s.", plural(len(list), "price changes", "prices change"), strings.Join(changes[:min(len(changes), 5)], "; "))
	if s.hasRate() {
		message += fmt.Sprintf(" In sum %s %s a month.", signed(money.Round(sum, s.to.Currency), s.to.Currency), s.to.Currency)
	}
	return one(found{
		message:         message,
		remedy:          "Tell the customer the new prices.",
		acknowledgement: plural(len(list), "price changes", "prices change"),
		records:         list,
	})
}

// signed writes an amount with its sign: "+1.20", "-0.80", "0.00".
func signed(v decimal.Decimal, currency string) string {
	text := money.Format(v, currency)
	if v.IsPositive() {
		return "+" + text
	}
	return text
}
