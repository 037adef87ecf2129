package situation

import (
	"context"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"handover/internal/catalog"
	"handover/internal/db"
	"handover/internal/money"
	"handover/internal/record"
)

// MovingSubscription is a subscription that a distributor transfer moves, with the
// plan it gets there.
type MovingSubscription struct {
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

	Remap remap
}

// How a plan was found for a subscription.
const (
	byCounterpart = "counterpart" // the one plan of the new distributor with the same root plan
	byChoice      = "chosen"      // the user's choice
	ByDelegation  = "delegated"   // delegated to the new distributor inside the transfer
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
	PlanID int64
	RootID int64
	Levels []catalog.Level           // the distributors that lack the plan, from the top
	Prices map[int64]decimal.Decimal // distributor -> price
	Plan   newPlan                   // what the new distributor will have
}

// Monthly is the recurring amount of a subscription per month: price x quantity,
// divided by the months of its billing period, half-even per subscription.
func Monthly(price, quantity decimal.Decimal, period, currency string) decimal.Decimal {
	return money.Round(price.Mul(quantity).DivRound(decimal.NewFromInt(Months(period)), 20), currency)
}

// LoadPlans reads the subscriptions that move and finds each its plan.
func LoadPlans(ctx context.Context, q db.Querier, s *Situation) error {
	err := q.SelectContext(ctx, &s.Subscriptions, `
		select s.id, number_of('S', s.id) as number, s.status, s.plan_id, p.name as plan_name,
		       p.distributor_id as plan_owner, p.transferable, s.billing_period, s.quantity, s.price, s.price_frozen,
		       s.promotion, r.root_id
		from subscriptions s join plans p on p.id = s.plan_id join plan_roots r on r.plan_id = p.id
		where s.customer_id = $1 and s.status not in ('cancelled', 'terminated') order by s.id`, s.Source.ID)
	if err != nil {
		return fmt.Errorf("read the subscriptions that move: %w", err)
	}
	var offered []newPlan
	err = q.SelectContext(ctx, &offered, `
		select p.id, number_of('P', p.id) as number, p.name, p.currency, p.billing_period, p.price, p.transferable,
		       r.root_id
		from plans p join plan_roots r on r.plan_id = p.id
		where p.distributor_id = $1 and p.currency = $2 order by p.id`, s.To.ID, s.To.Currency)
	if err != nil {
		return fmt.Errorf("read the plans of %s: %w", s.To.Name, err)
	}
	if err := s.readDelegations(ctx, q); err != nil {
		return err
	}
	for i := range s.Subscriptions {
		s.Subscriptions[i].Remap = s.findPlan(s.Subscriptions[i], offered)
	}
	return nil
}

// findPlan applies the rule of docs/domain.md 2.1, step 2, to one subscription.
func (s *Situation) findPlan(sub MovingSubscription, offered []newPlan) remap {
	var counterparts []newPlan
	for _, p := range offered {
		if p.RootID == sub.RootID {
			counterparts = append(counterparts, p)
		}
	}
	r := remap{Candidates: len(counterparts)}
	choice := s.Request.Plans[sub.Number]
	switch {
	case choice != "" && (len(counterparts) != 1 || counterparts[0].Number != choice):
		at := slices.IndexFunc(offered, func(p newPlan) bool { return p.Number == choice })
		if at < 0 {
			r.Refused = fmt.Sprintf(msgNoPlanOf, choice, s.To.Name, s.To.Currency)
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
		at := slices.IndexFunc(s.Delegations, func(d delegation) bool { return d.RootID == sub.RootID })
		if at < 0 {
			return r
		}
		r.How, r.Plan = ByDelegation, s.Delegations[at].Plan
	default:
		return r
	}
	r.Price, r.Frozen = r.Plan.Price, false
	if !s.Converts {
		r.Price, r.Frozen = sub.Price, sub.Frozen
	}
	return r
}

// refusal says why a plan cannot be chosen for the subscription, "" if it can.
func (p newPlan) refusal(sub MovingSubscription) string {
	switch {
	case !p.Transferable:
		return fmt.Sprintf(msgPlanNotTransferable, p.Name, p.Number)
	case p.BillingPeriod != sub.BillingPeriod:
		return fmt.Sprintf(msgOtherBillingPeriod, p.Name, p.Number, p.BillingPeriod, sub.BillingPeriod)
	}
	return ""
}

// readDelegations reads which plans the request delegates. One whose prices are
// incomplete or wrong counts as not asked for: its subscriptions stay without a plan.
func (s *Situation) readDelegations(ctx context.Context, q db.Querier) error {
	for _, asked := range s.Request.Delegate {
		id, ok := record.IDOf(record.PlanPrefix, asked.Plan)
		if !ok {
			continue
		}
		levels, err := catalog.MissingLevels(ctx, q, id, s.To.ID)
		if err != nil {
			return fmt.Errorf("find where %s is missing: %w", asked.Plan, err)
		}
		d := delegation{PlanID: id, Levels: levels, Prices: map[int64]decimal.Decimal{}}
		for _, level := range levels {
			price, err := money.ParseAmount(asked.Prices[level.Number], level.Currency)
			if err == nil && !price.IsNegative() {
				d.Prices[level.ID] = price
			}
		}
		if len(levels) == 0 || len(d.Prices) != len(levels) {
			continue
		}
		err = q.GetContext(ctx, &d.Plan, `
			select 0 as id, '' as number, p.name, p.billing_period, p.transferable, r.root_id, '' as currency,
			       0 as price
			from plans p join plan_roots r on r.plan_id = p.id where p.id = $1`, id)
		if err != nil {
			return fmt.Errorf("read plan %s: %w", asked.Plan, err)
		}
		d.RootID, d.Plan.Currency, d.Plan.Price = d.Plan.RootID, s.To.Currency, d.Prices[s.To.ID]
		s.Delegations = append(s.Delegations, d)
	}
	return nil
}

// Months is how many months a billing period has.
func Months(period string) int64 {
	return map[string]int64{"monthly": 1, "quarterly": 3, "yearly": 12}[period]
}
