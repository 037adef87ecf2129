package order

import (
	"context"
	"fmt"
	"time"

	"handover/internal/db"
	"handover/internal/record"
)

// Mail is a mail that an order wrote.
type Mail struct {
	ID        int64     `db:"id"`
	Recipient string    `db:"recipient"`
	Subject   string    `db:"subject"`
	State     string    `db:"state"`
	CreatedAt time.Time `db:"created_at"`
}

// Mails returns the mails that the order wrote, the oldest first. They are written in
// the name of the distributor that gains, and are theirs to read.
func Mails(ctx context.Context, q db.Querier, sides Sides, orderID int64) ([]Mail, error) {
	if !sides.Target {
		return nil, nil
	}
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
	Number       string          `db:"number"`
	Customer     string          `db:"customer"` // number
	CustomerName string          `db:"customer_name"`
	Kind         record.FlowKind `db:"kind"`
	Target       string          `db:"target"`      // name of who gains, "" = not chosen yet
	Reverses     string          `db:"reverses"`    // number of the order that it takes back, "" = none
	HandedBack   bool            `db:"handed_back"` // it was submitted, and its data changed before it began
	UpdatedAt    time.Time       `db:"updated_at"`
}

// DraftsOf returns the staff member's drafts that did not expire, the last touched first.
func DraftsOf(ctx context.Context, q db.Querier, staffID int64, limit int) ([]DraftLine, error) {
	var list []DraftLine
	err := q.SelectContext(ctx, &list, `
		select number_of('TO', o.id) as number, number_of('C', c.id) as customer, c.name as customer_name, o.kind,
		       coalesce(t.name, d.name, '') as target, coalesce(number_of('TO', o.reverses_id), '') as reverses,
		       o.submitted_at is not null as handed_back, o.updated_at
		from transfer_orders o join customers c on c.id = o.source_customer_id
		left join customers t on t.id = o.target_customer_id
		left join distributors d on d.id = o.target_distributor_id
		where o.status = 'draft' and o.requested_by = $1 and (o.expires_at is null or o.expires_at > now())
		order by o.updated_at desc, o.id desc limit $2`, staffID, limit)
	if err != nil {
		return nil, fmt.Errorf("read one's drafts: %w", err)
	}
	return list, nil
}
