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
	message := fmt.Sprintf("%s billed already for service from %s on, on documents that stay: %s.",
		transfer.Plural(len(records), "subscription is", "subscriptions are"), day,
		strings.Join(parts[:min(len(parts), 5)], "; "))
	if more := len(parts) - 5; more > 0 {
		message = strings.TrimSuffix(message, ".") + fmt.Sprintf("; and %d more.", more)
	}
	message += fmt.Sprintf(" %s continues to earn it.", s.From.Name)
	kept := []string{}
	for _, a := range sums.Amounts() {
		kept = append(kept, a.String())
	}
	return One(Found{
		Message: message,
		Remedy:  termRemedy(s),
		Acknowledgement: fmt.Sprintf("%s keeps %s for service from %s on", s.From.Name,
			strings.Join(kept, " and "), day),
		Records: records,
	})
}

// termWords say what one subscription has prepaid: "S-000012 until 31 Dec 2026, 100.00 EUR
// not recognised".
func termWords(s *situation.Situation, t transfer.PrepaidTerm) string {
	words := fmt.Sprintf("%s until %s", t.Subscription, t.Sums.Until.Format(transfer.DayForm))
	if t.Sums.Hidden {
		return words + " on documents of " + order.Another
	}
	amount := func(v decimal.Decimal) string { return money.Amount{Value: v, Currency: t.Sums.Currency}.String() }
	if !t.Sums.Remaining.IsZero() {
		words += fmt.Sprintf(", %s not recognised", amount(t.Sums.Remaining))
	}
	if !t.Sums.Unscheduled.IsZero() {
		words += fmt.Sprintf(", %s by days (no revenue schedule)", amount(t.Sums.Unscheduled))
	}
	if !t.Sums.Ahead.IsZero() {
		words += fmt.Sprintf(", %s recognised ahead", amount(t.Sums.Ahead))
	}
	if t.Customer != fmt.Sprintf("%s (%s)", s.Source.Name, s.Source.Number) {
		words += fmt.Sprintf(" on documents of %s", t.Customer)
	}
	return words
}

func termRemedy(s *situation.Situation) string {
	if s.Flow.Kind == record.Distributor {
		return fmt.Sprintf("Agree with %s who delivers the service until then, "+
			"or let the transfer start after the prepaid term.", s.To.Name)
	}
	return "Agree with both customers who uses the service until then, or choose an effective date after the " +
		"prepaid term."
}
