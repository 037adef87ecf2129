package main

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"handover/internal/transfer"
)

type verifyCmd struct{}

// Run checks every invariant and prints each with its count; a broken one makes it fail.
func (c *verifyCmd) Run(ctx context.Context, a *app) error {
	return a.withDB(ctx, func(pool *sqlx.DB) error {
		checks, err := transfer.Verify(ctx, pool)
		if err != nil {
			return err
		}
		broken := 0
		for _, check := range checks {
			state := "ok  "
			if check.Broken > 0 {
				state = "FAIL"
				broken++
			}
			if _, err := fmt.Fprintf(a.out, "%s  %9d  %s\n", state, check.Checked, check.Name); err != nil {
				return fmt.Errorf("print the checks: %w", err)
			}
			for _, failure := range check.Failures {
				fmt.Fprintf(a.out, "                 %s\n", failure)
			}
			if hidden := check.Broken - int64(len(check.Failures)); hidden > 0 {
				fmt.Fprintf(a.out, "                 and %d more\n", hidden)
			}
		}
		if broken > 0 {
			return fmt.Errorf("%d of %d checks failed", broken, len(checks))
		}
		_, err = fmt.Fprintf(a.out, "All %d checks are clean.\n", len(checks))
		return err
	})
}
