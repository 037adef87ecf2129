package transfer

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"handover/internal/db"
)

func checkIsCustomer(_ context.Context, _ db.Querier, s *situation) ([]found, error) {
	if !s.notCustomer {
		return nil, nil
	}
	given := s.from
	if s.to.ID != 0 {
		given = s.to
	}
	return one(found{
		message: fmt.Sprintf("%s is a distributor (%s), not a customer.", given.Number, given.Name),
		remedy:  "Give the number of a customer account, for example C-000012.",
		records: []Record{{"distributor", given.Number}},
	})
}

// accounts are the accounts that take part: the source, and the target where it exists.
func (s *situation) accounts() []account {
	if s.target.ID == 0 || s.target.ID == s.source.ID {
		return []account{s.source}
	}
	return []account{s.source, s.target}
}

func checkActive(_ context.Context, _ db.Querier, s *situation) ([]found, error) {
	var all []found
	for _, a := range s.accounts() {
		if !a.live() {
			all = append(all, found{
				message: fmt.Sprintf("%s (%s) is %s and takes no transfers.", a.Name, a.Number, words(a.Status)),
				remedy:  "Use its successor, or an account that is active or suspended.",
				records: []Record{{"customer", a.Number}},
			})
		}
	}
	if s.flow.Kind == Distributor && s.to.Status == "inactive" {
		all = append(all, found{
			message: fmt.Sprintf("Distributor %s (%s) is inactive and takes no customers.", s.to.Name, s.to.Number),
			remedy:  "Select another distributor.",
			records: []Record{{"distributor", s.to.Number}},
		})
	}
	return all, nil
}

func checkSameAccount(_ context.Context, _ db.Querier, s *situation) ([]found, error) {
	switch {
	case s.flow.Kind == Distributor && s.from.ID == s.to.ID:
		return one(found{
			message: fmt.Sprintf("%s already belongs to %s.", s.source.Name, s.to.Name),
			remedy:  "Select another distributor.",
			records: []Record{{"distributor", s.to.Number}},
		})
	case s.flow.Kind != Distributor && s.source.ID == s.target.ID:
		return one(found{
			message: fmt.Sprintf("%s (%s) is both source and target.", s.source.Name, s.source.Number),
			remedy:  "Select another target customer.",
			records: []Record{{"customer", s.source.Number}},
		})
	}
	return nil, nil
}

func checkInProgress(ctx context.Context, q db.Querier, s *situation) ([]found, error) {
	list, err := s.records(ctx, q, `
		select distinct 'order' as kind, number_of('TO', order_id) as number from open_transfers
		where customer_id in (@source, @target) and order_id <> @order`)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return one(found{
		message: fmt.Sprintf("%s under way with one of the accounts: %s.",
			plural(len(list), "another transfer is", "other transfers are"), list[0].Number),
		remedy:  "Wait until that order has ended, or cancel it.",
		records: list,
	})
}

func checkChildren(ctx context.Context, q db.Querier, s *situation) ([]found, error) {
	list, err := s.records(ctx, q, `
		select 'customer' as kind, number_of('C', id) as number from customers
		where parent_customer_id = @source and status in ('active', 'suspended')
		  and `+inScope("customers")+` order by id`)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return one(found{
		message: fmt.Sprintf("%s %s (%s) as parent.", plural(len(list), "live account has", "live accounts have"), s.source.Name, s.source.Number),
		remedy:  "Give these accounts another parent or none, then transfer.",
		records: list,
	})
}

func checkBillToParent(_ context.Context, _ db.Querier, s *situation) ([]found, error) {
	var all []found
	for _, a := range s.accounts() {
		if !a.BillToParent {
			continue
		}
		message := fmt.Sprintf("%s (%s) bills to its parent account.", a.Name, a.Number)
		if s.flow.Kind == Distributor {
			message += " The new account will have no parent and will be billed itself."
		}
		all = append(all, found{
			message:         message,
			remedy:          "Settle with the parent account who pays from now on.",
			acknowledgement: fmt.Sprintf("%s bills to its parent until now", a.Name),
			records:         []Record{{"customer", a.Number}},
		})
	}
	return all, nil
}

