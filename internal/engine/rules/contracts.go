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

// going is a subscription that moves, in any flow.
type going struct {
	number, status, plan string
	transferable         bool
}

// goingOn are the subscriptions that move or split and are not ended.
func goingOn(s *situation.Situation) []going {
	var list []going
	for _, sub := range s.Subscriptions {
		list = append(list, going{sub.Number, sub.Status, sub.PlanName, sub.Transferable})
	}
	for _, c := range s.Selected {
		if !c.Ended() && c.FateAt(s.Effective) != situation.Stays {
			list = append(list, going{c.Number, c.Status, c.PlanName, c.Transferable})
		}
	}
	return list
}

func checkTransferable(_ context.Context, _ db.Querier, s *situation.Situation) ([]Found, error) {
	var all []Found
	for _, sub := range goingOn(s) {
		if !sub.transferable {
			all = append(all, Found{
				Message: fmt.Sprintf(msgPlanDoesNotSupport, sub.plan, sub.number),
				Remedy:  remedyMoveSubscriptionAnotherPlan,
				Records: []transfer.Record{{Kind: "subscription", Number: sub.number}},
			})
		}
	}
	return all, nil
}

// checkSubscriptionState finds subscriptions between two states, and terminated ones
// that were selected by hand without sharing a moving invoice with one that is not.
func checkSubscriptionState(ctx context.Context, q db.Querier, s *situation.Situation) ([]Found, error) {
	var list []transfer.Record
	var states []string
	for _, sub := range goingOn(s) {
		switch sub.status {
		case "provisioning", "starting", "stopping", "removing", "changing_plan":
			list = append(list, transfer.Record{Kind: "subscription", Number: sub.number})
			states = append(states, fmt.Sprintf("%s is %s", sub.number, transfer.Words(sub.status)))
		}
	}
	var all []Found
	if len(list) > 0 {
		all = append(all, Found{
			Message: fmt.Sprintf(msgBetweenStates, transfer.Plural(len(list), oneSubscription, manySubscriptions),
				strings.Join(states[:min(len(states), 5)], ", ")),
			Remedy:  remedyWaitForOperation,
			Records: list,
		})
	}
	terminated, err := terminatedByHand(ctx, q, s)
	if err != nil || len(terminated) == 0 {
		return all, err
	}
	return append(all, Found{
		Message: fmt.Sprintf(msgTerminatedSelected, transfer.Plural(len(terminated), oneSubscription,
			manySubscriptions)),
		Remedy:  remedyLeaveOut,
		Records: terminated,
		instead: without(s, terminated),
	}), nil
}

// without asks for the same selection less some subscriptions; nil when none is left.
func without(s *situation.Situation, list []transfer.Record) *transfer.Instead {
	rest := slices.DeleteFunc(slices.Clone(s.Request.Subscriptions), func(number string) bool {
		return slices.Contains(list, transfer.Record{Kind: "subscription", Number: number})
	})
	if len(rest) == 0 {
		return nil
	}
	return &transfer.Instead{Subscriptions: rest, EffectiveOn: s.Request.EffectiveOn}
}

func terminatedByHand(ctx context.Context, q db.Querier, s *situation.Situation) ([]transfer.Record, error) {
	var ids []int64
	for _, c := range s.Selected {
		if s.Flow.Kind == record.Subscriptions && c.ByHand && c.Status == "terminated" {
			ids = append(ids, c.ID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	values := s.Args()
	values["terminated"] = ids
	bound, list := record.Bind(fmt.Sprintf(`
		select 'subscription' as kind, number_of('S', t.id) as number from unnest(@terminated::bigint[]) as t(id)
		where not exists (
		    select 1 from invoice_lines l join invoice_lines other on other.invoice_id = l.invoice_id
		    join subscriptions s on s.id = other.subscription_id
		    where l.subscription_id = t.id and s.id = any(@subs::bigint[]) and s.status <> 'terminated'
		      and l.invoice_id in %s)
		order by t.id`, record.Moved("owned_invoices", record.InvoiceOfS)), values)
	var records []transfer.Record
	if err := q.SelectContext(ctx, &records, bound, list...); err != nil {
		return nil, fmt.Errorf("look at the terminated subscriptions: %w", err)
	}
	return records, nil
}
