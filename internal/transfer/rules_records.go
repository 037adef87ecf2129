package transfer

import (
	"context"
	"fmt"
	"time"

	"handover/internal/db"
)

func checkDrafts(ctx context.Context, q db.Querier, s *situation) ([]found, error) {
	if s.flow.Kind == Merge && s.effective == nil {
		return nil, nil // everything moves, drafts too
	}
	list, err := s.records(ctx, q, `
		select 'invoice' as kind, number from invoices where customer_id = @source and status = 'draft' order by id`)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return one(found{
		message: fmt.Sprintf("%s has %s.", s.source.Name, plural(len(list), "draft invoice", "draft invoices")),
		remedy:  "Issue or void it first.",
		records: list,
	})
}

// checkUnbilledOnEnded: what an ended subscription still has to bill would strand on
// a read-only account.
func checkUnbilledOnEnded(ctx context.Context, q db.Querier, s *situation) ([]found, error) {
	if s.flow.Kind == Merge && s.effective == nil {
		return nil, nil // everything moves, what has ended too
	}
	var list []sought
	for _, k := range Kinds {
		if k.Unbilled {
			list = append(list, sought{k.Name, fmt.Sprintf(`
			select r.id, r.number from %s r
			where r.customer_id = @source and r.subscription_id is not null and r.subscription_id <> all(@moving::bigint[]) and r.amount <> 0`, k.View)})
		}
	}
	unbilled, err := s.seek(ctx, q, list)
	if err != nil {
		return nil, err
	}
	var all []found
	for _, w := range unbilled {
		all = append(all, found{
			message: fmt.Sprintf("%s not billed yet and stays behind with an ended subscription.",
				plural(w.count, w.kind.Label+" is", w.kind.Plural+" are")),
			remedy:  "Bill or waive them first.",
			records: w.records, count: w.count,
		})
	}
	return all, nil
}

func checkPlacedOrders(ctx context.Context, q db.Querier, s *situation) ([]found, error) {
	list, err := s.records(ctx, q, `
		select 'placed_order' as kind, number_of('O', id) as number from placed_orders
		where customer_id = @source and status not in ('completed', 'cancelled', 'failed')
		  and (@by_customer or subscription_id = any(@moving::bigint[])) order by id`)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return one(found{
		message: fmt.Sprintf("%s not in a final state.", plural(len(list), "placed order is", "placed orders are")),
		remedy:  "Let it complete, or cancel it, then transfer.",
		records: list,
	})
}

func checkPayments(ctx context.Context, q db.Querier, s *situation) ([]found, error) {
	list, err := s.paymentsIn(ctx, q, "processing")
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return one(found{
		message: fmt.Sprintf("%s being processed.", plural(len(list), "payment is", "payments are")),
		remedy:  "Wait until the payment has succeeded or failed.",
		records: list,
	})
}

func checkSCA(ctx context.Context, q db.Querier, s *situation) ([]found, error) {
	list, err := s.paymentsIn(ctx, q, "requires_action")
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return one(found{
		message: fmt.Sprintf("%s for the customer's authentication, which is not possible after the transfer.",
			plural(len(list), "payment waits", "payments wait")),
		remedy:          "Let the customer authenticate the payment first, or collect it anew afterwards.",
		acknowledgement: fmt.Sprintf("%s cannot be authenticated any more", plural(len(list), "payment", "payments")),
		records:         list,
	})
}

// paymentsIn returns the source's payments in the status; in a subscription transfer
// only those with a link in what moves.
func (s *situation) paymentsIn(ctx context.Context, q db.Querier, status string) ([]Record, error) {
	linked := "true"
	if s.flow.Kind == Subscriptions {
		linked = fmt.Sprintf(`exists (select 1 from (%s) k where k.moves)`, at(documentsOfS.paymentLinks(), "p"))
	}
	return s.records(ctx, q, fmt.Sprintf(`
		select 'payment' as kind, number_of('PAY', p.id) as number from payments p
		where p.customer_id = @source and p.status = '%s' and %s order by p.id`, status, linked))
}

