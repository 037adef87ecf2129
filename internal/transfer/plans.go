package transfer

import (
	"context"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"handover/internal/catalog"
	"handover/internal/db"
	"handover/internal/money"
)

// movingSubscription is a subscription that a distributor transfer moves, with the
// plan it gets there.
type movingSubscription struct {
	ID            int64           `db:"id"`
	Number        string          `db:"number"`
	Status        string          `db:"status"`
	PlanID        int64           `db:"plan_id"`
	PlanName      string          `db:"plan_name"`
	PlanOwner     int64           `db:"plan_owner"`
	Transferable  bool            `db:"transferable"`
	BillingPeriod string          `db:"billing_period"`
	Quantity      decimal.Decimal `db:"quantity"`
	Price         decimal.Decimal `db:"price"`
	Frozen        bool            `db:"price_frozen"`
	Promotion     string          `db:"promotion"`
	RootID        int64           `db:"root_id"`

	remap remap
}

// How a plan was found for a subscription.
const (
	byCounterpart = "counterpart" // the one plan of the new distributor with the same root plan
	byChoice      = "chosen"      // the user's choice
	byDelegation  = "delegated"   // delegated to the new distributor inside the transfer
)

// remap is the plan and price that a subscription gets with the new distributor.
type remap struct {
	How        string // "" = unresolved
	Plan       newPlan
	Candidates int    // plans of the new distributor with the same root plan
	Refused    string // why the user's choice was not taken, "" if it was
	Price      decimal.Decimal
	Frozen     bool
}

// newPlan is a plan of the new distributor; ID is 0 for one that will be delegated.
type newPlan struct {
	ID            int64           `db:"id"`
	Number        string          `db:"number"`
	Name          string          `db:"name"`
	Currency      string          `db:"currency"`
	BillingPeriod string          `db:"billing_period"`
	Price         decimal.Decimal `db:"price"`
	Transferable  bool            `db:"transferable"`
	RootID        int64           `db:"root_id"`
}

// delegation is a plan to be delegated, level by level, with its prices.
type delegation struct {
	planID int64
	rootID int64
	levels []catalog.Level           // the distributors that lack the plan, from the top
	prices map[int64]decimal.Decimal // distributor -> price
	plan   newPlan                   // what the new distributor will have
}

// monthly is the recurring amount of a subscription per month: price x quantity,
// divided by the months of its billing period, half-even per subscription.
func monthly(price, quantity decimal.Decimal, period, currency string) decimal.Decimal {
	return money.Round(price.Mul(quantity).DivRound(decimal.NewFromInt(months(period)), 20), currency)
}

// loadPlans reads the subscriptions that move and finds each its plan.
func loadPlans(ctx context.Context, q db.Querier, s *situation) error {
	err := q.SelectContext(ctx, &s.subscriptions, `
		select s.id, number_of('S', s.id) as number, s.status, s.plan_id, p.name as plan_name,
		       p.distributor_id as plan_owner, p.transferable, s.billing_period, s.quantity, s.price, s.price_frozen,
		       s.promotion, r.root_id
		from subscriptions s join plans p on p.id = s.plan_id join plan_roots r on r.plan_id = p.id
		where s.customer_id = $1 and s.status not in ('cancelled', 'terminated') order by s.id`, s.source.ID)
	if err != nil {
		return fmt.Errorf("read the subscriptions that move: %w", err)
	}
	var offered []newPlan
	err = q.SelectContext(ctx, &offered, `
		select p.id, number_of('P', p.id) as number, p.name, p.currency, p.billing_period, p.price, p.transferable, r.root_id
		from plans p join plan_roots r on r.plan_id = p.id
		where p.distributor_id = $1 and p.currency = $2 order by p.id`, s.to.ID, s.to.Currency)
	if err != nil {
		return fmt.Errorf("read the plans of %s: %w", s.to.Name, err)
	}
	if err := s.readDelegations(ctx, q); err != nil {
		return err
	}
	for i := range s.subscriptions {
		s.subscriptions[i].remap = s.findPlan(s.subscriptions[i], offered)
	}
	return nil
}

