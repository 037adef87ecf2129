package accounts

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"handover/internal/audit"
	"handover/internal/db"
)

// RequireSecondFactor says whether the distributor's own staff must have a second
// factor to work. Those of the distributors below it are their distributor's
// business.
func RequireSecondFactor(ctx context.Context, pool *sqlx.DB, actor audit.Actor, s Scope, id int64, required bool) error {
	return db.InTx(ctx, pool, func(tx *sqlx.Tx) error {
		d, err := GetDistributor(ctx, tx, s, id)
		if err != nil || d.SecondFactor == required {
			return err
		}
		if _, err := tx.ExecContext(ctx, `update distributors set second_factor_required = $2 where id = $1`, id, required); err != nil {
			return fmt.Errorf("require a second factor: %w", err)
		}
		return audit.Append(ctx, tx, audit.Entry{
			Actor: actor, Action: "distributor.second_factor", SubjectKind: "distributor", Subject: d.Number(),
			Before: map[string]bool{"required": d.SecondFactor}, After: map[string]bool{"required": required},
		})
	})
}
