package rules

import (
	"context"
	"fmt"
	"time"

	"handover/internal/db"
	"handover/internal/engine/situation"
	"handover/internal/record"
	"handover/internal/transfer"
)

func checkDrafts(ctx context.Context, q db.Querier, s *situation.Situation) ([]Found, error) {
	if s.Flow.Kind == record.Merge && s.Effective == nil {
		return nil, nil // everything moves, drafts too
	}
	list, err := Records(ctx, q, s, `
		select 'invoice' as kind, number from invoices where customer_id = @source and status = 'draft' order by id`)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return One(Found{
		Message: fmt.Sprintf(msgHasDrafts, s.Source.Name, transfer.Plural(len(list), oneDraftInvoice,
			manyDraftInvoices)),
		Remedy:  remedyIssueVoidFirst,
		Records: list,
	})
}

// checkUnbilledOnEnded: what an ended subscription still has to bill would strand on
// a read-only account.
func checkUnbilledOnEnded(ctx context.Context, q db.Querier, s *situation.Situation) ([]Found, error) {
	if s.Flow.Kind == record.Merge && s.Effective == nil {
		return nil, nil // everything moves, what has ended too
	}
	var list []sought
	for _, k := range record.Kinds {
		if k.Unbilled {
			list = append(list, sought{k.Name, fmt.Sprintf(`
			select r.id, r.number from %s r
			where r.customer_id = @source and r.subscription_id is not null
			  and r.subscription_id <> all(@moving::bigint[]) and r.amount <> 0`, k.View)})
		}
	}
	unbilled, err := seek(ctx, q, s, list)
	if err != nil {
		return nil, err
	}
	var all []Found
	for _, w := range unbilled {
		all = append(all, Found{
			Message: fmt.Sprintf(msgNotBilledYetStays,
				transfer.Plural(w.count, w.kind.Label+" is", w.kind.Plural+" are")),
			Remedy:  remedyBillWaiveThemFirst,
			Records: w.records, Count: w.count,
		})
	}
	return all, nil
}

func checkPlacedOrders(ctx context.Context, q db.Querier, s *situation.Situation) ([]Found, error) {
	list, err := Records(ctx, q, s, `
		select 'placed_order' as kind, number_of('O', id) as number from placed_orders
		where customer_id = @source and status not in ('completed', 'cancelled', 'failed')
		  and (@by_customer or subscription_id = any(@moving::bigint[])) order by id`)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return One(Found{
		Message: fmt.Sprintf(msgNotFinal, transfer.Plural(len(list), onePlacedOrder, manyPlacedOrders)),
		Remedy:  remedyLetCompleteCancelThen,
		Records: list,
	})
}

func checkPayments(ctx context.Context, q db.Querier, s *situation.Situation) ([]Found, error) {
	list, err := paymentsIn(ctx, q, s, "processing")
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return One(Found{
		Message: fmt.Sprintf(msgPaymentsInProgress, transfer.Plural(len(list), onePayment, manyPayments)),
		Remedy:  remedyWaitUntilPaymentSucceeded,
		Records: list,
	})
}

func checkSCA(ctx context.Context, q db.Querier, s *situation.Situation) ([]Found, error) {
	list, err := paymentsIn(ctx, q, s, "requires_action")
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return One(Found{
		Message: fmt.Sprintf(msgAuthenticationImpossible,
			transfer.Plural(len(list), onePaymentWaits, manyPaymentsWait)),
		Remedy:          remedyLetCustomerAuthenticatePayment,
		Acknowledgement: fmt.Sprintf(ackNotAuthenticated, transfer.Plural(len(list), "payment", "payments")),
		Records:         list,
	})
}

// paymentsIn returns the source's payments in the status; in a subscription transfer
// only those with a link in what moves.
func paymentsIn(ctx context.Context, q db.Querier, s *situation.Situation, status string) ([]transfer.Record, error) {
	linked := "true"
	if s.Flow.Kind == record.Subscriptions {
		linked = fmt.Sprintf(`exists (select 1 from (%s) k where k.moves)`,
			record.At(record.DocumentsOfS.PaymentLinks(), "p"))
	}
	return Records(ctx, q, s, fmt.Sprintf(`
		select 'payment' as kind, number_of('PAY', p.id) as number from payments p
		where p.customer_id = @source and p.status = '%s' and %s order by p.id`, status, linked))
}

