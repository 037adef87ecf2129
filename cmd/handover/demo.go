//go:build !release

package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/demo"
	"handover/internal/fault"
	"handover/internal/identity"
)

// demoCommands is the part of the command line that a release leaves out (demo_release.go).
type demoCommands struct {
	Demo demoCmd `cmd:"" help:"Load generated demo data into an empty database."`
}

type demoCmd struct {
	Size  demo.Size `default:"small" placeholder:"SIZE" help:"How much: small (200 customers), medium (5,000) or large (100,000, about 13 million records)."`
	Once  bool      `help:"Load nothing, and do not fail, when the database has data already."`
	Cases bool      `help:"List the customers made to try each rule, and load nothing."`
}

// Run loads the demo data and prints who can sign in.
func (c *demoCmd) Run(ctx context.Context, a *app) error {
	today := time.Now().UTC()
	if c.Cases {
		return listCases(a.out, today)
	}
	return a.withDB(ctx, func(pool *sqlx.DB) error {
		loaded, err := demo.Load(ctx, pool, c.Size, today, progress(a.errOut))
		if c.Once && fault.Is(err, fault.Conflict) {
			return remindSignIns(ctx, a.out, pool)
		}
		if err != nil {
			return err
		}
		if err := demo.History(ctx, pool, today); err != nil {
			return err
		}
		fmt.Fprintf(a.out,
			"Loaded the %s demo data: %d customers, %d subscriptions and %d invoices among %d records, and orders of "+
				"twelve weeks.\n",
			c.Size, loaded.Files["customers.csv"], loaded.Files["subscriptions.csv"], loaded.Files["invoices.csv"],
			loaded.Records)
		return listSignIns(a.out, loaded.SignIns)
	})
}

// progressEvery is how often a load that takes long says how far it is.
const progressEvery = 5 * time.Second

// progress returns what writes from time to time how far a load is.
func progress(to io.Writer) func(customers, records int) {
	start := time.Now()
	last := start
	return func(customers, records int) {
		if time.Since(last) < progressEvery {
			return
		}
		last = time.Now()
		fmt.Fprintf(to, "%d customers and %d records after %s\n", customers, records,
			last.Sub(start).Round(time.Second))
	}
}

// remindSignIns lists those people of the demo data who can still sign in.
func remindSignIns(ctx context.Context, out io.Writer, pool *sqlx.DB) error {
	var there []demo.SignIn
	for _, p := range demo.SignIns() {
		s, err := identity.ByEmail(ctx, pool, p.Email)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		if err == nil && s.Status == identity.Active {
			there = append(there, p)
		}
	}
	fmt.Fprintln(out, "The database has data already; no demo data was loaded.")
	if len(there) == 0 {
		return nil
	}
	return listSignIns(out, there)
}

func listSignIns(out io.Writer, people []demo.SignIn) error {
	fmt.Fprintf(out, "Sign in with the password %s as\n", demo.Password)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, p := range people {
		fmt.Fprintf(table, "  %s\t%s\t%s\n", p.Email, p.DistributorName(), p.Role.Name())
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
