package main

import (
	"context"
	"fmt"
	"text/tabwriter"

	"github.com/jmoiron/sqlx"

	"handover/internal/exchange"
)

type importCmd struct {
	Path   string `arg:"" help:"A directory, a .zip or a single .csv file."`
	DryRun bool   `help:"Check everything and keep nothing."`

	RateReason string `placeholder:"TEXT" help:"Why exchange rates differ by more than 20 % from the last ones of their pairs."`
}

// Run loads the files, all or nothing. Every wrong line is named on standard error.
func (c *importCmd) Run(ctx context.Context, a *app) error {
	src, err := exchange.Open(c.Path)
	if err != nil {
		return err
	}
	defer func() { _ = src.Close() }()
	return a.withDB(ctx, func(pool *sqlx.DB) error {
		report, err := exchange.Import(ctx, pool, src, exchange.Options{DryRun: c.DryRun, Actor: operator, RateReason: c.RateReason})
		for _, e := range report.Errors {
			fmt.Fprintln(a.errOut, e)
		}
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "FILE\tREAD\tADDED\tUPDATED\tUNCHANGED")
		for _, f := range report.Files {
			fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%d\n", f.File, f.Read, f.Added, f.Updated, f.Unchanged)
		}
		if err := table.Flush(); err != nil {
			return fmt.Errorf("print the report: %w", err)
		}
		if c.DryRun {
			_, err = fmt.Fprintln(a.out, "Everything was checked and nothing was kept.")
		}
		return err
	})
}
