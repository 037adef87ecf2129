package transfer

import (
	"context"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"handover/internal/billing"
	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/money"
)

// How far a conversion rate may be from the one that the rate table proposes (docs/domain.md 2.1.1). More
// than billing.ImplausiblePercent blocks.
const (
	deviatesPercent = 2 // more is a warning
	inversePercent  = 5 // so near to the proposal's inverse it was mistaken for it
	staleDays       = 7 // an older proposal is a warning
	heldPoints      = 1 // an acknowledged deviation holds until it has grown by more percentage points
)

// rateCheck is the conversion rate of a transfer against the rate table.
type rateCheck struct {
	From, To string
	Rate     decimal.Decimal   // zero = none is given, or one that is none
	Proposal *billing.Proposal // nil = the rate table has no way from one to the other
	Age      int               // of the proposal, in days of the source distributor
	Reason   string
	allowed  *RateAllowance // nil = the rate has no allowance
}

// loadRate reads the conversion rate, needed when the customer is billed in another
// currency than the new distributor sells in, and what the rate table proposes.
func loadRate(ctx context.Context, q db.Querier, s *situation) error {
	s.converts = s.source.Currency != s.to.Currency
	s.rate = decimal.NewFromInt(1)
	if !s.converts {
		return nil
	}
	c := rateCheck{From: s.source.Currency, To: s.to.Currency, Reason: s.request.RateReason}
	proposal, err := billing.ProposeRate(ctx, q, c.From, c.To)
	switch {
	case err == nil:
		c.Proposal, c.Age = &proposal, int(s.from.today.Sub(proposal.On).Hours()/24)
	case !fault.Is(err, fault.NotFound):
		return err
	}
	if s.request.ConversionRate != "" {
		rate, err := money.ParseRate(s.request.ConversionRate)
		if err != nil {
			s.rateMistake = err.Error()
		} else {
			s.rate, c.Rate = rate, rate
		}
	}
	c.allow(s.request)
	s.rateCheck = c
	return nil
}

// allow records who allowed the rate, if the allowance is for this very one.
func (c *rateCheck) allow(req Request) {
	a := req.RateAllowed
	if a == nil || req.RateReason == "" || a.Pair != "" && (a.Pair != c.pair() || a.Rate != money.Plain(c.Rate)) {
		return
	}
	if a.Deviation == "" || !grown(c.deviation(), a.Deviation) {
		c.allowed = a
	}
}

// settle returns the allowance with what it was given for.
func (c rateCheck) settle(a RateAllowance) *RateAllowance {
	a.Pair, a.Rate, a.Deviation = c.pair(), money.Plain(c.Rate), money.Plain(c.deviation())
	return &a
}

// grown reports whether the deviation is more than a point above the acknowledged one. What
// is no number was never acknowledged.
func grown(deviation decimal.Decimal, acknowledged string) bool {
	was, err := decimal.NewFromString(acknowledged)
	return err != nil || deviation.Abs().Sub(was.Abs()).GreaterThan(decimal.NewFromInt(heldPoints))
}

// decimalOr0 reads a figure that the engine wrote itself; what is none is 0.
func decimalOr0(text string) decimal.Decimal {
	v, err := decimal.NewFromString(text)
	if err != nil {
		return decimal.Zero
	}
	return v
}

func (c rateCheck) pair() string { return c.From + "/" + c.To }

// beyond reports whether the rate is more than so many percent away from the proposal.
func (c rateCheck) beyond(percent int64) bool {
	return c.Proposal != nil && c.Rate.IsPositive() && billing.Beyond(c.Rate, c.Proposal.Rate, percent)
}

// implausible reports whether the rate is too far away and has no allowance.
func (c rateCheck) implausible() bool {
	return c.beyond(billing.ImplausiblePercent) && c.allowed == nil
}

// deviates reports whether the difference is to be acknowledged.
func (c rateCheck) deviates() bool { return c.beyond(deviatesPercent) && !c.implausible() }

// inverse reports whether the rate is about the inverse of the proposal: the two currencies
// were taken for each other.
func (c rateCheck) inverse() bool {
	one := decimal.NewFromInt(1)
	return c.Proposal != nil && !billing.Beyond(c.Rate.Mul(c.Proposal.Rate), one, inversePercent)
}

// deviation is by how many percent the rate lies above the proposal; 0 where there is nothing
// to compare.
func (c rateCheck) deviation() decimal.Decimal {
	if c.Proposal == nil || !c.Rate.IsPositive() {
		return decimal.Zero
	}
	return billing.Deviation(c.Rate, c.Proposal.Rate)
}

// compared says where the rate lies: "3.07 % above the rate table: 1 GBP = 189.197823 JPY of
// 9 Mar 2026, ECB".
func (c rateCheck) compared() string {
	return fmt.Sprintf("%s the rate table: 1 %s = %s %s of %s", billing.DeviationWords(c.deviation()),
		c.From, money.Plain(c.Proposal.Shown()), c.To, c.proposedOn())
}

// proposedOn is date and source of the proposal for people.
func (c rateCheck) proposedOn() string {
	day := c.Proposal.On.Format(dayForm)
	if c.Proposal.Source == "" {
		return day
	}
	return day + ", " + c.Proposal.Source
}

// given writes the rate as an equation: "1 GBP = 195 JPY".
func (c rateCheck) given() string {
	return fmt.Sprintf("1 %s = %s %s", c.From, money.Plain(c.Rate), c.To)
}

// offer is the one click that takes the proposal, nil where there is none.
func (c rateCheck) offer() *Instead {
	if c.Proposal == nil {
		return nil
	}
	return &Instead{ConversionRate: money.Plain(c.Proposal.Shown())}
}

// preview describes the rate and the proposal.
func (c rateCheck) preview() *RatePreview {
	p := &RatePreview{
		From: c.From, To: c.To, Rate: money.Plain(c.Rate), Source: "entered by hand", Derivation: "entered by hand",
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
			p.Derivation += ", " + c.compared()
		}
	}
	if c.allowed != nil && c.beyond(billing.ImplausiblePercent) {
		p.Reason, p.AllowedBy = c.Reason, c.allowed.Name
	}
	return p
}

// convert turns an amount of the source's currency into the target's: x rate,
// rounded half-even to the new currency's minor unit.
func (s *situation) convert(v decimal.Decimal) decimal.Decimal {
	if !s.converts {
		return v
	}
	return money.Convert(v, s.rate, s.to.Currency)
}