// findPlan applies the rule of docs/domain.md 2.1, step 2, to one subscription.
func (s *situation) findPlan(sub movingSubscription, offered []newPlan) remap {
	var counterparts []newPlan
	for _, p := range offered {
		if p.RootID == sub.RootID {
			counterparts = append(counterparts, p)
		}
	}
	r := remap{Candidates: len(counterparts)}
	choice := s.request.Plans[sub.Number]
	switch {
	case choice != "" && (len(counterparts) != 1 || counterparts[0].Number != choice):
		at := slices.IndexFunc(offered, func(p newPlan) bool { return p.Number == choice })
		if at < 0 {
			r.Refused = fmt.Sprintf("%s is no plan of %s in %s", choice, s.to.Name, s.to.Currency)
			return r
		}
		r.Plan = offered[at]
		if r.Refused = r.Plan.refusal(sub); r.Refused == "" {
			r.How, r.Price = byChoice, r.Plan.Price
		}
		return r
	case len(counterparts) == 1:
		r.How, r.Plan = byCounterpart, counterparts[0]
	case len(counterparts) == 0:
		at := slices.IndexFunc(s.delegations, func(d delegation) bool { return d.rootID == sub.RootID })
		if at < 0 {
			return r
		}
		r.How, r.Plan = byDelegation, s.delegations[at].plan
	default:
		return r
	}
	r.Price, r.Frozen = r.Plan.Price, false
	if !s.converts {
		r.Price, r.Frozen = sub.Price, sub.Frozen
	}
	return r
}

// refusal says why a plan cannot be chosen for the subscription, "" if it can.
func (p newPlan) refusal(sub movingSubscription) string {
	switch {
	case !p.Transferable:
		return fmt.Sprintf("%s (%s) does not support transfer", p.Name, p.Number)
	case p.BillingPeriod != sub.BillingPeriod:
		return fmt.Sprintf("%s (%s) is billed %s, the subscription %s", p.Name, p.Number, p.BillingPeriod, sub.BillingPeriod)
	}
	return ""
}

// readDelegations reads which plans the request delegates. One whose prices are
// incomplete or wrong counts as not asked for: its subscriptions stay without a plan.
func (s *situation) readDelegations(ctx context.Context, q db.Querier) error {
	for _, asked := range s.request.Delegate {
		id, ok := idOf(planPrefix, asked.Plan)
		if !ok {
			continue
		}
		levels, err := catalog.MissingLevels(ctx, q, id, s.to.ID)
		if err != nil {
			return fmt.Errorf("find where %s is missing: %w", asked.Plan, err)
		}
		d := delegation{planID: id, levels: levels, prices: map[int64]decimal.Decimal{}}
		for _, level := range levels {
			price, err := money.ParseAmount(asked.Prices[level.Number], level.Currency)
			if err == nil && !price.IsNegative() {
				d.prices[level.ID] = price
			}
		}
		if len(levels) == 0 || len(d.prices) != len(levels) {
			continue
		}
		err = q.GetContext(ctx, &d.plan, `
			select 0 as id, '' as number, p.name, p.billing_period, p.transferable, r.root_id, '' as currency, 0 as price
			from plans p join plan_roots r on r.plan_id = p.id where p.id = $1`, id)
		if err != nil {
			return fmt.Errorf("read plan %s: %w", asked.Plan, err)
		}
		d.rootID, d.plan.Currency, d.plan.Price = d.plan.RootID, s.to.Currency, d.prices[s.to.ID]
		s.delegations = append(s.delegations, d)
	}
	return nil
}

// months is how many months a billing period has.
func months(period string) int64 {
	return map[string]int64{"monthly": 1, "quarterly": 3, "yearly": 12}[period]
}
