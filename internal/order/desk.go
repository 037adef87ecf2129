package order

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/record"
)

// Desk keeps transfer orders: drafts, agreements, schedule, leases. One is built per process.
type Desk struct {
	DB  *sqlx.DB
	Log *slog.Logger
	Now func() time.Time // the clock; today is its day in a distributor's time zone

	// Silence is how long a lease may go without a heartbeat before another worker may
	// claim the order; 0 = ten seconds. The holder sends five heartbeats in that time.
	LeaseTimeout time.Duration

	// OrderLink returns the address of an order's page for mails, in the provider's panel or
	// the resellers'; nil = mails name the order only.
	OrderLink func(number string, provider bool) string

	// Enqueue puts the job that executes the order into the queue, in the transaction that
	// queues the order; nil = the caller executes it.
	Enqueue func(ctx context.Context, tx *sqlx.Tx, orderID int64) error
}

// PutIntoQueue puts the order's job into the queue, in the transaction that queues the order.
func (d *Desk) PutIntoQueue(ctx context.Context, tx *sqlx.Tx, orderID int64) error {
	_, err := tx.ExecContext(ctx, `
		insert into transfer_leases (order_id) values ($1)
		on conflict (order_id) do update set holder = null, renewed_at = clock_timestamp(),
		asked_at = clock_timestamp(), phase = '', phase_kind = '', done = 0`, orderID)
	if err != nil {
		return fmt.Errorf("write the lease: %w", err)
	}
	if d.Enqueue == nil {
		return nil
	}
	if err := d.Enqueue(ctx, tx, orderID); err != nil {
		return fmt.Errorf("put %s into the queue: %w", record.OrderNumber(orderID), err)
	}
	return nil
}
