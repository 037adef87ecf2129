package order

import (
	"context"
	"fmt"

	"github.com/lib/pq"

	"handover/internal/accounts"
	"handover/internal/db"
)

// Few returns the first few transfer orders that the reader may see and that have one of the ids or
// move one of the customers, the newest first.
func Few(ctx context.Context, q db.Querier, s accounts.Scope, ids, customers []int64, limit int) ([]Row, error) {
	if len(ids) == 0 && len(customers) == 0 {
		return nil, nil
	}
	var w db.Where
	seen, err := visible(ctx, q, &w, s)
	if err != nil {
		return nil, err
	}
	// Found by their indexes first: what the reader may know of them is worked out for these only.
	found := w.Bind(`select id from transfer_orders where id = any(?)
		union select id from transfer_orders where source_customer_id = any(?)
		union select id from transfer_orders where target_customer_id = any(?)`, pq.Array(ids), pq.Array(customers),
		pq.Array(customers))
	w.And(`o.id in (` + found + `)`)
	var rows []Row
	err = q.SelectContext(ctx, &rows, `
		select o.id, o.number, o.type, o.kind, o.status, o.source_id, o.source_name, o.source_distributor,
		       o.target_id, o.target_name, o.target_distributor, o.has_target, o.requested_by, o.requested_beyond,
		       o.created_at, o.completed_at, o.reverses_id
		from (`+transfersSQL(seen)+`) o `+w.SQL()+` order by o.id desc limit `+w.Arg(limit), w.Args()...)
	if err != nil {
		return nil, fmt.Errorf("read a few orders: %w", err)
	}
	return rows, nil
}
