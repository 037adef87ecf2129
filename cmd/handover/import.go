package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/jmoiron/sqlx"

	"handover/internal/exchange"
	"handover/internal/fault"
	"handover/internal/identity"
)

type importCmd struct {
	Path   string `arg:"" help:"A directory, a .zip or a single .csv file."`
	DryRun bool   `help:"Check everything and keep nothing."`

	RateReason string `placeholder:"TEXT" help:"Why exchange rates differ by more than 20 % from the last ones of their pairs."`

	IntoClosed bool   `help:"Write into periods that were closed before the import; needs --reason and --by."`
	Amend      bool   `help:"Change issued documents; needs --reason and --by."`
	Reason     string `placeholder:"TEXT" help:"Why --into-closed or --amend is right. The audit log keeps it."`
	By         string `placeholder:"EMAIL" help:"The staff member who answers for it (privilege books.override)."`
}

// Validate refuses an override without a reason or a person, and these without an override.
func (c *importCmd) Validate() error {
	overrides := c.IntoClosed || c.Amend
	switch {
	case overrides && (c.Reason == "" || c.By == ""):
		return errors.New("--into-closed and --amend need --reason TEXT and --by EMAIL")
	case !overrides && (c.Reason != "" || c.By != ""):
		return errors.New("--reason and --by belong to --into-closed or --amend")
	}
	return nil
}

// override looks up who answers for the override.
func (c *importCmd) override(ctx context.Context, pool *sqlx.DB) (exchange.Override, error) {
	o := exchange.Override{IntoClosed: c.IntoClosed, Amend: c.Amend, Reason: c.Reason}
	if c.By == "" {
		return o, nil
	}
	s, err := identity.ByEmail(ctx, pool, c.By)
	switch {
	case err != nil:
		return o, err
	case !s.Can(identity.BooksOverride):
		return o, fault.New(fault.Forbidden, msgLacksPrivilege, s.Email, s.Status, strings.ToLower(s.Role.Name()),
			identity.BooksOverride)
	case !s.OfProvider():
		return o, fault.New(fault.Forbidden, msgNotOfProvider, s.Email, s.DistributorName)
	}
	o.By = s.Actor("")
	return o, nil
}

// Run loads the files, all or nothing. Every wrong line is named on standard error.
func (c *importCmd) Run(ctx context.Context, a *app) error {
	src, err := exchange.Open(c.Path)
	if err != nil {
		return err
	}
	defer func() { _ = src.Close() }()
	return a.withDB(ctx, func(pool *sqlx.DB) error {
		override, err := c.override(ctx, pool)
		if err != nil {
			return err
		}
		report, err := exchange.Import(ctx, pool, src, exchange.Options{
			DryRun: c.DryRun, Actor: operator, Override: override, RateReason: c.RateReason,
		})
		for _, e := range report.Errors {
			fmt.Fprintln(a.errOut, e)
		}
		if err != nil {
			return err
		}
		for _, w := range report.Warnings {
			fmt.Fprintln(a.errOut, "warning: "+w.String())
		}
		table := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "FILE\tREAD\tADDED\tUPDATED\tUNCHANGED\tWARNED")
		for _, f := range report.Files {
			fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%d\t%d\n", f.File, f.Read, f.Added, f.Updated, f.Unchanged, f.Warned)
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
