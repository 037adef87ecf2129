package transfer

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"handover/internal/accounts"
	"handover/internal/db"
)

// The checks of this file compare the two customers of a transfer.

// pair names both accounts as records of a finding.
func (s *situation) pair() []Record {
	return []Record{{"customer", s.source.Number}, {"customer", s.target.Number}}
}

func checkSameDistributor(_ context.Context, _ db.Querier, s *situation) ([]found, error) {
	if s.from.ID == s.to.ID {
		return nil, nil
	}
	return one(found{
		message: fmt.Sprintf("%s belongs to %s and %s to %s.", s.source.Name, s.from.Name, s.target.Name, s.to.Name),
		remedy:  "Select a target of the same distributor, or transfer the customer to that distributor first.",
		records: s.pair(),
	})
}

func checkSameBrand(_ context.Context, _ db.Querier, s *situation) ([]found, error) {
	a, b := s.from.BrandID, s.to.BrandID
	if s.from.ID == s.to.ID || a != nil && b != nil && *a == *b || a == nil && b == nil {
		return nil, nil
	}
	return one(found{
		message: fmt.Sprintf("%s is served under the brand %s and %s under %s.", s.source.Name, s.from.BrandName, s.target.Name, s.to.BrandName),
		remedy:  "Select a target of the same brand.",
		records: s.pair(),
	})
}

func checkSameCurrency(_ context.Context, _ db.Querier, s *situation) ([]found, error) {
	if s.source.Currency == s.target.Currency {
		return nil, nil
	}
	return one(found{
		message: fmt.Sprintf("%s is billed in %s and %s in %s.", s.source.Name, s.source.Currency, s.target.Name, s.target.Currency),
		remedy:  "Select a target with the same currency.",
		records: s.pair(),
	})
}

// checkRelated finds one account among the ancestors of the other: the merge would make
// the source's children, and so the target, descendants of the target.
func checkRelated(ctx context.Context, q db.Querier, s *situation) ([]found, error) {
	for _, p := range []struct{ below, above account }{{s.source, s.target}, {s.target, s.source}} {
		line, err := accounts.Ancestors(ctx, q, p.below.ID)
		if err != nil {
			return nil, err
		}
		at := slices.IndexFunc(line, func(k accounts.Kin) bool { return k.ID == p.above.ID })
		if at < 0 {
			continue
		}
		message := fmt.Sprintf("%s (%s) is the parent account of %s (%s).", p.above.Name, p.above.Number, p.below.Name, p.below.Number)
		records := s.pair()
		if at > 0 {
			var between []string
			for _, k := range line[:at] {
				between = append(between, fmt.Sprintf("%s (%s)", k.Name, k.Number()))
				records = append(records, Record{"customer", k.Number()})
			}
			message = fmt.Sprintf("%s (%s) is an ancestor of %s (%s), through %s.",
				p.above.Name, p.above.Number, p.below.Name, p.below.Number, strings.Join(between, ", "))
		}
		return one(found{
			message: message,
			remedy:  fmt.Sprintf("Give %s another parent or none, then merge.", p.below.Name),
			records: records,
		})
	}
	return nil, nil
}

func checkEffectiveDate(_ context.Context, _ db.Querier, s *situation) ([]found, error) {
	if s.effective == nil || !s.effective.After(s.from.today) {
		return nil, nil
	}
	return one(found{
		message: fmt.Sprintf("The effective date %s is in the future; today is %s at %s.",
			s.effective.Format(dayForm), s.from.today.Format(dayForm), s.from.Name),
		remedy:  "Choose today or an earlier day.",
		instead: &Instead{EffectiveOn: s.from.today.Format("2006-01-02")},
	})
}

func checkTaxIDs(_ context.Context, _ db.Querier, s *situation) ([]found, error) {
	a, b := s.source.TaxID, s.target.TaxID
	if a == "" || b == "" || a == b {
		return nil, nil
	}
	return one(found{
		message:         fmt.Sprintf("%s has the tax id %s, %s has %s: they may be two legal entities.", s.source.Name, a, s.target.Name, b),
		remedy:          "Make sure that the contracts may pass from one to the other.",
		acknowledgement: "the tax ids differ",
		records:         s.pair(),
	})
}

// checkCountries compares the countries of the accounts; one that names none does not differ.
func checkCountries(_ context.Context, _ db.Querier, s *situation) ([]found, error) {
	a, b := strings.TrimSpace(s.source.Country), strings.TrimSpace(s.target.Country)
	if a == "" || b == "" || strings.EqualFold(a, b) {
		return nil, nil
	}
	return one(found{
		message:         fmt.Sprintf("%s is in %s, %s in %s: the tax treatment may change.", s.source.Name, a, s.target.Name, b),
		remedy:          "Check the tax treatment of the next invoices with the target's address.",
		acknowledgement: fmt.Sprintf("the country changes from %s to %s", a, b),
		records:         s.pair(),
	})
}

func checkLinked(_ context.Context, _ db.Querier, s *situation) ([]found, error) {
	if len(s.linked) == 0 {
		return nil, nil
	}
	var list []Record
	message := fmt.Sprintf("%s with the selected ones: ", plural(len(s.linked), "more subscription moves", "more subscriptions move"))
	for i, l := range s.linked {
		list = append(list, Record{"subscription", l.Number})
		if i < 5 {
			message += fmt.Sprintf("%s (%s), ", l.Number, l.Reason)
		}
	}
	message = message[:len(message)-2] + "."
	if len(s.linked) > 5 {
		message = message[:len(message)-1] + ", and others."
	}
	return one(found{
		message:         message,
		remedy:          "Linked subscriptions move together or not at all. To keep one, undo its link first.",
		acknowledgement: fmt.Sprintf("%s as well", plural(len(s.linked), "linked subscription moves", "linked subscriptions move")),
		records:         list,
	})
}

func checkPayLinks(ctx context.Context, q db.Querier, s *situation) ([]found, error) {
	invoices, _ := KindOf("invoice")
	open, _ := s.movingWhere(invoices, `r.status = 'open'`)
	moving, err := s.seek(ctx, q, []sought{open})
	if err != nil || len(moving) == 0 {
		return nil, err
	}
	list, n := moving[0].records, moving[0].count
	return one(found{
		message: fmt.Sprintf("%s: Pay Now links and payment PDFs sent so far show %s, the payment page shows %s.",
			plural(n, "open invoice moves", "open invoices move"), s.source.Name, s.target.Name),
		remedy:          "Send the customer a new link after the transfer.",
		acknowledgement: fmt.Sprintf("links sent so far show %s", s.source.Name),
		records:         list,
		count:           n,
	})
}
