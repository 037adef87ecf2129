package catalog

import (
	"context"
	"fmt"

	"github.com/lib/pq"
	"github.com/shopspring/decimal"

	"handover/internal/db"
)

// Plan is a service plan of a distributor.
type Plan struct {
	ID            int64           `db:"id"`
	Number        string          `db:"number"`
	Name          string          `db:"name"`
	DistributorID int64           `db:"distributor_id"`
	Currency      string          `db:"currency"`
	BillingPeriod string          `db:"billing_period"`
	Price         decimal.Decimal `db:"price"`
	Transferable  bool            `db:"transferable"`
	RootID        int64           `db:"root_id"`
}

// Counterparts returns, for each of the plans, the plans of the distributor that
// have the same root plan, in order of their numbers. A plan without counterpart
// has no entry. Currency and transferability are not looked at.
func Counterparts(ctx context.Context, q db.Querier, planIDs []int64, distributorID int64) (map[int64][]Plan, error) {
	var rows []struct {
		Of int64 `db:"of"`
		Plan
	}
	err := q.SelectContext(ctx, &rows, `
		with roots as materialized (select plan_id, root_id from plan_roots)
		select asked.plan_id as of, p.id, number_of('P', p.id) as number, p.name, p.distributor_id, p.currency,
		       p.billing_period, p.price, p.transferable, r.root_id
		from roots asked
		join roots r on r.root_id = asked.root_id
		join plans p on p.id = r.plan_id
		where asked.plan_id = any($1) and p.distributor_id = $2
		order by asked.plan_id, p.id`, pq.Array(planIDs), distributorID)
	if err != nil {
		return nil, fmt.Errorf("read the counterparts of plans: %w", err)
	}
	out := map[int64][]Plan{}
	for _, r := range rows {
		out[r.Of] = append(out[r.Of], r.Plan)
	}
	return out, nil
}

// Choices returns the distributor's plans that a subscription can be moved to: the
// transferable ones of the billing period and currency, by name.
func Choices(ctx context.Context, q db.Querier, distributorID int64, billingPeriod, currency string) ([]Plan, error) {
	var out []Plan
	err := q.SelectContext(ctx, &out, `
		select p.id, number_of('P', p.id) as number, p.name, p.distributor_id, p.currency, p.billing_period, p.price,
		       p.transferable, r.root_id
		from plans p join plan_roots r on r.plan_id = p.id
		where p.distributor_id = $1 and p.billing_period = $2 and p.currency = $3 and p.transferable
		order by p.name, p.id`, distributorID, billingPeriod, currency)
	if err != nil {
		return nil, fmt.Errorf("read the plans to choose from: %w", err)
	}
	return out, nil
}
