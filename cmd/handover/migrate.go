package main

import (
	"context"
	"fmt"
	"text/tabwriter"

	"github.com/jmoiron/sqlx"

	"handover/internal/db"
)

type migrateCmd struct {
	Up     migrateUpCmd     `cmd:"" default:"1" help:"Apply what is missing (the default)."`
	Status migrateStatusCmd `cmd:"" help:"List the migrations and change nothing."`
}

type migrateUpCmd struct{}

// Run migrates, as every command does, and says how far the schema is.
func (c *migrateUpCmd) Run(ctx context.Context, a *app) error {
	return a.withDB(ctx, func(pool *sqlx.DB) error {
		steps, err := db.Status(ctx, pool)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(a.out, "The schema is up to date at version %d.\n", steps[len(steps)-1].Version)
		return err
	})
}

type migrateStatusCmd struct{}

// Run lists the migrations with the time each was applied.
func (c *migrateStatusCmd) Run(ctx context.Context, a *app) error {
	return a.withServer(ctx, func(pool *sqlx.DB) error {
		steps, err := db.Status(ctx, pool)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "MIGRATION\tAPPLIED")
		for _, s := range steps {
			applied := "pending"
			if !s.AppliedAt.IsZero() {
				applied = s.AppliedAt.UTC().Format("2006-01-02 15:04:05Z")
			}
			fmt.Fprintf(table, "%s\t%s\n", s.Name, applied)
		}
		return table.Flush()
	})
}