// checkPeriods finds what would move out of a closed period, and memos that would be
// posted into one. A day without a period row is open. Between customers the earliest
// effective date that is free of it is offered.
func checkPeriods(ctx context.Context, q db.Querier, s *situation) ([]found, error) {
	list := s.closedSought()
	var closed bool
	err := q.GetContext(ctx, &closed, `select exists (select 1 from financial_periods where distributor_id = $1 and status = 'closed')`, s.from.ID)
	if err != nil {
		return nil, fmt.Errorf("look for closed periods: %w", err)
	}
	if !closed {
		list = nil
	}
	moving, err := s.seek(ctx, q, list)
	if err != nil {
		return nil, err
	}
	var all []found
	for _, w := range moving {
		all = append(all, found{
			message: fmt.Sprintf("%s dated in a closed financial period of %s.",
				plural(w.count, w.kind.Label+" that would move is", w.kind.Plural+" that would move are"), s.from.Name),
			remedy:  "Open the period under Finance > Financial Periods, then transfer.",
			records: w.records, count: w.count,
		})
	}
	if err := s.offerDate(ctx, q, all, s.staysWithSource()); err != nil {
		return nil, err
	}
	postings, err := s.closedPostings(ctx, q)
	return both(all, postings), err
}

// both joins what moves out of closed periods with what would be posted into them: one
// click changes both dates, as far as each has a way out.
func both(moving, postings []found) []found {
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
func (s *situation) closedSought() []sought {
	var list []sought
	for _, k := range Kinds {
		if text := closedSQL(k, s.rule(k), k.listed()); text != "" {
			list = append(list, sought{k.Name, text})
		}
	}
	return list
}

// closedSQL selects columns of the kind's moving records that lie in a closed period,
// "" if the kind has none.
func closedSQL(k Kind, moves, columns string) string {
	if moves == "" || k.Closed == "" {
		return ""
	}
	return fmt.Sprintf(`select %s from %s r
where r.customer_id = @source and (%s) and exists (
    select 1 from financial_periods p where p.distributor_id = @source_distributor
    and p.status = 'closed' and r.on_date between p.start_on and p.end_on) and (%s)`, columns, k.View, at(k.Closed, "r"), at(moves, "r"))
}

// usageMoving is what of the unbilled usage moves.
func usageMoving(flow FlowKind) string {
	if flow == Distributor {
		return withSubscription
	}
	return unbilledOfS
}

func checkUsage(ctx context.Context, q db.Querier, s *situation) ([]found, error) {
	text, values := bind(`
		select count(*) from owned_usage_records r
		where r.customer_id = @source and `+at(usageMoving(s.flow.Kind), "r"), s.args())
	var n int
	if err := q.GetContext(ctx, &n, text, values...); err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, nil
	}
	list, err := s.records(ctx, q, fmt.Sprintf(`
		select 'usage_record' as kind, r.number from owned_usage_records r
		where r.customer_id = @source and `+at(usageMoving(s.flow.Kind), "r")+` order by r.id limit %d`, findingRecords))
	if err != nil {
		return nil, err
	}
	return one(found{
		message:         fmt.Sprintf("%s not billed yet and will be billed to the new account.", plural(n, "usage record is", "usage records are")),
		remedy:          "Bill the usage before the transfer if the old account is to pay for it.",
		acknowledgement: "unbilled usage will be billed to the new account",
		records:         list,
		count:           n,
	})
}

// closedPostings finds the distributors in whose books the posting date lies in a closed
// period. The first day after it that is open in all of them is offered.
func (s *situation) closedPostings(ctx context.Context, q db.Querier) ([]found, error) {
	var all []found
	day, what := s.postsOn(), "The memo that carries the balance"
	if s.reversal != nil {
		what = "The memo that takes the balance back"
	}
	for _, c := range s.posters() {
		closed, err := isClosed(ctx, q, c, day)
		if err != nil {
			return nil, err
		}
		if closed {
			all = append(all, found{
				message: fmt.Sprintf("%s would be posted on %s, in a closed financial period of %s.", what, day.Format(dayForm), c.Name),
				records: []Record{{"distributor", c.Number}},
				count:   1,
			})
		}
	}
	if len(all) == 0 {
		return nil, nil
	}
	open, err := s.firstOpen(ctx, q, day)
	if err != nil {
		return nil, err
	}
	remedy := "Open the period under Finance > Financial Periods first."
	if open != nil {
		remedy = fmt.Sprintf("Post on %s, the first day that is open. Or open the period under Finance > Financial Periods.", open.Format(dayForm))
		all[0].instead = &Instead{PostOn: open.Format(time.DateOnly)}
	}
	for i := range all {
		all[i].remedy = remedy
	}
	return all, nil
}
