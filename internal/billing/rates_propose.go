package billing

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/money"
)

// Proposal is a conversion rate that the rate table suggests, and the sentence
// that says where it comes from.
type Proposal struct {
	Rate       decimal.Decimal
	On         time.Time
	Source     string
	Derivation string
}

// shownDecimals is how many significant decimals of a proposal are shown and filled in.
const shownDecimals = 6

// Shown is the proposed rate as a field is filled with it: with at most 6 significant
// decimals, where zeros that lead the decimals do not count. 0.0052854724 is 0.00528547.
func (p Proposal) Shown() decimal.Decimal {
	places := int32(shownDecimals)
	one := decimal.NewFromInt(1)
	for low := p.Rate; low.LessThan(one) && places < money.RateDecimals; places++ {
		if low = low.Shift(1); !low.LessThan(one) {
			break
		}
	}
	return p.Rate.RoundBank(places)
}

// Proposes reports whether the rate is the proposal, in full or as it is shown.
func (p Proposal) Proposes(rate decimal.Decimal) bool {
	return rate.Equal(p.Rate) || rate.Equal(p.Shown())
}

// String writes the proposal for people: "189.197823 of 9 Mar 2026, ECB".
func (p Proposal) String() string { return money.Plain(p.Shown()) + " of " + onBy(p.On, p.Source) }

// quote is one row of the rate table: 1 from = rate to.
type quote struct {
	From   string          `db:"from_currency"`
	To     string          `db:"to_currency"`
	On     time.Time       `db:"on_date"`
	Rate   decimal.Decimal `db:"rate"`
	Source string          `db:"source"`
}

// ProposeRate returns the rate from one currency to another: the newest direct
// rate, else the inverse of the newest inverse, else the cross over a third
// currency of two rates of one date (the newest such date; of several third
// currencies EUR, else the first by code). Of two rates of one pair and date the
// one entered last counts. Withdrawn rates are left out. The rate is rounded half-even
// to 10 decimals. Where the table knows no way the error is a NotFound fault.
func ProposeRate(ctx context.Context, q db.Querier, from, to string) (Proposal, error) {
	steps := []func(context.Context, db.Querier, string, string) (Proposal, error){direct, inverse, cross}
	for _, step := range steps {
		p, err := step(ctx, q, from, to)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return Proposal{}, fmt.Errorf("propose a rate from %s to %s: %w", from, to, err)
		}
		// A quotient can be too small for 10 decimals: 0 is no rate.
		if p.Rate.IsPositive() {
			return p, nil
		}
	}
	return Proposal{}, fault.New(fault.NotFound,
		msgNoRateBetween, from, to)
}

func direct(ctx context.Context, q db.Querier, from, to string) (Proposal, error) {
	r, err := newestQuote(ctx, q, from, to)
	if err != nil {
		return Proposal{}, err
	}
	return Proposal{
		Rate: r.Rate.RoundBank(money.RateDecimals), On: r.On, Source: r.Source,
		Derivation: "direct rate of " + onBy(r.On, r.Source),
	}, nil
}

func inverse(ctx context.Context, q db.Querier, from, to string) (Proposal, error) {
	r, err := newestQuote(ctx, q, to, from)
	if err != nil {
		return Proposal{}, err
	}
	return Proposal{
		Rate: money.Ratio(decimal.NewFromInt(1), r.Rate, money.RateDecimals), On: r.On, Source: r.Source,
		Derivation: fmt.Sprintf("inverse of 1 %s = %s %s of %s: 1 / %s",
			r.From, money.Plain(r.Rate), r.To, onBy(r.On, r.Source), money.Plain(r.Rate)),
	}, nil
}

func cross(ctx context.Context, q db.Querier, from, to string) (Proposal, error) {
	over, on, err := crossing(ctx, q, from, to)
	if err != nil {
		return Proposal{}, err
	}
	first, err := quoteOn(ctx, q, from, over, on)
	if err != nil {
		return Proposal{}, err
	}
	second, err := quoteOn(ctx, q, over, to, on)
	if err != nil {
		return Proposal{}, err
	}
	source := first.Source
	switch {
	case source == "":
		source = second.Source
	case second.Source != "" && second.Source != source:
		source += " and " + second.Source
	}
	rate, sum := crossRate(first, second, over)
	return Proposal{
		Rate: rate, On: on, Source: source,
		Derivation: fmt.Sprintf("cross of %s and %s of %s: %s", first, second, onBy(on, source), sum),
	}, nil
}

