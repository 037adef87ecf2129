package order

import (
	"context"
	"fmt"
	"slices"

	"github.com/lib/pq"

	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/record"
	"handover/internal/transfer"
)

// LockOrder locks the order first of all.
func LockOrder(ctx context.Context, q db.Querier, id int64) (Order, error) {
	var locked int64
	err := q.GetContext(ctx, &locked, `select id from transfer_orders where id = $1 for update`, id)
	if err != nil {
		return Order{}, db.NotFound(fmt.Errorf("lock the order: %w", err), msgNoOrder, record.OrderNumber(id))
	}
	return GetOrder(ctx, q, record.OrderNumber(id))
}

// LockAccounts locks the accounts by id. FOR UPDATE makes a document that is being
// inserted for one of them wait, through its foreign key.
func LockAccounts(ctx context.Context, q db.Querier, ids ...int64) error {
	slices.Sort(ids)
	if _, err := q.ExecContext(ctx, `select from customers where id = any($1) order by id for update`,
		pq.Array(ids)); err != nil {
		return fmt.Errorf("lock the accounts: %w", err)
	}
	return nil
}

// LockBooks keeps the distributors, plans and periods that the transfer relies on as
// they are until it ends; taken before they are read. Delegating writes below
// distributors between the two, so then all are locked, as strongly as that will need.
func LockBooks(ctx context.Context, q db.Querier, req transfer.Request, from int64) error {
	to, _ := record.IDOf(record.DistributorPrefix, req.TargetDistributor)
	companies := pq.Array([]int64{from, to})
	statements := []string{`select from distributors where id = any($1) order by id for share`}
	if len(req.Delegate) > 0 {
		statements[0] = `select from distributors where $1::bigint[] is not null order by id for no key update`
	}
	statements = append(statements,
		`select from plans where distributor_id = any($1) order by id for share`,
		`select from financial_periods where distributor_id = any($1) order by id for share`)
	for _, statement := range statements {
		if _, err := q.ExecContext(ctx, statement, companies); err != nil {
			return fmt.Errorf("lock the books: %w", err)
		}
	}
	return nil
}

// ErrMovedOn is the error that another tab or person changed the draft.
func ErrMovedOn(number string) error {
	return fault.New(fault.Conflict, msgChangedMeanwhile, number)
}
