package rules

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"handover/internal/db"
	"handover/internal/engine/situation"
	"handover/internal/record"
	"handover/internal/transfer"
)

func checkIsCustomer(_ context.Context, _ db.Querier, s *situation.Situation) ([]Found, error) {
	if !s.NotCustomer {
		return nil, nil
	}
	given := s.From
	if s.To.ID != 0 {
		given = s.To
	}
	return One(Found{
		Message: fmt.Sprintf("%s is a distributor (%s), not a customer.", given.Number, given.Name),
		Remedy:  "Give the number of a customer account, for example C-000012.",
		Records: []transfer.Record{{Kind: "distributor", Number: given.Number}},
	})
}

// Accounts are the accounts that take part: the source, and the target where it exists.
func Accounts(s *situation.Situation) []situation.Account {
	if s.Target.ID == 0 || s.Target.ID == s.Source.ID {
		return []situation.Account{s.Source}
	}
	return []situation.Account{s.Source, s.Target}
}

func checkActive(_ context.Context, _ db.Querier, s *situation.Situation) ([]Found, error) {
	var all []Found
	for _, a := range Accounts(s) {
		if !a.Live() {
			all = append(all, Found{
				Message: fmt.Sprintf("%s (%s) is %s and takes no transfers.", a.Name, a.Number,
					transfer.Words(a.Status)),
				Remedy:  "Use its successor, or an account that is active or suspended.",
				Records: []transfer.Record{{Kind: "customer", Number: a.Number}},
			})
		}
	}
	if s.Flow.Kind == record.Distributor && s.To.Status == "inactive" {
		all = append(all, Found{
			Message: fmt.Sprintf("Distributor %s (%s) is inactive and takes no customers.", s.To.Name, s.To.Number),
			Remedy:  "Select another distributor.",
			Records: []transfer.Record{{Kind: "distributor", Number: s.To.Number}},
		})
	}
	return all, nil
}

func checkSameAccount(_ context.Context, _ db.Querier, s *situation.Situation) ([]Found, error) {
	switch {
	case s.Flow.Kind == record.Distributor && s.From.ID == s.To.ID:
		return One(Found{
			Message: fmt.Sprintf("%s already belongs to %s.", s.Source.Name, s.To.Name),
			Remedy:  "Select another distributor.",
			Records: []transfer.Record{{Kind: "distributor", Number: s.To.Number}},
		})
	case s.Flow.Kind != record.Distributor && s.Source.ID == s.Target.ID:
		return One(Found{
			Message: fmt.Sprintf("%s (%s) is both source and target.", s.Source.Name, s.Source.Number),
			Remedy:  "Select another target customer.",
			Records: []transfer.Record{{Kind: "customer", Number: s.Source.Number}},
		})
	}
	return nil, nil
}

// CheckInProgress finds that an account takes part in another transfer.
func CheckInProgress(ctx context.Context, q db.Querier, s *situation.Situation) ([]Found, error) {
	list, err := Records(ctx, q, s, `
		select distinct 'order' as kind, number_of('TO', order_id) as number from open_transfers
		where customer_id in (@source, @target) and order_id <> @order`)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return One(Found{
		Message: fmt.Sprintf("%s under way with one of the accounts: %s.",
			transfer.Plural(len(list), "another transfer is", "other transfers are"), list[0].Number),
		Remedy:  "Wait until that order has ended, or cancel it.",
		Records: list,
	})
}

func checkChildren(ctx context.Context, q db.Querier, s *situation.Situation) ([]Found, error) {
	list, err := Records(ctx, q, s, `
		select 'customer' as kind, number_of('C', id) as number from customers
		where parent_customer_id = @source and status in ('active', 'suspended')
		  and `+record.InScope("customers")+` order by id`)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return One(Found{
		Message: fmt.Sprintf("%s %s (%s) as parent.", transfer.Plural(len(list), "live account has",
			"live accounts have"), s.Source.Name, s.Source.Number),
		Remedy:  "Give these accounts another parent or none, then transfer.",
		Records: list,
	})
}

func checkBillToParent(_ context.Context, _ db.Querier, s *situation.Situation) ([]Found, error) {
	var all []Found
	for _, a := range Accounts(s) {
		if !a.BillToParent {
			continue
		}
		message := fmt.Sprintf("%s (%s) bills to its parent account.", a.Name, a.Number)
		if s.Flow.Kind == record.Distributor {
			message += " The new account will have no parent and will be billed itself."
		}
		all = append(all, Found{
			Message:         message,
			Remedy:          "Settle with the parent account who pays from now on.",
			Acknowledgement: fmt.Sprintf("%s bills to its parent until now", a.Name),
			Records:         []transfer.Record{{Kind: "customer", Number: a.Number}},
		})
	}
	return all, nil
}

