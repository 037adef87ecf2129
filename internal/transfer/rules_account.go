package transfer

import (
	"context"
	"fmt"
	"strings"

	"handover/internal/db"
	"handover/internal/money"
)

func checkIsCustomer(_ context.Context, _ db.Querier, s *situation) ([]found, error) {
	if !s.notCustomer {
		return nil, nil
	}
	return one(found{
		message: fmt.Sprintf("%s is a distributor (%s), not a customer.", s.from.Number, s.from.Name),
		remedy:  "Give the number of a customer account, for example C-000012.",
		records: []Record{{"distributor", s.from.Number}},
	})
}

func checkActive(_ context.Context, _ db.Querier, s *situation) ([]found, error) {
	var all []found
	if !s.source.live() {
		all = append(all, found{
			message: fmt.Sprintf("%s (%s) is %s and takes no transfers.", s.source.Name, s.source.Number, words(s.source.Status)),
			remedy:  "Transfer its successor, or an account that is active or suspended.",
			records: []Record{{"customer", s.source.Number}},
		})
	}
	if s.to.Status == "inactive" {
		all = append(all, found{
			message: fmt.Sprintf("Distributor %s (%s) is inactive and takes no customers.", s.to.Name, s.to.Number),
			remedy:  "Select another distributor.",
			records: []Record{{"distributor", s.to.Number}},
		})
	}
	return all, nil
}

// words writes a status as people say it: transferred_out is "transferred out".
func words(status string) string { return strings.ReplaceAll(status, "_", " ") }

func checkSameAccount(_ context.Context, _ db.Querier, s *situation) ([]found, error) {
	if s.from.ID != s.to.ID {
		return nil, nil
	}
	return one(found{
		message: fmt.Sprintf("%s already belongs to %s.", s.source.Name, s.to.Name),
		remedy:  "Select another distributor.",
		records: []Record{{"distributor", s.to.Number}},
	})
}

func checkInProgress(ctx context.Context, q db.Querier, s *situation) ([]found, error) {
	list, err := s.records(ctx, q, `
		select 'order' as kind, number_of('TO', order_id) as number from open_transfers
		where customer_id = @source and order_id <> @order`)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return one(found{
		message: fmt.Sprintf("%s is part of transfer order %s, which has not ended.", s.source.Name, list[0].Number),
		remedy:  "Wait until that order has ended, or cancel it.",
		records: list,
	})
}

func checkChildren(ctx context.Context, q db.Querier, s *situation) ([]found, error) {
	list, err := s.records(ctx, q, `
		select 'customer' as kind, number_of('C', id) as number from customers
		where parent_customer_id = @source and bill_to_parent and status in ('active', 'suspended') order by id`)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return one(found{
		message: fmt.Sprintf("%s to %s.", plural(len(list), "account bills", "accounts bill"), s.source.Name),
		remedy:  "Let these accounts be billed themselves, or give them another parent, then transfer.",
		records: list,
	})
}

func checkRateRequired(_ context.Context, _ db.Querier, s *situation) ([]found, error) {
	if !s.converts || s.request.ConversionRate != "" {
		return nil, nil
	}
	return one(found{
		message: fmt.Sprintf("%s is billed in %s and %s sells in %s: the balance needs a conversion rate.",
			s.source.Name, s.source.Currency, s.to.Name, s.to.Currency),
		remedy: fmt.Sprintf("Enter how many %s one %s is worth.", s.to.Currency, s.source.Currency),
	})
}

func checkRateInvalid(_ context.Context, _ db.Querier, s *situation) ([]found, error) {
	if s.rateMistake == "" {
		return nil, nil
	}
	return one(found{
		message: fmt.Sprintf("The conversion rate cannot be used: %s.", s.rateMistake),
		remedy:  fmt.Sprintf("Enter a plain decimal greater than 0 with at most %d decimals.", money.RateDecimals),
	})
}

func checkBillToParent(_ context.Context, _ db.Querier, s *situation) ([]found, error) {
	if !s.source.BillToParent {
		return nil, nil
	}
	return one(found{
		message:         fmt.Sprintf("%s bills to its parent account. The new account will have no parent and will be billed itself.", s.source.Name),
		remedy:          "Settle with the parent account who pays from now on.",
		acknowledgement: fmt.Sprintf("%s is no longer billed to its parent", s.source.Name),
		records:         []Record{{"customer", s.source.Number}},
	})
}

func checkCRM(ctx context.Context, q db.Querier, s *situation) ([]found, error) {
	if s.source.CRMID == "" {
		return nil, nil
	}
	list, err := s.records(ctx, q, `
		select 'customer' as kind, number_of('C', id) as number from customers
		where crm_id = (select crm_id from customers where id = @source) and id <> @source
		  and status in ('active', 'suspended') order by id`)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return one(found{
		message: fmt.Sprintf("CRM id %s is also carried by %s: afterwards several live accounts carry it.",
			s.source.CRMID, plural(len(list), "other account", "other accounts")),
		remedy:          "Correct the CRM id of one of the accounts in the CRM.",
		acknowledgement: fmt.Sprintf("CRM id %s stays on several accounts", s.source.CRMID),
		records:         list,
	})
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
