package engine

import (
	"context"
	"fmt"
	"slices"

	"github.com/jmoiron/sqlx"

	"handover/internal/db"
)

// Check is one invariant of the whole database, and its result.
type Check struct {
	Name     string
	Checked  int64    // how many records were looked at
	Failures []string // the first few that break it, each in words
	Broken   int64    // how many break it
}

// invariant declares a check: how many records it covers, and a query that returns a
// sentence for each that breaks it.
type invariant struct {
	name   string
	count  string
	broken string
}

// shownFailures is how many failures of a check are named.
const shownFailures = 10

// invariants lists what must hold at any time, in the order of printing.
var invariants = slices.Concat(
	accountInvariants, documentInvariants, settledInvariants, journalInvariants, orderInvariants, writtenInvariants(),
)

// Verify checks every invariant, and every ledger against the records it speaks of,
// in one consistent snapshot.
func Verify(ctx context.Context, pool *sqlx.DB) ([]Check, error) {
	var checks []Check
	ctx = db.PlannedAnew(db.WithLimits(ctx, db.WorkLimits))
	err := db.InSnapshot(ctx, pool, func(tx *sqlx.Tx) error {
		var err error
		checks, err = verify(ctx, tx)
		return err
	})
	return checks, err
}

// verify runs the checks on what the transaction sees.
func verify(ctx context.Context, q db.Querier) ([]Check, error) {
	var checks []Check
	for _, i := range invariants {
		check, err := i.run(ctx, q)
		if err != nil {
			return nil, err
		}
		checks = append(checks, check)
	}
	ledger, err := verifyLedger(ctx, q)
	return append(checks, ledger), err
}

func (i invariant) run(ctx context.Context, q db.Querier) (Check, error) {
	c := Check{Name: i.name}
	if err := q.GetContext(ctx, &c.Checked, i.count); err != nil {
		return c, fmt.Errorf("count for %q: %w", i.name, err)
	}
	var broken []string
	if err := q.SelectContext(ctx, &broken, i.broken); err != nil {
		return c, fmt.Errorf("check %q: %w", i.name, err)
	}
	c.Broken, c.Failures = int64(len(broken)), broken[:min(len(broken), shownFailures)]
	return c, nil
}
