package rules

import (
	"context"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"handover/internal/db"
	"handover/internal/engine/situation"
	"handover/internal/money"
	"handover/internal/transfer"
)

func checkDelegated(_ context.Context, _ db.Querier, s *situation.Situation) ([]Found, error) {
	var all []Found
	remedy := fmt.Sprintf(remedyChooseOrDelegatePlan, s.To.Name)
	if !s.Everything {
		remedy = fmt.Sprintf(remedyChoosePlan, s.To.Name)
	}
	for _, sub := range s.Subscriptions {
		if sub.Remap.How != "" {
			continue
		}
		message := fmt.Sprintf(msgNoCounterpartPlan, s.To.Name, sub.PlanName, sub.Number)
		switch {
		case sub.Remap.Refused != "":
			message = fmt.Sprintf(msgPlanNotPossible, sub.Number, sub.Remap.Refused)
		case sub.Remap.Candidates > 1:
			message = fmt.Sprintf(msgSeveralCounterpartPlans, s.To.Name, sub.Remap.Candidates, sub.PlanName, sub.Number)
		}
		all = append(all, Found{
			Message: message,
			Remedy:  remedy,
			Records: []transfer.Record{{Kind: "subscription", Number: sub.Number}},
		})
	}
	return all, nil
}

func checkPromotions(_ context.Context, _ db.Querier, s *situation.Situation) ([]Found, error) {
	var list []transfer.Record
	var names []string
	for _, sub := range s.Subscriptions {
		if sub.Promotion != "" {
			list = append(list, transfer.Record{Kind: "subscription", Number: sub.Number})
			names = append(names, fmt.Sprintf("%s of %s", sub.Promotion, sub.Number))
		}
	}
	if len(list) == 0 {
		return nil, nil
	}
	return One(Found{
		Message: fmt.Sprintf(msgWithTheTransfer, transfer.Plural(len(list), onePromotionEnds, manyPromotionsEnd),
			strings.Join(names[:min(len(names), 5)], ", ")),
		Remedy:          remedyGrantNewAccountPromotion,
		Acknowledgement: transfer.Plural(len(list), onePromotionEnds, manyPromotionsEnd),
		Records:         list,
	})
}

// PriceChanges reports whether the subscription costs something else afterwards: another
// amount, or the same number in another currency.
func PriceChanges(s *situation.Situation, sub situation.MovingSubscription) bool {
	if sub.Remap.How == "" || sub.Price.IsZero() && sub.Remap.Price.IsZero() {
		return false
	}
	return s.Converts || !sub.Price.Equal(sub.Remap.Price)
}

// priceDifference is the change of a subscription's price per billing period in the
// new currency (the old price converted), for its whole quantity.
func priceDifference(s *situation.Situation, sub situation.MovingSubscription) decimal.Decimal {
	return sub.Remap.Price.Mul(sub.Quantity).Sub(s.Convert(sub.Price.Mul(sub.Quantity)))
}

func checkPrices(_ context.Context, _ db.Querier, s *situation.Situation) ([]Found, error) {
	var list []transfer.Record
	var changes []string
	sum := decimal.Zero
	for _, sub := range s.Subscriptions {
		if !PriceChanges(s, sub) {
			continue
		}
		list = append(list, transfer.Record{Kind: "subscription", Number: sub.Number})
		change := fmt.Sprintf("%s: %s %s becomes %s %s", sub.Number, money.Format(sub.Price, s.Source.Currency),
			s.Source.Currency,
			money.Format(sub.Remap.Price, s.To.Currency), s.To.Currency)
		if s.HasRate() {
			change += fmt.Sprintf(" (%s %s for %s)", signed(priceDifference(s, sub), s.To.Currency), s.To.Currency,
				money.Plain(sub.Quantity))
			sum = sum.Add(priceDifference(s, sub).DivRound(decimal.NewFromInt(situation.Months(sub.BillingPeriod)), 20))
		}
		changes = append(changes, change)
	}
	if len(list) == 0 {
		return nil, nil
	}
	message := fmt.Sprintf("%s: %s.", transfer.Plural(len(list), onePriceChanges, manyPricesChange),
		strings.Join(changes[:min(len(changes), 5)], "; "))
	if s.HasRate() {
		message += fmt.Sprintf(msgSumPerMonth, signed(money.Round(sum, s.To.Currency), s.To.Currency), s.To.Currency)
	}
	return One(Found{
		Message:         message,
		Remedy:          remedyTellCustomerNewPrices,
		Acknowledgement: transfer.Plural(len(list), onePriceChanges, manyPricesChange),
		Records:         list,
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
