package transfer

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"handover/internal/db"
	"handover/internal/money"
)

// checkPrepaid warns of service from the cut day on that is billed already: it stays with
// the source's documents, and so does the revenue.
func checkPrepaid(_ context.Context, _ db.Querier, s *situation) ([]found, error) {
	terms := s.term.remaining()
	if len(terms) == 0 {
		return nil, nil
	}
	var records []Record
	var parts []string
	sums := money.Sums{}
	for _, t := range terms {
		if r := (Record{"subscription", t.Subscription}); !slices.Contains(records, r) {
			records = append(records, r)
		}
		parts = append(parts, s.termWords(t))
		if !t.Sums.Hidden {
			sums.Add(t.Sums.Remaining.Add(t.Sums.Unscheduled), t.Sums.Currency)
		}
	}
	day := s.cut.Format(dayForm)
	message := fmt.Sprintf("%s billed already for service from %s on, on documents that stay: %s.",
		plural(len(records), "subscription is", "subscriptions are"), day, strings.Join(parts[:min(len(parts), 5)], "; "))
	if more := len(parts) - 5; more > 0 {
		message = strings.TrimSuffix(message, ".") + fmt.Sprintf("; and %d more.", more)
	}
	message += fmt.Sprintf(" %s continues to earn it.", s.from.Name)
	kept := []string{}
	for _, a := range sums.Amounts() {
		kept = append(kept, a.String())
	}
	return one(found{
		message:         message,
		remedy:          s.termRemedy(),
		acknowledgement: fmt.Sprintf("%s keeps %s for service from %s on", s.from.Name, strings.Join(kept, " and "), day),
		records:         records,
	})
}

// termWords say what one subscription has prepaid: "S-000012 until 31 Dec 2026, 100.00 EUR
// not recognised".
func (s *situation) termWords(t PrepaidTerm) string {
	words := fmt.Sprintf("%s until %s", t.Subscription, t.Sums.Until.Format(dayForm))
	if t.Sums.Hidden {
		return words + " on documents of " + Another
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
	if t.Customer != fmt.Sprintf("%s (%s)", s.source.Name, s.source.Number) {
		words += fmt.Sprintf(" on documents of %s", t.Customer)
	}
	return words
}

func (s *situation) termRemedy() string {
	if s.flow.Kind == Distributor {
		return fmt.Sprintf("Agree with %s who delivers the service until then, "+
			"or let the transfer start after the prepaid term.", s.to.Name)
	}
	return "Agree with both customers who uses the service until then, or choose an effective date after the prepaid term."
}
