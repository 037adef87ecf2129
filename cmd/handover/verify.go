package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/jmoiron/sqlx"

	"handover/internal/audit"
	"handover/internal/transfer"
)

type verifyCmd struct {
	Head []string `placeholder:"FILE|COUNT:HASH" sep:"none" help:"A head of the audit log that was taken out earlier, or a file that begins with one. May be repeated."`
}

// Run checks every invariant and prints each with its count; a broken one makes it fail.
func (c *verifyCmd) Run(ctx context.Context, a *app) error {
	kept, err := c.kept()
	if err != nil {
		return err
	}
	return a.withDB(ctx, func(pool *sqlx.DB) error {
		checks, err := transfer.Verify(ctx, pool)
		if err != nil {
			return err
		}
		chain, err := audit.Verify(ctx, pool, kept...)
		if err != nil {
			return err
		}
		for _, check := range chain {
			checks = append(checks, transfer.Check(check))
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

// kept returns the heads that the flags name; what is written like one is no file.
func (c *verifyCmd) kept() ([]audit.Head, error) {
	var heads []audit.Head
	for _, text := range c.Head {
		head, err := audit.ParseHead(text)
		if err != nil {
			file, missing := os.ReadFile(text)
			if missing != nil {
				return nil, fmt.Errorf("read the head: %w", errors.Join(err, missing))
			}
			first, _, _ := strings.Cut(string(file), "\n")
			if head, err = audit.ParseHead(first); err != nil {
				return nil, fmt.Errorf("%s: %w", text, err)
			}
		}
		heads = append(heads, head)
	}
	return heads, nil
}
