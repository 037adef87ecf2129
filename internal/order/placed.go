package order

import (
	"context"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"handover/internal/accounts"
	"handover/internal/db"
)

// PlacedOrder is an order that is no transfer.
type PlacedOrder struct {
	ExternalID   string          `db:"external_id"`
	Customer     string          `db:"customer"` // number
	CustomerName string          `db:"customer_name"`
	Subscription string          `db:"subscription"` // number, "" = none
	Type         string          `db:"type"`
	Status       string          `db:"status"`
	PlacedOn     time.Time       `db:"placed_on"`
	Total        decimal.Decimal `db:"total"`
	Currency     string          `db:"currency"`
}

// GetPlaced returns a placed order of a customer in the scope, by its number.
func GetPlaced(ctx context.Context, q db.Querier, s accounts.Scope, number string) (PlacedOrder, error) {
	id, _ := accounts.ParseNumber("O", number)
	var w db.Where
	w.And("o.id = ?", id)
	s.Apply(&w, "c.distributor_id")
	var o PlacedOrder
	err := q.GetContext(ctx, &o, `
		select coalesce(o.external_id, '') as external_id, number_of('C', c.id) as customer, c.name as customer_name,
		       coalesce(number_of('S', o.subscription_id), '') as subscription, o.type, o.status, o.placed_on,
		       o.total, c.currency
		from placed_orders o join customers c on c.id = o.customer_id `+w.SQL(), w.Args()...)
	if err != nil {
		return o, db.NotFound(fmt.Errorf("read placed order %s: %w", number, err), msgNoOrder, number)
	}
	return o, nil
}
