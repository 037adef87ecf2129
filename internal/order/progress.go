package order

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"handover/internal/db"
)

// Progress is the progress of an order's execution.
type Progress struct {
	Phase
	Done    int64         `db:"done"`  // records
	Total   int64         `db:"total"` // records
	Elapsed time.Duration `db:"-"`     // since the execution began
}

// ProgressOf returns the progress of the order, as the reader of these sides may see it: a
// reader of one side learns the phase, but not how many records the other has. Of an order
// that is not in progress it returns all or nothing of the moving records.
func ProgressOf(ctx context.Context, q db.Querier, o Order, sides Sides, now time.Time) (Progress, error) {
	var p Progress
	switch o.Status {
	case stateCompleted, stateReversed:
		if o.Result != nil {
			for _, m := range o.Result.Moved {
				p.Done += m.Count
			}
		}
		p.Total = p.Done
		if o.StartedAt != nil && o.CompletedAt != nil {
			p.Elapsed = o.CompletedAt.Sub(*o.StartedAt)
		}
	case StateQueued, stateInProgress:
		err := q.GetContext(ctx, &p, `select phase, phase_kind, done, total from transfer_leases where order_id = $1`,
			o.ID)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return p, fmt.Errorf("read the progress of %s: %w", o.Number, err)
		}
		if p.Total == 0 {
			p.Total = records(o.Preview)
		}
		if o.StartedAt != nil {
			p.Elapsed = max(0, now.Sub(*o.StartedAt))
		}
	default:
		p.Total = records(o.Preview)
	}
	if !sides.Whole {
		p.Done, p.Total = 0, 0
	}
	return p, nil
}

// Left estimates how long the execution will still take; ok is false while too little is
// known.
func (p Progress) Left() (left time.Duration, ok bool) {
	if p.Done == 0 || p.Total <= p.Done || p.Elapsed < time.Second {
		return 0, false
	}
	return time.Duration(float64(p.Elapsed) * float64(p.Total-p.Done) / float64(p.Done)), true
}
