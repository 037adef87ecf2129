package order

import (
	"context"
	"fmt"
	"slices"

	"handover/internal/accounts"
	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/ledger"
)

// Another replaces a distributor, an account or a person that the reader may not know.
const Another = accounts.Another

// Sides says which sides of an order a reader may see: what lies outside their scope
// is "another distributor", without name or number.
type Sides struct {
	Source, Target bool
	Requester      bool // who asked for it works for a distributor in the scope
	Whole          bool // nothing of the order belongs to a side that is not seen
}

// Ledger is the order's ledger as a reader of the scope with these sides may see it.
func (s Sides) Ledger(scope accounts.Scope, journal bool) ledger.View {
	return ledger.View{Whole: s.Whole, Source: s.Source, Target: s.Target, Scope: scope, Journal: journal}
}

// GetOrderFor reads an order that concerns a distributor in the reader's scope, with
// what the reader may know of it; any other is a NotFound fault. An order that was never
// submitted concerns only the requester's distributor.
func GetOrderFor(ctx context.Context, q db.Querier, scope accounts.Scope, number string) (Order, Sides, error) {
	o, err := GetOrder(ctx, q, number)
	if err != nil {
		return o, Sides{}, err
	}
	sides, err := sidesOf(ctx, q, scope, o)
	if err != nil {
		return Order{}, sides, err
	}
	if !sides.Source && !sides.Target || o.unsubmitted() && !sides.Requester {
		return Order{}, Sides{}, fault.New(fault.NotFound, msgNoOrder, number)
	}
	return o.seenWith(sides), sides, nil
}

// unsubmitted reports whether the order is still its author's, or was discarded by them.
func (o Order) unsubmitted() bool {
	return o.Status == "draft" || o.Status == "cancelled" && o.SubmittedAt == nil
}

func sidesOf(ctx context.Context, q db.Querier, scope accounts.Scope, o Order) (Sides, error) {
	all := Sides{Source: true, Target: true, Requester: true, Whole: true}
	if scope.Everything {
		return all, nil
	}
	seen, err := scope.IDs(ctx, q)
	if err != nil {
		return Sides{}, err
	}
	s := Sides{Source: slices.Contains(seen, o.SourceDistributorID)}
	s.Target = o.TargetDistributorID != nil && slices.Contains(seen, *o.TargetDistributorID)
	s.Whole = s.Source && (s.Target || o.TargetDistributorID == nil)
	s.Requester = s.Source // the program's own orders are the source's
	if o.RequestedBy != nil {
		var home int64
		// A row that cannot be read belongs to another distributor.
		if err := q.GetContext(ctx, &home, `select coalesce((select distributor_id from staff where id = $1), 0)`,
			*o.RequestedBy); err != nil {
			return s, fmt.Errorf("read for whom the requester works: %w", err)
		}
		s.Requester = slices.Contains(seen, home)
	}
	return s, nil
}

// EventsFor returns the order's timeline as the reader may see it, the newest first. A
// person outside the scope has no name, and only readers of both sides see the details of
// an action.
func EventsFor(ctx context.Context, q db.Querier, scope accounts.Scope, sides Sides, orderID int64) ([]Event, error) {
	var w db.Where
	w.And("e.order_id = ?", orderID)
	named := "e.actor_id is null or " + scope.Condition(&w, "f.distributor_id")
	var list []Event
	err := q.SelectContext(ctx, &list, `
		select e.at, case when `+named+` then e.actor_name else '`+Another+`' end as actor_name, e.event,
		       e.facts::text, e.detail
		from transfer_events e left join staff f on f.id = e.actor_id `+w.SQL()+` order by e.id desc`, w.Args()...)
	if err != nil {
		return nil, fmt.Errorf("read the timeline: %w", err)
	}
	for i := range list {
		if err := list[i].word(sides.Whole); err != nil {
			return nil, err
		}
	}
	return list, nil
}
