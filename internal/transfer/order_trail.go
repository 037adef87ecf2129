package transfer

import (
	"context"
	"fmt"
	"time"

	"handover/internal/accounts"
	"handover/internal/db"
	"handover/internal/fault"
)

// Sides says which side of an order a reader may see: what lies outside their scope
// is "another distributor", without name or number.
type Sides struct {
	Source, Target bool
}

// GetOrderFor reads an order that concerns a distributor in the reader's scope; any
// other is a NotFound fault.
func GetOrderFor(ctx context.Context, q db.Querier, scope accounts.Scope, number string) (Order, Sides, error) {
	var sides Sides
	o, err := GetOrder(ctx, q, number)
	if err != nil {
		return o, sides, err
	}
	if sides.Source, err = scope.Includes(ctx, q, o.SourceDistributorID); err != nil {
		return o, sides, err
	}
	if o.TargetDistributorID != nil {
		if sides.Target, err = scope.Includes(ctx, q, *o.TargetDistributorID); err != nil {
			return o, sides, err
		}
	}
	if !sides.Source && !sides.Target {
		return Order{}, sides, fault.New(fault.NotFound, "There is no order %s.", number)
	}
	return o, sides, nil
}

// Mail is a mail that an order wrote.
type Mail struct {
	ID        int64     `db:"id"`
	Recipient string    `db:"recipient"`
	Subject   string    `db:"subject"`
	State     string    `db:"state"`
	CreatedAt time.Time `db:"created_at"`
}

// Mails returns the mails that the order wrote, the oldest first.
func Mails(ctx context.Context, q db.Querier, orderID int64) ([]Mail, error) {
	var list []Mail
	err := q.SelectContext(ctx, &list, `
		select id, recipient, subject, state, created_at from outbox where order_id = $1 order by id`, orderID)
	if err != nil {
		return nil, fmt.Errorf("read the mails of the order: %w", err)
	}
	return list, nil
}

// DraftLine is a draft in the list of a person's own.
type DraftLine struct {
	Number       string    `db:"number"`
	Customer     string    `db:"customer"` // number
	CustomerName string    `db:"customer_name"`
	Target       string    `db:"target"` // name of the new distributor, "" = not chosen yet
	UpdatedAt    time.Time `db:"updated_at"`
}

// DraftsOf returns the staff member's drafts that did not expire, the last touched first.
func DraftsOf(ctx context.Context, q db.Querier, staffID int64, limit int) ([]DraftLine, error) {
	var list []DraftLine
	err := q.SelectContext(ctx, &list, `
		select number_of('TO', o.id) as number, number_of('C', c.id) as customer, c.name as customer_name,
		       coalesce(d.name, '') as target, o.updated_at
		from transfer_orders o join customers c on c.id = o.source_customer_id
		left join distributors d on d.id = o.target_distributor_id
		where o.status = 'draft' and o.requested_by = $1 and (o.expires_at is null or o.expires_at > now())
		order by o.updated_at desc, o.id desc limit $2`, staffID, limit)
	if err != nil {
		return nil, fmt.Errorf("read one's drafts: %w", err)
	}
	return list, nil
}