// checkLegalEntity warns of the mode with terms and payment methods between two legal
// entities: payment details would pass to another legal body.
func checkLegalEntity(_ context.Context, _ db.Querier, s *situation.Situation) ([]Found, error) {
	if s.Request.Mode != transfer.ModeEverything || s.From.SameEntity(s.To) {
		return nil, nil
	}
	return One(Found{
		Message: fmt.Sprintf("Terms acceptances and payment details would pass from %s to %s, another legal "+
			"entity. That is illegal in most cases.",
			s.From.EntityName(), s.To.EntityName()),
		Remedy:          "Choose to transfer subscriptions only, unless you hold the customer's consent.",
		Acknowledgement: fmt.Sprintf("payment details pass to another legal entity, %s", s.To.EntityName()),
		Records: []transfer.Record{
			{Kind: "distributor", Number: s.From.Number},
			{Kind: "distributor", Number: s.To.Number},
		},
	})
}

func checkCRM(ctx context.Context, q db.Querier, s *situation.Situation) ([]Found, error) {
	var all []Found
	if s.Flow.Kind == record.Merge && s.Source.CRMID != "" && s.Target.CRMID != "" && s.Source.CRMID != s.Target.CRMID {
		kept, former := s.Target.CRMID, s.Source.CRMID
		if slices.Contains(s.Request.KeepFromSource, "crm_id") {
			kept, former = former, kept
		}
		all = append(all, Found{
			Message: fmt.Sprintf("%s carries CRM id %s, %s carries %s. The target keeps %s; %s will still find "+
				"this account.",
				s.Source.Name, s.Source.CRMID, s.Target.Name, s.Target.CRMID, kept, former),
			Remedy:          "Join the two records in the CRM as well.",
			Acknowledgement: fmt.Sprintf("%s becomes a former id of %s", former, s.Target.Name),
			Records: []transfer.Record{
				{Kind: "customer", Number: s.Source.Number},
				{Kind: "customer", Number: s.Target.Number},
			},
		})
	}
	list, err := Records(ctx, q, s, s.Flow.SharedCRM)
	if err != nil || len(list) == 0 {
		return all, err
	}
	return append(all, Found{
		Message: fmt.Sprintf("Afterwards several live accounts carry one CRM id: %s as well.",
			transfer.Plural(len(list), "another account carries it", "other accounts carry it")),
		Remedy:          "Correct the CRM id of one of the accounts in the CRM.",
		Acknowledgement: "several accounts carry one CRM id",
		Records:         list,
	}), nil
}

func checkMethods(_ context.Context, _ db.Querier, s *situation.Situation) ([]Found, error) {
	var list []transfer.Record
	var labels []string
	for _, m := range s.Methods {
		if !m.Kept {
			list = append(list, transfer.Record{Kind: "payment_method", Number: m.Number})
			labels = append(labels, m.Label)
		}
	}
	if len(list) == 0 {
		return nil, nil
	}
	return One(Found{
		Message: fmt.Sprintf("%s: %s.", transfer.Plural(len(list), "payment method stays behind",
			"payment methods stay behind"),
			strings.Join(labels[:min(len(labels), 5)], ", ")),
		Remedy: "Ask the customer for a payment method after the transfer.",
		Acknowledgement: fmt.Sprintf("%s not moved", transfer.Plural(len(list), "payment method is",
			"payment methods are")),
		Records: list,
	})
}

func checkTerms(_ context.Context, _ db.Querier, s *situation.Situation) ([]Found, error) {
	var list []transfer.Record
	var titles []string
	for _, a := range s.Acceptance {
		if a.TargetID == nil {
			list = append(list, transfer.Record{Kind: "terms", Number: a.Number})
			titles = append(titles, a.Title)
		}
	}
	if len(list) == 0 {
		return nil, nil
	}
	return One(Found{
		Message: fmt.Sprintf("%s no counterpart with %s: %s.", transfer.Plural(len(list), "accepted document has",
			"accepted documents have"),
			s.To.Name, strings.Join(titles[:min(len(titles), 5)], ", ")),
		Remedy: "Have the customer accept the documents of the new distributor.",
		Acknowledgement: fmt.Sprintf("%s not taken along", transfer.Plural(len(list), "acceptance is",
			"acceptances are")),
		Records: list,
	})
}
