package transfer

import (
	"context"
	"fmt"
	"strings"

	"handover/internal/db"
)

func checkDrafts(ctx context.Context, q db.Querier, s *situation) ([]found, error) {
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
	var all []found
	for _, k := range Kinds {
		if !k.Unbilled {
			continue
		}
		list, err := s.records(ctx, q, fmt.Sprintf(`
			select '%s' as kind, r.number from %s r join subscriptions s on s.id = r.subscription_id
			where r.customer_id = @source and s.status in ('cancelled', 'terminated') and r.amount <> 0 order by r.id`, k.Name, k.View))
		if err != nil {
			return nil, err
		}
		if len(list) > 0 {
			all = append(all, found{
				message: fmt.Sprintf("%s not billed yet and stays behind with an ended subscription.",
					plural(len(list), k.Label+" is", k.Plural+" are")),
				remedy:  "Bill or waive them first.",
				records: list,
			})
		}
	}
	return all, nil
}

func checkPlacedOrders(ctx context.Context, q db.Querier, s *situation) ([]found, error) {
	list, err := s.records(ctx, q, `
		select 'placed_order' as kind, number_of('O', id) as number from placed_orders
		where customer_id = @source and status not in ('completed', 'cancelled', 'failed') order by id`)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return one(found{
		message: fmt.Sprintf("%s not in a final state.", plural(len(list), "placed order is", "placed orders are")),
		remedy:  "Let it complete, or cancel it, then transfer.",
		records: list,
	})
}

func checkSubscriptionState(_ context.Context, _ db.Querier, s *situation) ([]found, error) {
	var list []Record
	var states []string
	for _, sub := range s.subscriptions {
		switch sub.Status {
		case "provisioning", "starting", "stopping", "removing", "changing_plan":
			list = append(list, Record{"subscription", sub.Number})
			states = append(states, fmt.Sprintf("%s is %s", sub.Number, words(sub.Status)))
		}
	}
	if len(list) == 0 {
		return nil, nil
	}
	return one(found{
		message: fmt.Sprintf("%s between two states: %s.", plural(len(list), "subscription is", "subscriptions are"),
			strings.Join(states[:min(len(states), 5)], ", ")),
		remedy:  "Wait until the operation has ended, then transfer.",
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

func (s *situation) paymentsIn(ctx context.Context, q db.Querier, status string) ([]Record, error) {
	return s.records(ctx, q, fmt.Sprintf(`
		select 'payment' as kind, number_of('PAY', id) as number from payments
		where customer_id = @source and status = '%s' order by id`, status))
}

// checkPeriods finds what would move out of a closed period, and memos that would be
// posted into one. A day without a period row is open.
func checkPeriods(ctx context.Context, q db.Querier, s *situation) ([]found, error) {
	var all []found
	for _, k := range Kinds {
		moves := k.Moves[s.flow.Kind]
		if moves == "" || k.Closed == "" {
			continue
		}
		list, err := s.records(ctx, q, fmt.Sprintf(`
			select '%s' as kind, r.number from %s r
			where r.customer_id = @source and (%s) and (%s)
			  and exists (select 1 from financial_periods p where p.distributor_id = @source_distributor
			              and p.status = 'closed' and r.on_date between p.start_on and p.end_on)
			order by r.id`, k.Name, k.View, moves, k.Closed))
		if err != nil {
			return nil, err
		}
		if len(list) > 0 {
			all = append(all, found{
				message: fmt.Sprintf("%s dated in a closed financial period of %s.",
					plural(len(list), k.Label+" that would move is", k.Plural+" that would move are"), s.from.Name),
				remedy:  "Open the period under Finance > Financial Periods, then transfer.",
				records: list,
			})
		}
	}
	postings, err := s.closedPostings(ctx, q)
	return append(all, postings...), err
}

// closedPostings finds memos that would be posted on a closed day: the settling memo
// in the books of the source's distributor, the opening one in those of the new one.
func (s *situation) closedPostings(ctx context.Context, q db.Querier) ([]found, error) {
	var all []found
	for _, posting := range []struct {
		in   company
		memo bool
	}{{s.from, !s.carry.Net.IsZero()}, {s.to, !s.carry.Opening.IsZero()}} {
		if !posting.memo || posting.in.ID == 0 {
			continue
		}
		var closed bool
		err := q.GetContext(ctx, &closed, `
			select exists (select 1 from financial_periods where distributor_id = $1 and status = 'closed'
			               and $2::date between start_on and end_on)`, posting.in.ID, sqlValue(posting.in.today))
		if err != nil {
			return nil, fmt.Errorf("look up today's period of %s: %w", posting.in.Name, err)
		}
		if closed {
			all = append(all, found{
				message: fmt.Sprintf("The memo that carries the balance would be posted on %s, in a closed financial period of %s.",
					posting.in.today.Format("2 Jan 2006"), posting.in.Name),
				remedy:  "Open the period under Finance > Financial Periods, then transfer.",
				records: []Record{{"distributor", posting.in.Number}},
				count:   1,
			})
		}
	}
	return all, nil
}

func checkUsage(ctx context.Context, q db.Querier, s *situation) ([]found, error) {
	text, values := bind(`
		select count(*) from owned_usage_records r
		where r.customer_id = @source and r.subscription_id = any(@subs)`, s.args())
	var n int
	if err := q.GetContext(ctx, &n, text, values...); err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, nil
	}
	list, err := s.records(ctx, q, fmt.Sprintf(`
		select 'usage_record' as kind, r.number from owned_usage_records r
		where r.customer_id = @source and r.subscription_id = any(@subs) order by r.id limit %d`, findingRecords))
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
