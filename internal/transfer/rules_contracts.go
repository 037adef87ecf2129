package transfer

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"handover/internal/db"
)

// going is a subscription that moves, in any flow.
type going struct {
	number, status, plan string
	transferable         bool
}

// goingOn are the subscriptions that move or split and are not ended.
func (s *situation) goingOn() []going {
	var list []going
	for _, sub := range s.subscriptions {
		list = append(list, going{sub.Number, sub.Status, sub.PlanName, sub.Transferable})
	}
	for _, c := range s.selected {
		if !c.ended() && c.fateAt(s.effective) != stays {
			list = append(list, going{c.Number, c.Status, c.PlanName, c.Transferable})
		}
	}
	return list
}

func checkTransferable(_ context.Context, _ db.Querier, s *situation) ([]found, error) {
	var all []found
	for _, sub := range s.goingOn() {
		if !sub.transferable {
			all = append(all, found{
				message: fmt.Sprintf("Plan %s of %s does not support transfer.", sub.plan, sub.number),
				remedy:  "Move the subscription to another plan, or end it, then transfer.",
				records: []Record{{"subscription", sub.number}},
			})
		}
	}
	return all, nil
}

// checkSubscriptionState finds subscriptions between two states, and terminated ones
// that were selected by hand without sharing a moving invoice with one that is not.
func checkSubscriptionState(ctx context.Context, q db.Querier, s *situation) ([]found, error) {
	var list []Record
	var states []string
	for _, sub := range s.goingOn() {
		switch sub.status {
		case "provisioning", "starting", "stopping", "removing", "changing_plan":
			list = append(list, Record{"subscription", sub.number})
			states = append(states, fmt.Sprintf("%s is %s", sub.number, words(sub.status)))
		}
	}
	var all []found
	if len(list) > 0 {
		all = append(all, found{
			message: fmt.Sprintf("%s between two states: %s.", plural(len(list), "subscription is", "subscriptions are"),
				strings.Join(states[:min(len(states), 5)], ", ")),
			remedy:  "Wait until the operation has ended, then transfer.",
			records: list,
		})
	}
	terminated, err := s.terminatedByHand(ctx, q)
	if err != nil || len(terminated) == 0 {
		return all, err
	}
	return append(all, found{
		message: fmt.Sprintf("%s terminated and was selected by hand.", plural(len(terminated), "subscription is", "subscriptions are")),
		remedy:  "Leave it out: a terminated subscription moves only with one that shares an invoice with it.",
		records: terminated,
		instead: s.without(terminated),
	}), nil
}

// without asks for the same selection less some subscriptions; nil when none is left.
func (s *situation) without(list []Record) *Instead {
	rest := slices.DeleteFunc(slices.Clone(s.request.Subscriptions), func(number string) bool {
		return slices.Contains(list, Record{"subscription", number})
	})
	if len(rest) == 0 {
		return nil
	}
	return &Instead{Subscriptions: rest, EffectiveOn: s.request.EffectiveOn}
}

func (s *situation) terminatedByHand(ctx context.Context, q db.Querier) ([]Record, error) {
	var ids []int64
	for _, c := range s.selected {
		if s.flow.Kind == Subscriptions && c.byHand && c.Status == "terminated" {
			ids = append(ids, c.ID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	values := s.args()
	values["terminated"] = ids
	bound, list := bind(fmt.Sprintf(`
		select 'subscription' as kind, number_of('S', t.id) as number from unnest(@terminated::bigint[]) as t(id)
		where not exists (
		    select 1 from invoice_lines l join invoice_lines other on other.invoice_id = l.invoice_id
		    join subscriptions s on s.id = other.subscription_id
		    where l.subscription_id = t.id and s.id = any(@subs::bigint[]) and s.status <> 'terminated' and l.invoice_id in %s)
		order by t.id`, moved("owned_invoices", invoiceOfS)), values)
	var records []Record
	if err := q.SelectContext(ctx, &records, bound, list...); err != nil {
		return nil, fmt.Errorf("look at the terminated subscriptions: %w", err)
	}
	return records, nil
}
