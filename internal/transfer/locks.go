package transfer

import (
	"context"
	"fmt"
	"slices"

	"github.com/lib/pq"

	"handover/internal/db"
	"handover/internal/fault"
)

// lockOrder locks the order first of all.
func lockOrder(ctx context.Context, q db.Querier, id int64) (Order, error) {
	var locked int64
	err := q.GetContext(ctx, &locked, `select id from transfer_orders where id = $1 for update`, id)
	if err != nil {
		return Order{}, db.NotFound(fmt.Errorf("lock the order: %w", err), "There is no order %s.", OrderNumber(id))
	}
	return GetOrder(ctx, q, OrderNumber(id))
}

// lockAccounts locks the accounts by id. FOR UPDATE makes a document that is being
// inserted for one of them wait, through its foreign key.
func lockAccounts(ctx context.Context, q db.Querier, ids ...int64) error {
	slices.Sort(ids)
	if _, err := q.ExecContext(ctx, `select from customers where id = any($1) order by id for update`, pq.Array(ids)); err != nil {
		return fmt.Errorf("lock the accounts: %w", err)
	}
	return nil
}

// lockBooks keeps the distributors, plans and periods that the transfer relies on as
// they are until it ends; taken before they are read. Delegating writes below
// distributors between the two, so then all are locked, as strongly as that will need.
func lockBooks(ctx context.Context, q db.Querier, req Request, from int64) error {
	to, _ := idOf(distributorPrefix, req.TargetDistributor)
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

// errMovedOn is the error that another tab or person changed the draft.
func errMovedOn(number string) error {
	return fault.New(fault.Conflict, "%s was changed in another tab or by somebody else. Look at it as it is now, then go on.", number)
}
