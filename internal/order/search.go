package order

import (
	"context"
	"fmt"

	"github.com/lib/pq"

	"handover/internal/accounts"
	"handover/internal/db"
	"handover/internal/fault"
)

// searchLimit is how many customers a search for orders follows.
const searchLimit = 1000

// search adds the condition that an order is found by what was typed. What is
// meant is looked up first, so that the list itself goes by ids and their indexes.
func search(ctx context.Context, q db.Querier, w *db.Where, s accounts.Scope, typed string) error {
	transfers, placed := []int64{}, []int64{}
	if id, ok := accounts.ParseNumber("TO", typed); ok {
		transfers = append(transfers, id)
	}
	number, _ := accounts.ParseNumber("O", typed)
	err := q.SelectContext(ctx, &placed, `select id from placed_orders where id = $1 or external_id = $2`,
		number, typed)
	if err != nil {
		return fmt.Errorf("search placed orders: %w", err)
	}
	who, err := customers(ctx, q, s, typed)
	if err != nil {
		return err
	}
	w.And(`o.kind = 'placed' and o.id = any(?) or o.kind <> 'placed' and o.id = any(?)
	       or o.source_id = any(?) or o.target_id = any(?)`, pq.Array(placed), pq.Array(transfers), pq.Array(who),
		pq.Array(who))
	return nil
}

// customers returns the customers in the scope that the search means: one by any id
// that it has or had, others by name, email address and the like.
func customers(ctx context.Context, q db.Querier, s accounts.Scope, typed string) ([]int64, error) {
	ids, err := accounts.CustomersLike(ctx, q, s, "%"+db.Like(typed)+"%", searchLimit)
	if err != nil {
		return nil, err
	}
	id, err := accounts.FindCustomer(ctx, q, s, typed)
	switch {
	case fault.Is(err, fault.NotFound):
		return ids, nil
	case err != nil:
		return nil, err
	default:
		return append(ids, id), nil
	}
}
