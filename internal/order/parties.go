package order

import (
	"context"
	"fmt"

	"handover/internal/accounts"
	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/record"
	"handover/internal/transfer"
)

// FindParties looks for the accounts and distributors that a request names, in the
// requester's scope. One outside is the same NotFound fault as one that does not exist. It
// ignores texts that are no numbers; their readers check them.
func FindParties(ctx context.Context, q db.Querier, req transfer.Request) error {
	scope := accounts.ScopeOf(ctx)
	if id, ok := record.IDOf(record.DistributorPrefix, req.TargetDistributor); ok {
		if err := findDistributor(ctx, q, scope, id); err != nil {
			return err
		}
	}
	for _, number := range []string{req.SourceCustomer, req.TargetCustomer} {
		if id, ok := record.IDOf(record.DistributorPrefix, number); ok { // the finding names it
			if err := findDistributor(ctx, q, scope, id); err != nil {
				return err
			}
		}
		id, ok := record.IDOf(record.CustomerPrefix, number)
		if !ok {
			continue
		}
		var w db.Where
		w.And("c.id = ?", id)
		scope.Apply(&w, "c.distributor_id")
		var found int64
		if err := q.GetContext(ctx, &found, `select c.id from customers c `+w.SQL(), w.Args()...); err != nil {
			return db.NotFound(fmt.Errorf("find customer %s: %w", number, err), msgNoCustomer, number)
		}
	}
	return nil
}

func findDistributor(ctx context.Context, q db.Querier, scope accounts.Scope, id int64) error {
	found, err := scope.Includes(ctx, q, id)
	if err == nil && !found {
		err = fault.New(fault.NotFound, msgNoDistributor, record.Number(record.DistributorPrefix, id))
	}
	return err
}

// MayAsk refuses what only staff of the provider may ask for: a delegation reaches into
// the price lists of every distributor on the way.
func MayAsk(ctx context.Context, req transfer.Request) error {
	if len(req.Delegate) > 0 && !accounts.ScopeOf(ctx).Everything {
		return fault.New(fault.Forbidden, msgOnlyProviderDelegates)
	}
	return nil
}
