package billing

import (
	"context"
	"fmt"
	"strings"

	"github.com/jmoiron/sqlx"

	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/fault"
)

// GetRate returns the rate of that id; an unknown one is a NotFound fault.
func GetRate(ctx context.Context, q db.Querier, id int64) (Rate, error) {
	var r Rate
	err := q.GetContext(ctx, &r, `select `+rateColumns+` from exchange_rates r where r.id = $1`, id)
	if err != nil {
		return r, db.NotFound(fmt.Errorf("read exchange rate %d: %w", id, err), msgNoRate, id)
	}
	return r, nil
}

// WithdrawRate takes a rate out of use: it stays in the table, struck through, and is proposed
// no more. The reason has MinReason characters or more. A rate that was withdrawn before is a
// Conflict fault.
func WithdrawRate(ctx context.Context, pool *sqlx.DB, actor audit.Actor, id int64, reason string) (Rate, error) {
	reason = strings.TrimSpace(reason)
	if err := checkReason("reason", reason); err != nil {
		return Rate{}, err
	}
	var r Rate
	err := db.InTx(ctx, pool, func(tx *sqlx.Tx) error {
		withdrawn, err := tx.ExecContext(ctx, `
			update exchange_rates set withdrawn_at = now(), withdrawn_by = nullif($2::bigint, 0),
			       withdrawn_name = $3, withdrawn_reason = $4
			where id = $1 and withdrawn_at is null`, id, actor.ID, actor.Name, reason)
		if err != nil {
			return fmt.Errorf("withdraw exchange rate %d: %w", id, err)
		}
		if r, err = GetRate(ctx, tx, id); err != nil {
			return err
		}
		if n, err := withdrawn.RowsAffected(); err != nil {
			return err
		} else if n == 0 {
			return fault.New(fault.Conflict, msgRateWithdrawn, r, r.WithdrawnBy)
		}
		return audit.Append(ctx, tx, audit.Entry{
			Actor: actor, Action: "rate.withdraw", SubjectKind: "exchange_rate", Subject: r.From + "/" + r.To,
			Before: r.facts(), After: map[string]any{"withdrawn": true, "reason": reason},
		})
	})
	return r, err
}
