package transfer

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"
)

// RunningTerm is the service of moving subscriptions on or after the cut day that is billed
// already, on documents that stay (docs/domain.md, "The running term").
type RunningTerm struct {
	CutOn string        `json:"cut_on"` // T, YYYY-MM-DD
	Terms []PrepaidTerm `json:"terms"`
}

// PrepaidTerm is what of it one subscription has on the documents of one account.
type PrepaidTerm struct {
	Subscription string `json:"subscription"`
	Until        string `json:"until"`     // the last day that is billed, YYYY-MM-DD
	Customer     string `json:"customer"`  // whose documents they are
	EarnedBy     string `json:"earned_by"` // the distributor in whose books it is earned
	// on revenue schedules, not recognised; nil outside the scope
	Remaining   *Amount `json:"remaining"`
	Unscheduled *Amount `json:"unscheduled,omitempty"`      // by days, of invoice lines without revenue schedule
	Ahead       *Amount `json:"recognised_ahead,omitempty"` // recognised already; it stays

	Sums TermSums `json:"-"`
}

// TermSums are what the amounts of a PrepaidTerm are written from.
type TermSums struct {
	Until                         time.Time
	Currency                      string
	Remaining, Unscheduled, Ahead decimal.Decimal
	Hidden                        bool // the requester may not know them
}

// remains reports whether anything is left that is not recognised.
func (t PrepaidTerm) remains() bool {
	return !t.Sums.Remaining.IsZero() || !t.Sums.Unscheduled.IsZero()
}

// Show writes the sums as far as the requester may know them.
func (t *PrepaidTerm) Show() {
	if !t.Sums.Until.IsZero() {
		t.Until = t.Sums.Until.Format(time.DateOnly)
	}
	if t.Sums.Hidden {
		return
	}
	amount := func(v decimal.Decimal) *Amount { a := AmountOf(v, t.Sums.Currency); return &a }
	t.Remaining = amount(t.Sums.Remaining)
	if !t.Sums.Unscheduled.IsZero() {
		t.Unscheduled = amount(t.Sums.Unscheduled)
	}
	if !t.Sums.Ahead.IsZero() {
		t.Ahead = amount(t.Sums.Ahead)
	}
}

// Remaining are the terms of which something is left that is not recognised.
func (r *RunningTerm) Remaining() []PrepaidTerm {
	if r == nil {
		return nil
	}
	var list []PrepaidTerm
	for _, t := range r.Terms {
		if t.remains() {
			list = append(list, t)
		}
	}
	return list
}

// Partial is what a transfer with an effective date leaves behind because of its date:
// records of the source that the transfer is about, that stay and are dated before E. Finding,
// sentence and API read this one structure.
//
// A subscription that is cut counts: its part before E stays, cancelled. Invoice lines do
// not: they have no date but that of their invoice, which counts (docs/domain.md,
// "Findings").
type Partial struct {
	Before string        `json:"before"` // E, YYYY-MM-DD
	Count  int           `json:"count"`
	Kinds  []PartialKind `json:"kinds"`

	Day     string   `json:"-"` // E for people
	Records []Record `json:"-"`
}

// PartialKind counts what stays of a kind.
type PartialKind struct {
	Kind  string `json:"kind"`
	Count int    `json:"count"`
}

// Words count what stays: "12 records dated before 1 Mar 2026 stay".
func (p *Partial) Words() string {
	return fmt.Sprintf(Plural(p.Count, "record dated before %s stays", "records dated before %s stay"), p.Day)
}
