package rules

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"handover/internal/accounts"
	"handover/internal/db"
	"handover/internal/engine/situation"
	"handover/internal/record"
	"handover/internal/transfer"
)

// The checks of this file compare the two customers of a transfer.

// pair names both accounts as records of a finding.
func pair(s *situation.Situation) []transfer.Record {
	return []transfer.Record{{Kind: "customer", Number: s.Source.Number}, {Kind: "customer", Number: s.Target.Number}}
}

func checkSameDistributor(_ context.Context, _ db.Querier, s *situation.Situation) ([]Found, error) {
	if s.From.ID == s.To.ID {
		return nil, nil
	}
	return One(Found{
		Message: fmt.Sprintf(msgDifferentDistributors, s.Source.Name, s.From.Name, s.Target.Name, s.To.Name),
		Remedy:  remedySelectTargetSameDistributor,
		Records: pair(s),
	})
}

func checkSameBrand(_ context.Context, _ db.Querier, s *situation.Situation) ([]Found, error) {
	a, b := s.From.BrandID, s.To.BrandID
	if s.From.ID == s.To.ID || a != nil && b != nil && *a == *b || a == nil && b == nil {
		return nil, nil
	}
	return One(Found{
		Message: fmt.Sprintf(msgDifferentBrands, s.Source.Name, s.From.BrandName, s.Target.Name, s.To.BrandName),
		Remedy:  remedySelectTargetSameBrand,
		Records: pair(s),
	})
}

func checkSameCurrency(_ context.Context, _ db.Querier, s *situation.Situation) ([]Found, error) {
	if s.Source.Currency == s.Target.Currency {
		return nil, nil
	}
	return One(Found{
		Message: fmt.Sprintf(msgDifferentCurrencies, s.Source.Name, s.Source.Currency, s.Target.Name,
			s.Target.Currency),
		Remedy:  remedySelectTargetSameCurrency,
		Records: pair(s),
	})
}

// checkRelated finds one account among the ancestors of the other: the merge would make
// the source's children, and so the target, descendants of the target.
func checkRelated(ctx context.Context, q db.Querier, s *situation.Situation) ([]Found, error) {
	for _, p := range []struct{ below, above situation.Account }{{s.Source, s.Target}, {s.Target, s.Source}} {
		line, err := accounts.Ancestors(ctx, q, p.below.ID)
		if err != nil {
			return nil, err
		}
		at := slices.IndexFunc(line, func(k accounts.Kin) bool { return k.ID == p.above.ID })
		if at < 0 {
			continue
		}
		message := fmt.Sprintf(msgIsParent, p.above.Name, p.above.Number, p.below.Name, p.below.Number)
		records := pair(s)
		if at > 0 {
			var between []string
			for _, k := range line[:at] {
				between = append(between, fmt.Sprintf("%s (%s)", k.Name, k.Number()))
				records = append(records, transfer.Record{Kind: "customer", Number: k.Number()})
			}
			message = fmt.Sprintf(msgIsAncestor,
				p.above.Name, p.above.Number, p.below.Name, p.below.Number, strings.Join(between, ", "))
		}
		return One(Found{
			Message: message,
			Remedy:  fmt.Sprintf(remedyOtherParent, p.below.Name),
			Records: records,
		})
	}
	return nil, nil
}

func checkEffectiveDate(_ context.Context, _ db.Querier, s *situation.Situation) ([]Found, error) {
	if s.Effective == nil || !s.Effective.After(s.From.Today) {
		return nil, nil
	}
	return One(Found{
		Message: fmt.Sprintf(msgEffectiveDateInFuture,
			s.Effective.Format(transfer.DayForm), s.From.Today.Format(transfer.DayForm), s.From.Name),
		Remedy:  remedyChooseTodayEarlierDay,
		instead: &transfer.Instead{EffectiveOn: s.From.Today.Format("2006-01-02")},
	})
}

func checkTaxIDs(_ context.Context, _ db.Querier, s *situation.Situation) ([]Found, error) {
	a, b := s.Source.TaxID, s.Target.TaxID
	if a == "" || b == "" || a == b {
		return nil, nil
	}
	return One(Found{
		Message:         fmt.Sprintf(msgTaxIDsDiffer, s.Source.Name, a, s.Target.Name, b),
		Remedy:          remedyCheckContracts,
		Acknowledgement: ackTaxIdsDiffer,
		Records:         pair(s),
	})
}

// checkCountries compares the countries of the accounts; one that names none does not differ.
func checkCountries(_ context.Context, _ db.Querier, s *situation.Situation) ([]Found, error) {
	a, b := strings.TrimSpace(s.Source.Country), strings.TrimSpace(s.Target.Country)
	if a == "" || b == "" || strings.EqualFold(a, b) {
		return nil, nil
	}
	return One(Found{
		Message:         fmt.Sprintf(msgTaxTreatment, s.Source.Name, a, s.Target.Name, b),
		Remedy:          remedyCheckTaxTreatmentNext,
		Acknowledgement: fmt.Sprintf(ackCountryChanges, a, b),
		Records:         pair(s),
	})
}

func checkLinked(_ context.Context, _ db.Querier, s *situation.Situation) ([]Found, error) {
	if len(s.Linked) == 0 {
		return nil, nil
	}
	var list []transfer.Record
	message := fmt.Sprintf(msgMoreMove, transfer.Plural(len(s.Linked), oneMoreSubscriptionMoves,
		manyMoreSubscriptionsMove))
	for i, l := range s.Linked {
		list = append(list, transfer.Record{Kind: "subscription", Number: l.Number})
		if i < 5 {
			message += fmt.Sprintf("%s (%s), ", l.Number, l.Reason)
		}
	}
	message = message[:len(message)-2] + "."
	if len(s.Linked) > 5 {
		message = message[:len(message)-1] + msgAndOthers
	}
	return One(Found{
		Message: message,
		Remedy:  remedyUndoLink,
		Acknowledgement: fmt.Sprintf(ackAsWell, transfer.Plural(len(s.Linked), oneLinkedSubscriptionMoves,
			manyLinkedSubscriptionsMove)),
		Records: list,
	})
}

func checkPayLinks(ctx context.Context, q db.Querier, s *situation.Situation) ([]Found, error) {
	invoices, _ := record.KindOf("invoice")
	open, _ := movingWhere(s, invoices, `r.status = 'open'`)
	moving, err := seek(ctx, q, s, []sought{open})
	if err != nil || len(moving) == 0 {
		return nil, err
	}
	list, n := moving[0].records, moving[0].count
	return One(Found{
		Message: fmt.Sprintf(msgPayNowLinks,
			transfer.Plural(n, oneOpenInvoiceMoves, manyOpenInvoicesMove), s.Source.Name, s.Target.Name),
		Remedy:          remedySendCustomerNewLink,
		Acknowledgement: fmt.Sprintf(ackLinksShow, s.Source.Name),
		Records:         list,
		Count:           n,
	})
}
