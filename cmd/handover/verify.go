package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/jmoiron/sqlx"

	"handover/internal/accounts"
	"handover/internal/audit"
	"handover/internal/engine"
	"handover/internal/money"
	"handover/internal/reconciliation"
)

type verifyCmd struct {
	Head   []string `placeholder:"FILE|COUNT:HASH" sep:"none" help:"A head of the audit log that was taken out earlier, or a file that begins with one. May be repeated."`
	Strict bool     `help:"Fail where a reconciliation differs, not only where an invariant is broken."`
	JSON   bool     `name:"json" help:"Print the checks as JSON."`
}

// Run checks every invariant and then the books of every distributor, and prints each with its
// count. A broken invariant makes it fail, with --strict also a reconciliation that differs.
func (c *verifyCmd) Run(ctx context.Context, a *app) error {
	kept, err := c.kept()
	if err != nil {
		return err
	}
	return a.withDB(ctx, func(pool *sqlx.DB) error {
		checks, err := engine.Verify(ctx, pool)
		if err != nil {
			return err
		}
		chain, err := audit.Verify(ctx, pool, kept...)
		if err != nil {
			return err
		}
		for _, check := range chain {
			checks = append(checks, engine.Check(check))
		}
		everything := accounts.Scope{Everything: true}
		if err := reconciliation.Run(ctx, pool, everything); err != nil {
			return err
		}
		results, err := reconciliation.Results(ctx, pool, everything, reconciliation.Filter{})
		if err != nil {
			return err
		}
		report := printChecks
		if c.JSON {
			report = printJSON
		}
		if err := report(a.out, checks, results); err != nil {
			return fmt.Errorf("print the checks: %w", err)
		}
		return c.verdict(checks, results)
	})
}

// verdict is the error that the command ends with, nil where everything holds.
func (c *verifyCmd) verdict(checks []engine.Check, results []reconciliation.Result) error {
	if n := broken(checks); n > 0 {
		return fmt.Errorf("%d of %d checks failed", n, len(checks))
	}
	if n := differing(results); c.Strict && n > 0 {
		return fmt.Errorf("%d of %d reconciliations differ", n, len(results))
	}
	return nil
}

func broken(checks []engine.Check) int {
	n := 0
	for _, check := range checks {
		if check.Broken > 0 {
			n++
		}
	}
	return n
}

func differing(results []reconciliation.Result) int {
	n := 0
	for _, r := range results {
		if !r.OK {
			n++
		}
	}
	return n
}

// report writes lines and keeps the first error.
type report struct {
	out io.Writer
	err error
}

func (r *report) line(format string, args ...any) {
	if r.err == nil {
		_, r.err = fmt.Fprintf(r.out, format+"\n", args...)
	}
}

const indent = "                 "

// printChecks prints the checks for people.
func printChecks(out io.Writer, checks []engine.Check, results []reconciliation.Result) error {
	r := &report{out: out}
	for _, check := range checks {
		state := "ok  "
		if check.Broken > 0 {
			state = "FAIL"
		}
		r.line("%s  %9d  %s", state, check.Checked, check.Name)
		for _, failure := range check.Failures {
			r.line(indent+"%s", failure)
		}
		if hidden := check.Broken - int64(len(check.Failures)); hidden > 0 {
			r.line(indent+"and %d more", hidden)
		}
	}
	if broken(checks) == 0 {
		r.line("All %d checks are clean.", len(checks))
	}
	r.line("\nReconciliations")
	for _, name := range reconciliation.Names() {
		printReconciliation(r, name, results)
	}
	switch n := differing(results); {
	case len(results) == 0:
		r.line("There are no books to reconcile.")
	case n == 0:
		r.line("All %d reconciliations agree, counted per distributor and currency.", len(results))
	default:
		r.line("%d of %d reconciliations differ, counted per distributor and currency.", n, len(results))
		r.line("Finance > Reconciliation shows the records.")
	}
	return r.err
}

// printReconciliation prints how much one reconciliation compared, and where it differs.
func printReconciliation(out *report, name string, results []reconciliation.Result) {
	state, checked := "ok  ", int64(0)
	var lines []string
	for _, r := range results {
		if r.Name != name {
			continue
		}
		checked += r.Checked
		if r.OK {
			continue
		}
		state = "DIFF"
		amount := money.Format(r.Difference, r.Currency) + " " + r.Currency
		line := fmt.Sprintf("%s %s: %s", r.Distributor, r.DistributorName, amount)
		if r.Differing > 0 {
			line += fmt.Sprintf(", %d of %d", r.Differing, r.Checked)
		}
		if r.Since != nil {
			line += ", since " + r.Since.Format("2 Jan 2006")
		}
		lines = append(lines, line)
	}
	out.line("%s  %9d  %s", state, checked, reconciliation.TitleOf(name))
	for _, line := range lines {
		out.line(indent+"%s", line)
	}
}

// The JSON form (docs/operations.md, "Proof").
type (
	checkJSON struct {
		Name   string `json:"name"`
		Count  int64  `json:"count"`
		OK     bool   `json:"ok"`
		Detail string `json:"detail"`
	}
	reconciliationJSON struct {
		Name        string `json:"name"`
		Distributor string `json:"distributor"`
		Currency    string `json:"currency"`
		Difference  string `json:"difference"`
		OK          bool   `json:"ok"`
	}
	verifyJSON struct {
		Invariants      []checkJSON          `json:"invariants"`
		Reconciliations []reconciliationJSON `json:"reconciliations"`
	}
)

func printJSON(out io.Writer, checks []engine.Check, results []reconciliation.Result) error {
	v := verifyJSON{Invariants: []checkJSON{}, Reconciliations: []reconciliationJSON{}}
	for _, check := range checks {
		detail := check.Failures
		if hidden := check.Broken - int64(len(check.Failures)); hidden > 0 {
			detail = append(detail, fmt.Sprintf("and %d more", hidden))
		}
		v.Invariants = append(v.Invariants,
			checkJSON{check.Name, check.Checked, check.Broken == 0, strings.Join(detail, "; ")})
	}
	for _, r := range results {
		v.Reconciliations = append(v.Reconciliations,
			reconciliationJSON{r.Name, r.Distributor, r.Currency, money.Format(r.Difference, r.Currency), r.OK})
	}
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(v); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return nil
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
