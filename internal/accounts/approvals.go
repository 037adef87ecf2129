package accounts

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"handover/internal/audit"
	"handover/internal/db"
)

// SetApprovals says who must agree before transfers of the distributor run: a second
// person for those out of it, and both distributors for those from and to it. Orders that
// were submitted before keep what they were asked for.
func SetApprovals(ctx context.Context, pool *sqlx.DB, actor audit.Actor, s Scope, id int64, approval, consent bool) error {
	return db.InTx(ctx, pool, func(tx *sqlx.Tx) error {
		d, err := GetDistributor(ctx, tx, s, id)
		if err != nil || d.RequireApproval == approval && d.RequireConsent == consent {
			return err
		}
		if _, err := tx.ExecContext(ctx, `update distributors set require_approval = $2, require_consent = $3 where id = $1`, id, approval, consent); err != nil {
			return fmt.Errorf("set who must agree: %w", err)
		}
		return audit.Append(ctx, tx, audit.Entry{
			Actor: actor, Action: "distributor.approvals", SubjectKind: "distributor", Subject: d.Number(),
			Before: map[string]bool{"approval": d.RequireApproval, "consent": d.RequireConsent}, After: map[string]bool{"approval": approval, "consent": consent},
		})
	})
}
