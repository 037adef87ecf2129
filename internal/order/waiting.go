package order

import (
	"context"
	"fmt"

	"handover/internal/accounts"
	"handover/internal/db"
)

// Waiting counts the transfer orders in progress or in the queue, and those that wait for
// approval.
type Waiting struct {
	Running  int64 `db:"running"`
	Approval int64 `db:"approval"`
}

// CountWaiting counts them among the orders that the reader may see. Every page
// shows them: it reads the few orders in these states only.
func CountWaiting(ctx context.Context, q db.Querier, s accounts.Scope) (Waiting, error) {
	var w db.Where
	w.And("o.status in ('queued', 'in_progress', 'awaiting_approval')")
	s.Apply(&w, "d.id")
	var n Waiting
	err := q.GetContext(ctx, &n, `
		select count(distinct o.id) filter (where o.status in ('queued', 'in_progress')) as running,
		       count(distinct o.id) filter (where o.status = 'awaiting_approval') as approval
		from transfer_orders o
		join distributors d on d.id in (o.source_distributor_id, o.target_distributor_id) `+w.SQL(), w.Args()...)
	if err != nil {
		return n, fmt.Errorf("count the orders that wait: %w", err)
	}
	return n, nil
}
