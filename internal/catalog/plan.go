package catalog

import (
	"context"
	"fmt"

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

// Choices returns the distributor's plans that a subscription can be moved to: the
// transferable ones of the billing period and currency, by name.
func Choices(ctx context.Context, q db.Querier, distributorID int64, billingPeriod, currency string) ([]Plan, error) {
	var out []Plan
	err := q.SelectContext(ctx, &out, `
		select p.id, number_of('P', p.id) as number, p.name, p.distributor_id, p.currency, p.billing_period,
		       p.price, p.transferable, r.root_id
		from plans p join plan_roots r on r.plan_id = p.id
		where p.distributor_id = $1 and p.billing_period = $2 and p.currency = $3 and p.transferable
		order by p.name, p.id`, distributorID, billingPeriod, currency)
	if err != nil {
		return nil, fmt.Errorf("read the plans to choose from: %w", err)
	}
	return out, nil
}
