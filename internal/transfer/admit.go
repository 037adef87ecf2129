package transfer

import (
	"context"
	"fmt"

	"handover/internal/accounts"
	"handover/internal/db"
)

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
