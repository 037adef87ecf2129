package rules

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"handover/internal/db"
	"handover/internal/engine/situation"
	"handover/internal/money"
	"handover/internal/order"
	"handover/internal/record"
	"handover/internal/transfer"
)

// checkPrepaid warns of service from the cut day on that is billed already: it stays with
// the source's documents, and so does the revenue.
func checkPrepaid(_ context.Context, _ db.Querier, s *situation.Situation) ([]Found, error) {
	terms := s.Term.Remaining()
	if len(terms) == 0 {
		return nil, nil
	}
	var records []transfer.Record
	var parts []string
	sums := money.Sums{}
	for _, t := range terms {
		if r := (transfer.Record{Kind: "subscription", Number: t.Subscription}); !slices.Contains(records, r) {
			records = append(records, r)
		}
		parts = append(parts, termWords(s, t))
		if !t.Sums.Hidden {
			sums.Add(t.Sums.Remaining.Add(t.Sums.Unscheduled), t.Sums.Currency)
		}
	}
	day := s.Cut.Format(transfer.DayForm)
	message := fmt.Sprintf(msgBilledForService,
		transfer.Plural(len(records), oneSubscriptionIs, manySubscriptionsAre), day,
		strings.Join(parts[:min(len(parts), 5)], "; "))
	if more := len(parts) - 5; more > 0 {
		message = strings.TrimSuffix(message, ".") + fmt.Sprintf(msgAndMore, more)
	}
	message += fmt.Sprintf(msgContinuesToEarn, s.From.Name)
	kept := []string{}
	for _, a := range sums.Amounts() {
		kept = append(kept, a.String())
	}
	return One(Found{
		Message:         message,
		Remedy:          termRemedy(s),
		Acknowledgement: fmt.Sprintf(msgKeepsForService, s.From.Name, strings.Join(kept, " and "), day),
		Records:         records,
	})
}

// termWords say what one subscription has prepaid: "S-000012 until 31 Dec 2026, 100.00 EUR
// not recognised".
func termWords(s *situation.Situation, t transfer.PrepaidTerm) string {
	words := fmt.Sprintf("%s until %s", t.Subscription, t.Sums.Until.Format(transfer.DayForm))
	if t.Sums.Hidden {
		return words + msgOnDocumentsOfTheirs + order.Another
	}
	amount := func(v decimal.Decimal) string { return money.Amount{Value: v, Currency: t.Sums.Currency}.String() }
	if !t.Sums.Remaining.IsZero() {
		words += fmt.Sprintf(msgNotRecognised, amount(t.Sums.Remaining))
	}
	if !t.Sums.Unscheduled.IsZero() {
		words += fmt.Sprintf(msgByDays, amount(t.Sums.Unscheduled))
	}
	if !t.Sums.Ahead.IsZero() {
		words += fmt.Sprintf(msgRecognisedAhead, amount(t.Sums.Ahead))
	}
	if t.Customer != fmt.Sprintf("%s (%s)", s.Source.Name, s.Source.Number) {
		words += fmt.Sprintf(msgOnDocumentsOf, t.Customer)
	}
	return words
}

func termRemedy(s *situation.Situation) string {
	if s.Flow.Kind == record.Distributor {
		return fmt.Sprintf(remedyAgreeDelivery, s.To.Name)
	}
	return remedyAgreeUse
}
