package order

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/lib/pq"

	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/transfer"
)

// The codes of why an execution ended without a result.
const (
	failedStopped    = "stopped"                // a fault in the program
	failedDatabase   = "database"               // what PostgreSQL refused with
	failedRefused    = "refused"                // a fault without a code of its own
	FailedTotals     = "totals_not_reconciled"  // docs/domain.md 5
	FailedBooks      = "books_not_reconciled"   // docs/domain.md 8.3
	StalePreview     = "preview_stale"          // the data changed since it was confirmed
	StaleRate        = "rate_deviates"          // the rate table moved since it was confirmed
	StaleBlocked     = "blocked"                // a blocking finding
	StaleUnconfirmed = "warning_unacknowledged" // a warning that was not acknowledged
)

// Failure is why an execution ended without a result. An order and its timeline keep the code and
// the facts; they are worded when they are shown.
type Failure struct {
	Code  string       `json:"code"`
	Facts FailureFacts `json:"facts"`
}

// FailureFacts are what a failure says beside its code; which of them are there depends on the code.
type FailureFacts struct {
	Kind       string        `json:"kind,omitempty"` // of the records that were counted
	Role       string        `json:"role,omitempty"` // of the control account
	Account    string        `json:"account,omitempty"`
	Currency   string        `json:"currency,omitempty"`
	Before     string        `json:"before,omitempty"` // amounts, as decimals
	Declared   string        `json:"declared,omitempty"`
	After      string        `json:"after,omitempty"`
	Counts     *[3]int64     `json:"counts,omitempty"`     // of the records: before, declared, after
	State      string        `json:"state,omitempty"`      // SQLSTATE
	Constraint string        `json:"constraint,omitempty"` // that was violated
	Now        string        `json:"now,omitempty"`        // deviations from the rate table, as decimals
	Confirmed  string        `json:"confirmed,omitempty"`
	Finding    transfer.Code `json:"finding,omitempty"`
	Said       string        `json:"said,omitempty"` // the sentence of a fault without a code of its own
}

// Error returns the sentence, so that a failure can be the cause of a fault.
func (f *Failure) Error() string { return f.Words() }

// Fault returns the failure as a Conflict fault.
func (f Failure) Fault() *fault.Error {
	return &fault.Error{Code: fault.Conflict, Message: f.Words(), Cause: &f}
}

// FailureOf returns why an execution ended with this error.
func FailureOf(err error) Failure {
	if f, ok := errors.AsType[*Failure](err); ok {
		return *f
	}
	said, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return Failure{Code: failedStopped}
	}
	if cause, ok := errors.AsType[*pq.Error](err); ok &&
		db.Sentence(string(cause.Code), cause.Constraint) == said.Message {
		return Failure{Code: failedDatabase, Facts: FailureFacts{
			State:      string(cause.Code),
			Constraint: cause.Constraint,
		}}
	}
	return Failure{Code: failedRefused, Facts: FailureFacts{Said: said.Error()}}
}

// Columns are the failure as columns of the order.
func (f Failure) Columns() (map[string]any, error) {
	facts, err := JSONText(f.Facts)
	return map[string]any{"failure": f.Code, "failure_facts": facts}, err
}

// failureWords words the failure that an order keeps, "" where there is none.
func failureWords(code, facts string) (string, error) {
	if code == "" {
		return "", nil
	}
	f := Failure{Code: code}
	if err := json.Unmarshal([]byte(facts), &f.Facts); err != nil {
		return "", fmt.Errorf("read the facts of the failure %q: %w", code, err)
	}
	return f.Words(), nil
}
