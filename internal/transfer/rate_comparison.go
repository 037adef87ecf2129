package transfer

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"handover/internal/billing"
)

// RateComparison is a conversion rate beside the one that the rate table proposes.
type RateComparison struct {
	From      string          `json:"from"`
	To        string          `json:"to"`
	Rate      string          `json:"rate"`
	Proposed  string          `json:"proposed"`
	On        time.Time       `json:"proposed_on"`
	Source    string          `json:"proposed_source,omitempty"`
	Deviation decimal.Decimal `json:"deviation_percent"` // of the proposal, below 0 = under it
}

// Given writes the rate as an equation: "1 GBP = 195 JPY".
func (r RateComparison) Given() string { return fmt.Sprintf("1 %s = %s %s", r.From, r.Rate, r.To) }

// Compared says where the rate lies: "3.07 % above the rate table: 1 GBP = 189.197823 JPY of
// 9 Mar 2026, ECB".
func (r RateComparison) Compared() string {
	return fmt.Sprintf("%s the rate table: 1 %s = %s %s of %s", billing.DeviationWords(r.Deviation), r.From,
		r.Proposed, r.To, r.ProposedOn())
}

// ProposedOn is date and source of the proposal for people.
func (r RateComparison) ProposedOn() string {
	day := r.On.Format(DayForm)
	if r.Source == "" {
		return day
	}
	return day + ", " + r.Source
}
