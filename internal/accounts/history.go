package accounts

import (
	"context"
	"fmt"
	"time"

	"handover/internal/db"
)

// Transfer is a transfer order that touched an account, seen from that account.
type Transfer struct {
	ID          int64      `db:"id"`
	Kind        string     `db:"kind"`
	Status      string     `db:"status"`
	Reversal    bool       `db:"reversal"`
	Gains       bool       `db:"gains"` // the account is the target
	OtherID     int64      `db:"other_id"`
	Other       *Relative  `db:"-"` // the account on the other side, nil where it is not in the scope
	RequestedBy string     `db:"requested_by_name"`
	CreatedAt   time.Time  `db:"created_at"`
	CompletedAt *time.Time `db:"completed_at"`
}

// Number returns the number of the order.
func (t Transfer) Number() string { return Number("TO", t.ID) }

// Transfers returns the transfer orders that touched the account, the last first. Only the
// author sees a draft. The requester is named only if that person's distributor lies in
// the scope.
func Transfers(ctx context.Context, q db.Querier, s Scope, customerID int64) ([]Transfer, error) {
	var w db.Where
	self := w.Arg(customerID)
	w.And("o.source_customer_id = " + self + " or o.target_customer_id = " + self)
	named := s.Condition(&w, "f.distributor_id")
	w.And("o.status <> 'draft' and (" + Submitted + " or coalesce((" + named + "), false))")
	var out []Transfer
	err := q.SelectContext(ctx, &out, `
		select o.id, o.kind, o.status, o.reverses_id is not null as reversal, o.created_at, o.completed_at,
		       coalesce(o.target_customer_id, 0) = `+self+` as gains,
		       coalesce(case when o.source_customer_id = `+self+` then o.target_customer_id
		                     else o.source_customer_id end, 0) as other_id,
		       case when (o.requested_by is null or f.id is not null)
		            and (`+named+`) then o.requested_by_name else '' end as requested_by_name
		from transfer_orders o left join staff f on f.id = o.requested_by `+w.SQL()+`
		order by o.id desc limit 200`, w.Args()...)
	if err != nil {
		return nil, fmt.Errorf("read the transfers of the account: %w", err)
	}
	ids := make([]int64, len(out))
	for i, t := range out {
		ids[i] = t.OtherID
	}
	known, err := relatives(ctx, q, s, ids)
	if err != nil {
		return nil, err
	}
	for i, t := range out {
		out[i].Other = known[t.OtherID]
	}
	return out, nil
}

// OpenTransfer returns the transfer that holds the account at the moment, nil when
// none does.
func OpenTransfer(ctx context.Context, q db.Querier, customerID int64) (*Transfer, error) {
	var found []Transfer
	err := q.SelectContext(ctx, &found, `
		select o.id, o.kind, o.status, o.reverses_id is not null as reversal, o.created_at
		from open_transfers t join transfer_orders o on o.id = t.order_id where t.customer_id = $1`, customerID)
	if err != nil {
		return nil, fmt.Errorf("read the open transfer of the account: %w", err)
	}
	if len(found) == 0 {
		return nil, nil
	}
	return &found[0], nil
}
