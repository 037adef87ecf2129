package transfer

import (
	"context"
	"fmt"

	"github.com/lib/pq"

	"handover/internal/accounts"
	"handover/internal/db"
	"handover/internal/fault"
)

// everywhere is the scope of the program itself.
var everywhere = accounts.Scope{Everything: true}

// For returns the engine as somebody with that scope may use it: accounts and
// distributors outside it are not found, whatever asks for them. Without it, the
// engine is the program's own and finds everything.
func (e *Engine) For(scope accounts.Scope) *Engine {
	limited := *e
	limited.reach = &scope
	return &limited
}

// scope returns what the engine may find.
func (e *Engine) scope() accounts.Scope {
	if e.reach == nil {
		return everywhere
	}
	return *e.reach
}

// forRequester returns the engine as the order's requester may use it now, whoever
// carries the order out.
func (e *Engine) forRequester(ctx context.Context, q db.Querier, o Order) (*Engine, error) {
	if o.RequestedBy == nil {
		return e, nil
	}
	var scope accounts.Scope
	err := q.GetContext(ctx, &scope, `
		select d.id as root, d.parent_id is null as everything
		from staff s join distributors d on d.id = s.distributor_id where s.id = $1`, *o.RequestedBy)
	if err != nil {
		return nil, fmt.Errorf("read what the requester of %s may see: %w", o.Number, err)
	}
	return e.For(scope), nil
}

// mayAsk refuses what only staff of the provider may ask for: a delegation reaches into
// the price lists of every distributor on the way.
func (e *Engine) mayAsk(req Request) error {
	if len(req.Delegate) > 0 && !e.scope().Everything {
		return fault.New(fault.Forbidden, "Only staff of the provider can delegate a plan inside a transfer. Choose a plan of the new distributor, or ask the provider.")
	}
	return nil
}

// within keeps the records that name customers in the requester's scope, and all others.
func (s *situation) within(ctx context.Context, q db.Querier, list []Record) ([]Record, error) {
	if s.scope.Everything || len(list) == 0 {
		return list, nil
	}
	ids := make([]int64, 0, len(list))
	for _, r := range list {
		if id, ok := idOf(customerPrefix, r.Number); ok {
			ids = append(ids, id)
		}
	}
	var w db.Where
	w.And("c.id = any(?)", pq.Array(ids))
	s.scope.Apply(&w, "c.distributor_id")
	var seen []string
	if err := q.SelectContext(ctx, &seen, `select number_of('C', c.id) from customers c `+w.SQL(), w.Args()...); err != nil {
		return nil, fmt.Errorf("read which accounts lie in the scope: %w", err)
	}
	known := map[string]bool{}
	for _, n := range seen {
		known[n] = true
	}
	var out []Record
	for _, r := range list {
		if r.Kind != "customer" || known[r.Number] {
			out = append(out, r)
		}
	}
	return out, nil
}
