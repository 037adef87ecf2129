package situation

import (
	"context"
	"time"

	"github.com/shopspring/decimal"

	"handover/internal/billing"
	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/money"
	"handover/internal/transfer"
)

// How far a conversion rate may be from the one that the rate table proposes (docs/domain.md 2.1.1). More
// than billing.ImplausiblePercent blocks.
const (
	deviatesPercent = 2 // more is a warning
	inversePercent  = 5 // so near to the proposal's inverse it was mistaken for it
	StaleDays       = 7 // an older proposal is a warning
	heldPoints      = 1 // an acknowledged deviation holds until it has grown by more percentage points
)

// RateCheck is the conversion rate of a transfer against the rate table.
type RateCheck struct {
	From, To string
	Rate     decimal.Decimal   // zero = none is given, or one that is none
	Proposal *billing.Proposal // nil = the rate table has no way from one to the other
	Age      int               // of the proposal, in days of the source distributor
	Reason   string
	Allowed  *transfer.RateAllowance // nil = the rate has no allowance
}

// LoadRate reads the conversion rate, needed when the customer is billed in another
// currency than the new distributor sells in, and what the rate table proposes.
func LoadRate(ctx context.Context, q db.Querier, s *Situation) error {
	s.Converts = s.Source.Currency != s.To.Currency
	s.Rate = decimal.NewFromInt(1)
	if !s.Converts {
		return nil
	}
	c := RateCheck{From: s.Source.Currency, To: s.To.Currency, Reason: s.Request.RateReason}
	proposal, err := billing.ProposeRate(ctx, q, c.From, c.To)
	switch {
	case err == nil:
		c.Proposal, c.Age = &proposal, int(s.From.Today.Sub(proposal.On).Hours()/24)
	case !fault.Is(err, fault.NotFound):
		return err
	}
	if s.Request.ConversionRate != "" {
		rate, err := money.ParseRate(s.Request.ConversionRate)
		if err != nil {
			s.RateMistake = err.Error()
		} else {
			s.Rate, c.Rate = rate, rate
		}
	}
	c.Allow(s.Request)
	s.RateCheck = c
	return nil
}

// Allow records who allowed the rate, if the allowance is for this very one.
func (c *RateCheck) Allow(req transfer.Request) {
	a := req.RateAllowed
	if a == nil || req.RateReason == "" || a.Pair != "" && (a.Pair != c.pair() || a.Rate != money.Plain(c.Rate)) {
		return
	}
	if a.Deviation == "" || !Grown(c.deviation(), a.Deviation) {
		c.Allowed = a
	}
}

// Settle returns the allowance with what it was given for.
func (c RateCheck) Settle(a transfer.RateAllowance) *transfer.RateAllowance {
	a.Pair, a.Rate, a.Deviation = c.pair(), money.Plain(c.Rate), money.Plain(c.deviation())
	return &a
}

// Grown reports whether the deviation is more than a point above the acknowledged one. What
// is no number was never acknowledged.
func Grown(deviation decimal.Decimal, acknowledged string) bool {
	was, err := decimal.NewFromString(acknowledged)
	return err != nil || deviation.Abs().Sub(was.Abs()).GreaterThan(decimal.NewFromInt(heldPoints))
}

// DecimalOr0 reads a figure that the engine wrote itself; what is none is 0.
func DecimalOr0(text string) decimal.Decimal {
	v, err := decimal.NewFromString(text)
	if err != nil {
		return decimal.Zero
	}
	return v
}

func (c RateCheck) pair() string { return c.From + "/" + c.To }

// Beyond reports whether the rate is more than so many percent away from the proposal.
func (c RateCheck) Beyond(percent int64) bool {
	return c.Proposal != nil && c.Rate.IsPositive() && billing.Beyond(c.Rate, c.Proposal.Rate, percent)
}

// Implausible reports whether the rate is too far away and has no allowance.
func (c RateCheck) Implausible() bool {
	return c.Beyond(billing.ImplausiblePercent) && c.Allowed == nil
}

// Deviates reports whether the difference is to be acknowledged.
func (c RateCheck) Deviates() bool { return c.Beyond(deviatesPercent) && !c.Implausible() }

// Inverse reports whether the rate is about the inverse of the proposal: the two currencies
// were taken for each other.
func (c RateCheck) Inverse() bool {
	one := decimal.NewFromInt(1)
	return c.Proposal != nil && !billing.Beyond(c.Rate.Mul(c.Proposal.Rate), one, inversePercent)
}

// deviation is by how many percent the rate lies above the proposal; 0 where there is nothing
// to compare.
func (c RateCheck) deviation() decimal.Decimal {
	if c.Proposal == nil || !c.Rate.IsPositive() {
		return decimal.Zero
	}
	return billing.Deviation(c.Rate, c.Proposal.Rate)
}

// Compared says where the rate lies: "3.07 % above the rate table: 1 GBP = 189.197823 JPY of
// 9 Mar 2026, ECB".
func (c RateCheck) Compared() string { return c.Comparison().Compared() }

// ProposedOn is date and source of the proposal for people.
func (c RateCheck) ProposedOn() string { return c.Comparison().ProposedOn() }

// Given writes the rate as an equation: "1 GBP = 195 JPY".
func (c RateCheck) Given() string { return c.Comparison().Given() }

// Comparison is the rate beside the proposal, if there is one.
func (c RateCheck) Comparison() transfer.RateComparison {
	r := transfer.RateComparison{From: c.From, To: c.To, Rate: money.Plain(c.Rate)}
	if c.Proposal != nil {
		r.Proposed, r.On, r.Source, r.Deviation = money.Plain(c.Proposal.Shown()), c.Proposal.On, c.Proposal.Source,
			c.deviation()
	}
	return r
}

// Offer is the one click that takes the proposal, nil where there is none.
func (c RateCheck) Offer() *transfer.Instead {
	if c.Proposal == nil {
		return nil
	}
	return &transfer.Instead{ConversionRate: money.Plain(c.Proposal.Shown())}
}

// Preview describes the rate and the proposal.
func (c RateCheck) Preview() *transfer.RatePreview {
	p := &transfer.RatePreview{
		From: c.From, To: c.To, Rate: money.Plain(c.Rate), Source: msgEnteredByHand, Derivation: msgEnteredByHand,
	}
	if c.Proposal != nil {
		p.Proposed, p.ProposedOn = money.Plain(c.Proposal.Rate), c.Proposal.On.Format(time.DateOnly)
		p.ProposedSource, p.Deviation = c.Proposal.Source, money.Plain(c.deviation())
		if c.Proposal.Proposes(c.Rate) {
			p.Source, p.On, p.Derivation = c.Proposal.Source, p.ProposedOn, c.Proposal.Derivation
			if !c.Rate.Equal(c.Proposal.Rate) {
				p.Derivation += ", rounded to " + p.Rate
			}
		} else {
			p.Derivation += ", " + c.Compared()
		}
	}
	if c.Allowed != nil && c.Beyond(billing.ImplausiblePercent) {
		p.Reason, p.AllowedBy = c.Reason, c.Allowed.Name
	}
	return p
}

// Convert turns an amount of the source's currency into the target's: x rate,
// rounded half-even to the new currency's minor unit.
func (s *Situation) Convert(v decimal.Decimal) decimal.Decimal {
	if !s.Converts {
		return v
	}
	return money.Convert(v, s.Rate, s.To.Currency)
}
