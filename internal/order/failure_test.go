package order

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/lib/pq"

	"handover/internal/db"
	"handover/internal/fault"
)

func TestFailureKeepsCodeAndFactsOfTheError(t *testing.T) {
	t.Parallel()
	totals := Failure{Code: FailedTotals, Facts: FailureFacts{
		Kind: "invoice", Currency: "EUR", Counts: &[3]int64{2, 0, 1}, Before: "20", Declared: "0", After: "10",
	}}
	full := db.Translate(fmt.Errorf("write: %w", &pq.Error{Code: "53100"}))
	for _, c := range []struct {
		name  string
		err   error
		code  string
		words string
	}{
		{
			"a failure", fmt.Errorf("reconcile: %w", totals.Fault()), FailedTotals,
			"invoices in EUR were 2 (20) and had to change by 0 (0), but would be 1 (10)",
		},
		{"a full disk", full, failedDatabase, "disk of the database is full"},
		{
			"a fault without a code of its own", fault.New(fault.NotFound, "There is no plan."), failedRefused,
			"There is no plan.",
		},
		{"a fault of the program", errors.New("nil map"), failedStopped, "The transfer stopped"},
	} {
		f := FailureOf(c.err)
		columns, err := f.Columns()
		if err != nil {
			t.Fatal(err)
		}
		words, err := failureWords(columns["failure"].(string), columns["failure_facts"].(string))
		if f.Code != c.code || err != nil || !strings.Contains(words, c.words) {
			t.Errorf("%s: got %q, %q (%v), want %q, %q", c.name, f.Code, words, err, c.code, c.words)
		}
	}
}

func TestCodesOfANewerVersionAreShownAsCodes(t *testing.T) {
	t.Parallel()
	e := Event{Code: "put_on_hold", FactsJSON: `{"until": "2030-01-01"}`, Detail: "because of a holiday"}
	if err := e.word(true); err != nil || e.Label != "put on hold" || e.Detail != "because of a holiday" {
		t.Errorf("the timeline says %q, %q (%v)", e.Label, e.Detail, err)
	}
	if got := (Failure{Code: "put_on_hold"}).Words(); got != "put_on_hold" {
		t.Errorf("the failure is %q", got)
	}
	if got := (Phase{Code: "holding"}).Words(); got != "holding" {
		t.Errorf("the phase is %q", got)
	}
}

func TestEveryPhaseHasWords(t *testing.T) {
	t.Parallel()
	for phase, want := range map[Phase]string{
		{}:                                      "",
		{Code: phaseWaiting}:                    "Waiting for the accounts",
		{Code: PhaseChecking}:                   "Checking",
		{Code: PhaseMoving, Kind: "debit_memo"}: "Moving the debit memos",
		{Code: PhaseReconciling}:                "Reconciling the totals",
	} {
		if got := phase.Words(); got != want {
			t.Errorf("%v: got %q, want %q", phase, got, want)
		}
	}
}