// checkLegalEntity warns of the mode with terms and payment methods between two legal
// entities: payment details would pass to another legal body.
func checkLegalEntity(_ context.Context, _ db.Querier, s *situation) ([]found, error) {
	if s.request.Mode != ModeEverything || s.from.sameEntity(s.to) {
		return nil, nil
	}
	return one(found{
		message: fmt.Sprintf("Terms acceptances and payment details would pass from %s to %s, another legal entity. That is illegal in most cases.",
			s.from.entityName(), s.to.entityName()),
		remedy:          "Choose to transfer subscriptions only, unless you hold the customer's consent.",
		acknowledgement: fmt.Sprintf("payment details pass to another legal entity, %s", s.to.entityName()),
		records:         []Record{{"distributor", s.from.Number}, {"distributor", s.to.Number}},
	})
}

func checkCRM(ctx context.Context, q db.Querier, s *situation) ([]found, error) {
	var all []found
	if s.flow.Kind == Merge && s.source.CRMID != "" && s.target.CRMID != "" && s.source.CRMID != s.target.CRMID {
		kept, former := s.target.CRMID, s.source.CRMID
		if slices.Contains(s.request.KeepFromSource, "crm_id") {
			kept, former = former, kept
		}
		all = append(all, found{
			message: fmt.Sprintf("%s carries CRM id %s, %s carries %s. The target keeps %s; %s will still find this account.",
				s.source.Name, s.source.CRMID, s.target.Name, s.target.CRMID, kept, former),
			remedy:          "Join the two records in the CRM as well.",
			acknowledgement: fmt.Sprintf("%s becomes a former id of %s", former, s.target.Name),
			records:         []Record{{"customer", s.source.Number}, {"customer", s.target.Number}},
		})
	}
	list, err := s.records(ctx, q, s.flow.SharedCRM)
	if err != nil || len(list) == 0 {
		return all, err
	}
	return append(all, found{
		message: fmt.Sprintf("Afterwards several live accounts carry one CRM id: %s as well.",
			plural(len(list), "another account carries it", "other accounts carry it")),
		remedy:          "Correct the CRM id of one of the accounts in the CRM.",
		acknowledgement: "several accounts carry one CRM id",
		records:         list,
	}), nil
}

func checkMethods(_ context.Context, _ db.Querier, s *situation) ([]found, error) {
	var list []Record
	var labels []string
	for _, m := range s.methods {
		if !m.kept {
			list = append(list, Record{"payment_method", m.Number})
			labels = append(labels, m.Label)
		}
	}
	if len(list) == 0 {
		return nil, nil
	}
	return one(found{
		message: fmt.Sprintf("%s: %s.", plural(len(list), "payment method stays behind", "payment methods stay behind"),
			strings.Join(labels[:min(len(labels), 5)], ", ")),
		remedy:          "Ask the customer for a payment method after the transfer.",
		acknowledgement: fmt.Sprintf("%s not moved", plural(len(list), "payment method is", "payment methods are")),
		records:         list,
	})
}

func checkTerms(_ context.Context, _ db.Querier, s *situation) ([]found, error) {
	var list []Record
	var titles []string
	for _, a := range s.acceptance {
		if a.TargetID == nil {
			list = append(list, Record{"terms", a.Number})
			titles = append(titles, a.Title)
		}
	}
	if len(list) == 0 {
		return nil, nil
	}
	return one(found{
		message: fmt.Sprintf("%s no counterpart with %s: %s.", plural(len(list), "accepted document has", "accepted documents have"),
			s.to.Name, strings.Join(titles[:min(len(titles), 5)], ", ")),
		remedy:          "Have the customer accept the documents of the new distributor.",
		acknowledgement: fmt.Sprintf("%s not taken along", plural(len(list), "acceptance is", "acceptances are")),
		records:         list,
	})
}