// crossRate multiplies or divides the two legs, as they are quoted, in one exact
// step, and writes the calculation out.
func crossRate(first, second quote, over string) (decimal.Decimal, string) {
	a, b := money.Plain(first.Rate), money.Plain(second.Rate)
	switch {
	case first.To == over && second.From == over:
		return first.Rate.Mul(second.Rate).RoundBank(money.RateDecimals), a + " × " + b
	case first.From == over && second.From == over:
		return money.Ratio(second.Rate, first.Rate, money.RateDecimals), b + " / " + a
	case first.To == over:
		return money.Ratio(first.Rate, second.Rate, money.RateDecimals), a + " / " + b
	default:
		return money.Ratio(decimal.NewFromInt(1), first.Rate.Mul(second.Rate), money.RateDecimals),
			"1 / (" + a + " × " + b + ")"
	}
}

// crossing finds the third currency, and the newest date on which it is quoted
// against both. Only pairs that the table has are looked at, each by a range of its
// unique index, so that it stays quick with all of the ECB's history.
func crossing(ctx context.Context, q db.Querier, from, to string) (string, time.Time, error) {
	pairs, err := Pairs(ctx, q)
	if err != nil {
		return "", time.Time{}, err
	}
	var over string
	var newest time.Time
	for _, third := range thirds(pairs, from, to) {
		var on sql.NullTime
		err := q.GetContext(ctx, &on, `
			select max(on_date) from (
				select on_date from exchange_rates
				where ((from_currency = $1 and to_currency = $3) or (from_currency = $3 and to_currency = $1))
				  and withdrawn_at is null
				intersect
				select on_date from exchange_rates
				where ((from_currency = $2 and to_currency = $3) or (from_currency = $3 and to_currency = $2))
				  and withdrawn_at is null) both_legs`,
			from, to, third)
		if err != nil {
			return "", time.Time{}, err
		}
		if on.Valid && on.Time.After(newest) {
			over, newest = third, on.Time
		}
	}
	if over == "" {
		return "", time.Time{}, sql.ErrNoRows
	}
	return over, newest, nil
}

// thirds returns the currencies that have a pair with both, EUR first, then by code.
func thirds(pairs []Pair, from, to string) []string {
	near := func(code string) map[string]bool {
		found := map[string]bool{}
		for _, p := range pairs {
			if p.From == code {
				found[p.To] = true
			}
			if p.To == code {
				found[p.From] = true
			}
		}
		return found
	}
	second := near(to)
	var out []string
	for code := range near(from) {
		if second[code] && code != from && code != to {
			out = append(out, code)
		}
	}
	slices.SortFunc(out, func(a, b string) int {
		switch {
		case a == "EUR":
			return -1
		case b == "EUR":
			return 1
		default:
			return strings.Compare(a, b)
		}
	})
	return out
}

func newestQuote(ctx context.Context, q db.Querier, from, to string) (quote, error) {
	var r quote
	err := q.GetContext(ctx, &r, `
		select from_currency, to_currency, on_date, rate, source
		from exchange_rates where from_currency = $1 and to_currency = $2 and withdrawn_at is null
		order by on_date desc, id desc limit 1`, from, to)
	return r, err
}

// quoteOn returns the quote of a pair on a date in either direction, the direct
// one if there are both.
func quoteOn(ctx context.Context, q db.Querier, from, to string, on time.Time) (quote, error) {
	var r quote
	err := q.GetContext(ctx, &r, `
		select from_currency, to_currency, on_date, rate, source
		from exchange_rates
		where on_date = $3
		  and ((from_currency = $1 and to_currency = $2) or (from_currency = $2 and to_currency = $1))
		  and withdrawn_at is null
		order by from_currency <> $1, id desc limit 1`, from, to, on)
	return r, err
}

// String writes the quote as a leg of a cross: "EUR→USD 1.0842".
func (r quote) String() string { return r.From + "→" + r.To + " " + money.Plain(r.Rate) }

func onBy(on time.Time, source string) string {
	day := on.Format(dayForm)
	if source == "" {
		return day
	}
	return day + ", " + source
}
