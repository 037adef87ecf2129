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
		Message: fmt.Sprintf(msgIsADistributor, given.Number, given.Name),
		Remedy:  remedyGiveNumberCustomerAccount,
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
				Message: fmt.Sprintf(msgAccountTakesNoTransfers, a.Name, a.Number, transfer.Words(a.Status)),
				Remedy:  remedyUseSuccessorAccountActive,
				Records: []transfer.Record{{Kind: "customer", Number: a.Number}},
			})
		}
	}
	if s.Flow.Kind == record.Distributor && s.To.Status == "inactive" {
		all = append(all, Found{
			Message: fmt.Sprintf(msgDistributorInactive, s.To.Name, s.To.Number),
			Remedy:  remedySelectAnotherDistributor,
			Records: []transfer.Record{{Kind: "distributor", Number: s.To.Number}},
		})
	}
	return all, nil
}

func checkSameAccount(_ context.Context, _ db.Querier, s *situation.Situation) ([]Found, error) {
	switch {
	case s.Flow.Kind == record.Distributor && s.From.ID == s.To.ID:
		return One(Found{
			Message: fmt.Sprintf(msgAlreadyBelongs, s.Source.Name, s.To.Name),
			Remedy:  remedySelectAnotherDistributor,
			Records: []transfer.Record{{Kind: "distributor", Number: s.To.Number}},
		})
	case s.Flow.Kind != record.Distributor && s.Source.ID == s.Target.ID:
		return One(Found{
			Message: fmt.Sprintf(msgSameAccount, s.Source.Name, s.Source.Number),
			Remedy:  remedySelectAnotherTargetCustomer,
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
		Message: fmt.Sprintf(msgInProgress,
			transfer.Plural(len(list), oneOtherTransfer, manyOtherTransfers), list[0].Number),
		Remedy:  remedyWaitOrCancel,
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
		Message: fmt.Sprintf(msgHasChildren, transfer.Plural(len(list), oneLiveAccount, manyLiveAccounts),
			s.Source.Name, s.Source.Number),
		Remedy:  remedyGiveTheseAccountsAnother,
		Records: list,
	})
}

func checkBillToParent(_ context.Context, _ db.Querier, s *situation.Situation) ([]Found, error) {
	var all []Found
	for _, a := range Accounts(s) {
		if !a.BillToParent {
			continue
		}
		message := fmt.Sprintf(msgBillsToParent, a.Name, a.Number)
		if s.Flow.Kind == record.Distributor {
			message += msgWillHaveNoParent
		}
		all = append(all, Found{
			Message:         message,
			Remedy:          remedySettleWhoPays,
			Acknowledgement: fmt.Sprintf(ackBillsToParent, a.Name),
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
		Message: fmt.Sprintf(msgOtherLegalEntity,
			s.From.EntityName(), s.To.EntityName()),
		Remedy:          remedySubscriptionsOnly,
		Acknowledgement: fmt.Sprintf(ackOtherLegalEntity, s.To.EntityName()),
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
			Message: fmt.Sprintf(msgCRMIDsDiffer,
				s.Source.Name, s.Source.CRMID, s.Target.Name, s.Target.CRMID, kept, former),
			Remedy:          remedyMergeInCRM,
			Acknowledgement: fmt.Sprintf(ackFormerID, former, s.Target.Name),
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
		Message: fmt.Sprintf(msgCRMIDShared,
			transfer.Plural(len(list), oneCarriesCRMID, manyCarryCRMID)),
		Remedy:          remedyCorrectCRMID,
		Acknowledgement: ackCRMIDShared,
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
		Message: fmt.Sprintf("%s: %s.", transfer.Plural(len(list), onePaymentMethodStaysBehind,
			manyPaymentMethodsStayBehind),
			strings.Join(labels[:min(len(labels), 5)], ", ")),
		Remedy:          remedyAskCustomerPaymentMethod,
		Acknowledgement: fmt.Sprintf(ackNotMoved, transfer.Plural(len(list), onePaymentMethod, manyPaymentMethods)),
		Records:         list,
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
		Message: fmt.Sprintf(msgNoCounterpart, transfer.Plural(len(list), oneAcceptedDocument, manyAcceptedDocuments),
			s.To.Name, strings.Join(titles[:min(len(titles), 5)], ", ")),
		Remedy:          remedyCustomerAcceptDocumentsNew,
		Acknowledgement: fmt.Sprintf(ackNotTakenAlong, transfer.Plural(len(list), oneAcceptance, manyAcceptances)),
		Records:         list,
	})
}
