package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/demo"
)

type demoCmd struct {
	Size  demo.Size `default:"small" placeholder:"SIZE" help:"How much: small (200 customers) or medium (5,000)."`
	Cases bool      `help:"List the customers made to try each rule, and load nothing."`
}

// Run loads the demo data and prints who can sign in.
func (c *demoCmd) Run(ctx context.Context, a *app) error {
	today := time.Now().UTC()
	if c.Cases {
		return listCases(a.out, today)
	}
	return a.withDB(ctx, func(pool *sqlx.DB) error {
		loaded, err := demo.Load(ctx, pool, c.Size, today)
		if err != nil {
			return err
		}
		fmt.Fprintf(a.out, "Loaded the %s demo data: %d customers, %d subscriptions and %d invoices among %d records.\n",
			c.Size, loaded.Files["customers.csv"], loaded.Files["subscriptions.csv"], loaded.Files["invoices.csv"], loaded.Records)
		return listSignIns(a.out, loaded.SignIns)
	})
}

func listSignIns(out io.Writer, people []demo.SignIn) error {
	fmt.Fprintf(out, "Sign in with the password %s as\n", demo.Password)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, p := range people {
		fmt.Fprintf(table, "  %s\t%s\n", p.Email, p.Role.Name())
	}
	return table.Flush()
}

func listCases(out io.Writer, today time.Time) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "FINDING\tCUSTOMER\tTRANSFER\tTO\tEFFECTIVE\tWHAT THERE IS TO SEE")
	for _, c := range demo.Cases() {
		finding, effective := c.Code, ""
		if finding == "" {
			finding = "none"
		}
		if on := c.EffectiveOn(today); !on.IsZero() {
			effective = on.Format(time.DateOnly)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", finding, c.Customer, c.Flow, c.Other, effective, c.Shows)
	}
	return table.Flush()
}
