package situation

import (
	"context"
	"fmt"

	"handover/internal/accounts"
	"handover/internal/db"
	"handover/internal/order"
)

// Admit finds the parties in the requester's scope, notes what else the requester
// may see, and lets the rest of the transaction act as the engine.
func (s *Situation) Admit(ctx context.Context, q db.Querier) error {
	if err := order.FindParties(ctx, q, s.Request); err != nil {
		return err
	}
	scope := accounts.ScopeOf(ctx)
	if s.Everything = scope.Everything; !s.Everything {
		var w db.Where
		scope.Apply(&w, "d.id")
		if err := q.SelectContext(ctx, &s.visible, `select d.id from distributors d `+w.SQL(),
			w.Args()...); err != nil {
			return fmt.Errorf("read the distributors in the scope: %w", err)
		}
	}
	return db.ActAsEngine(ctx, q)
}