// checkPeriods finds what would move out of a closed period, and memos that would be
// posted into one. A day without a period row is open. Between customers the earliest
// effective date that is free of it is offered.
func checkPeriods(ctx context.Context, q db.Querier, s *situation.Situation) ([]Found, error) {
	list := closedSought(s)
	var closed bool
	err := q.GetContext(ctx, &closed, `select exists (select 1 from financial_periods
		where distributor_id = $1 and status = 'closed')`, s.From.ID)
	if err != nil {
		return nil, fmt.Errorf("look for closed periods: %w", err)
	}
	if !closed {
		list = nil
	}
	moving, err := seek(ctx, q, s, list)
	if err != nil {
		return nil, err
	}
	var all []Found
	for _, w := range moving {
		all = append(all, Found{
			Message: fmt.Sprintf(msgDatedInClosedPeriod,
				transfer.Plural(w.count, w.kind.Label+oneWouldMoveIs, w.kind.Plural+manyWouldMoveAre), s.From.Name),
			Remedy:  remedyOpenPeriodUnderFinance,
			Records: w.records, Count: w.count,
		})
	}
	if err := offerDate(ctx, q, s, all, staysWithSource(s)); err != nil {
		return nil, err
	}
	postings, err := ClosedPostings(ctx, q, s)
	return both(all, postings), err
}

// both joins what moves out of closed periods with what would be posted into them: one
// click changes both dates, as far as each has a way out.
func both(moving, postings []Found) []Found {
	if len(moving) > 0 && len(postings) > 0 && postings[0].instead != nil {
		instead := *postings[0].instead
		if moving[0].instead != nil {
			instead.EffectiveOn, instead.Subscriptions = moving[0].instead.EffectiveOn, moving[0].instead.Subscriptions
			moving[0].instead = &instead
		} else {
			postings[0].instead = nil // it alone would not help
		}
	}
	return append(moving, postings...)
}

// closedSought are the records that would move out of a closed period.
func closedSought(s *situation.Situation) []sought {
	var list []sought
	for _, k := range record.Kinds {
		if text := closedSQL(k, s.Rule(k), k.Listed()); text != "" {
			list = append(list, sought{k.Name, text})
		}
	}
	return list
}

// closedSQL selects columns of the kind's moving records that lie in a closed period,
// "" if the kind has none.
func closedSQL(k record.Kind, moves, columns string) string {
	if moves == "" || k.Closed == "" {
		return ""
	}
	return fmt.Sprintf(`select %s from %s r
where r.customer_id = @source and (%s) and exists (
    select 1 from financial_periods p where p.distributor_id = @source_distributor
    and p.status = 'closed' and r.on_date between p.start_on and p.end_on)
    and (%s)`, columns, k.View, record.At(k.Closed, "r"), record.At(moves, "r"))
}

// usageMoving is what of the unbilled usage moves.
func usageMoving(flow record.FlowKind) string {
	if flow == record.Distributor {
		return record.WithSubscription
	}
	return record.UnbilledOfS
}

func checkUsage(ctx context.Context, q db.Querier, s *situation.Situation) ([]Found, error) {
	text, values := record.Bind(`
		select count(*) from owned_usage_records r
		where r.customer_id = @source and `+record.At(usageMoving(s.Flow.Kind), "r"), s.Args())
	var n int
	if err := q.GetContext(ctx, &n, text, values...); err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, nil
	}
	list, err := Records(ctx, q, s, fmt.Sprintf(`
		select 'usage_record' as kind, r.number from owned_usage_records r
		where r.customer_id = @source and `+record.At(usageMoving(s.Flow.Kind), "r")+` order by r.id
		limit %d`, FindingRecords))
	if err != nil {
		return nil, err
	}
	return One(Found{
		Message:         fmt.Sprintf(msgNotBilledYetWill, transfer.Plural(n, oneUsageRecord, manyUsageRecords)),
		Remedy:          remedyBillUsageBeforeTransfer,
		Acknowledgement: ackUnbilledUsageWillBilled,
		Records:         list,
		Count:           n,
	})
}

// ClosedPostings finds the distributors in whose books the posting date lies in a closed
// period. The first day after it that is open in all of them is offered.
func ClosedPostings(ctx context.Context, q db.Querier, s *situation.Situation) ([]Found, error) {
	var all []Found
	day, what := s.PostsOn(), msgMemoCarriesBalance
	if s.Reversal != nil {
		what = msgMemoTakesBalanceBack
	}
	for _, c := range s.Posters() {
		closed, err := situation.IsClosed(ctx, q, c, day)
		if err != nil {
			return nil, err
		}
		if closed {
			all = append(all, Found{
				Message: fmt.Sprintf(msgPostedInClosedPeriod, what, day.Format(transfer.DayForm), c.Name),
				Records: []transfer.Record{{Kind: "distributor", Number: c.Number}},
				Count:   1,
			})
		}
	}
	if len(all) == 0 {
		return nil, nil
	}
	open, err := s.FirstOpen(ctx, q, day)
	if err != nil {
		return nil, err
	}
	remedy := remedyOpenPeriodFirst
	if open != nil {
		remedy = fmt.Sprintf(remedyPostOnOpenDay, open.Format(transfer.DayForm))
		all[0].instead = &transfer.Instead{PostOn: open.Format(time.DateOnly)}
	}
	for i := range all {
		all[i].Remedy = remedy
	}
	return all, nil
}
