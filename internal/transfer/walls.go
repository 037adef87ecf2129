package transfer

import (
	"context"
	"fmt"
	"strings"

	"github.com/jmoiron/sqlx"

	"handover/internal/accounts"
	"handover/internal/db"
	"handover/internal/fault"
)

// findParties looks for the accounts and distributors that a request names, in the
// requester's scope. One outside is the same NotFound fault as one that does not exist. It
// ignores texts that are no numbers; their readers check them.
func findParties(ctx context.Context, q db.Querier, req Request) error {
	scope := accounts.ScopeOf(ctx)
	if id, ok := idOf(distributorPrefix, req.TargetDistributor); ok {
		if err := findDistributor(ctx, q, scope, id); err != nil {
			return err
		}
	}
	for _, number := range []string{req.SourceCustomer, req.TargetCustomer} {
		if id, ok := idOf(distributorPrefix, number); ok { // the finding names it
			if err := findDistributor(ctx, q, scope, id); err != nil {
				return err
			}
		}
		id, ok := idOf(customerPrefix, number)
		if !ok {
			continue
		}
		var w db.Where
		w.And("c.id = ?", id)
		scope.Apply(&w, "c.distributor_id")
		var found int64
		if err := q.GetContext(ctx, &found, `select c.id from customers c `+w.SQL(), w.Args()...); err != nil {
			return db.NotFound(fmt.Errorf("find customer %s: %w", number, err), "There is no customer %s.", number)
		}
	}
	return nil
}

func findDistributor(ctx context.Context, q db.Querier, scope accounts.Scope, id int64) error {
	found, err := scope.Includes(ctx, q, id)
	if err == nil && !found {
		err = fault.New(fault.NotFound, "There is no distributor %s.", Number(distributorPrefix, id))
	}
	return err
}

// admit finds the parties behind the requester's wall, notes what else the requester
// may see, and lets the rest of the transaction act as the engine.
func (s *situation) admit(ctx context.Context, q db.Querier) error {
	if err := findParties(ctx, q, s.request); err != nil {
		return err
	}
	scope := accounts.ScopeOf(ctx)
	if s.everything = scope.Everything; !s.everything {
		var w db.Where
		scope.Apply(&w, "d.id")
		if err := q.SelectContext(ctx, &s.visible, `select d.id from distributors d `+w.SQL(), w.Args()...); err != nil {
			return fmt.Errorf("read the distributors in the scope: %w", err)
		}
	}
	return db.ActAsEngine(ctx, q)
}

// inScope is the condition that a customer of a finding may be named to the requester.
func inScope(alias string) string {
	return strings.ReplaceAll(`(@everything or $.distributor_id = any(@visible::bigint[]))`, "$", alias)
}

// mayAsk refuses what only staff of the provider may ask for: a delegation reaches into
// the price lists of every distributor on the way.
func mayAsk(ctx context.Context, req Request) error {
	if len(req.Delegate) > 0 && !accounts.ScopeOf(ctx).Everything {
		return fault.New(fault.Forbidden, "Only staff of the provider can delegate a plan inside a transfer. Choose a plan of the new distributor, or ask the provider.")
	}
	return nil
}

// behindRequester returns a context that sees what the requester of the order sees,
// whoever starts the order.
func (e *Engine) behindRequester(ctx context.Context, orderID int64) (context.Context, error) {
	var requester struct {
		Distributor *int64 `db:"distributor_id"`
		Provider    bool   `db:"provider"`
	}
	err := db.InTx(ctx, e.DB, func(tx *sqlx.Tx) error {
		if _, err := GetOrder(ctx, tx, OrderNumber(orderID)); err != nil {
			return err
		}
		if err := db.ActAsEngine(ctx, tx); err != nil {
			return err
		}
		return tx.GetContext(ctx, &requester, `
			select f.distributor_id, coalesce(d.parent_id is null, false) as provider from transfer_orders o
			left join staff f on f.id = o.requested_by left join distributors d on d.id = f.distributor_id where o.id = $1`, orderID)
	})
	if err != nil || requester.Distributor == nil {
		return ctx, err
	}
	return accounts.Scope{Root: *requester.Distributor, Everything: requester.Provider}.Behind(ctx), nil
}
