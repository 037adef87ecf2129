package billing

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/money"
)

// ImplausiblePercent is how far a rate may differ, in percent: a conversion rate of a transfer
// from the proposal (RATE_IMPLAUSIBLE), a new rate of the table from the last one of its pair.
const ImplausiblePercent = 20

// MinReason is how many characters a reason for an unusual rate must have.
const MinReason = 10

// maxReason is how many characters it may have.
const maxReason = 500

// ReasonMistake says in a sentence what is wrong with a reason for an unusual rate, "" if
// nothing is.
func ReasonMistake(reason string) string {
	switch n := utf8.RuneCountInString(reason); {
	case n < MinReason:
		return fmt.Sprintf("The reason %q has %d characters. Write at least %d: where does the rate come from?",
			reason, n, MinReason)
	case n > maxReason:
		return fmt.Sprintf(msgReasonTooLong, n, maxReason)
	}
	return ""
}

// checkReason is ReasonMistake as an Invalid fault of the field.
func checkReason(field, reason string) error {
	if mistake := ReasonMistake(reason); mistake != "" {
		return fault.InvalidField(field, "%s", mistake)
	}
	return nil
}

// Beyond reports whether the rate differs by more than so many percent of the base from it.
// It compares exactly.
func Beyond(rate, base decimal.Decimal, percent int64) bool {
	return rate.Sub(base).Abs().Mul(decimal.NewFromInt(100)).GreaterThan(base.Mul(decimal.NewFromInt(percent)))
}

// Deviation is by how many percent of the base the rate lies above it, below 0 = under it,
// rounded half-even to 6 decimals.
func Deviation(rate, base decimal.Decimal) decimal.Decimal {
	return money.Ratio(rate.Sub(base).Mul(decimal.NewFromInt(100)), base, 6)
}

// DeviationWords writes a deviation for people: "3.07 % above", "99 % below".
func DeviationWords(deviation decimal.Decimal) string {
	side := "above"
	if deviation.IsNegative() {
		side = "below"
	}
	return money.Plain(deviation.Abs().RoundBank(2)) + " % " + side
}

// Jump is a rate that differs by more than ImplausiblePercent from the last one of its pair.
type Jump struct {
	Line       int             `db:"line"` // of those that were given
	On         time.Time       `db:"on_date"`
	From       string          `db:"from_currency"`
	To         string          `db:"to_currency"`
	Rate       decimal.Decimal `db:"rate"`
	Source     string          `db:"source"`
	Last       decimal.Decimal `db:"last_rate"` // in the direction of Rate
	LastOn     time.Time       `db:"last_on"`
	LastSource string          `db:"last_source"`
}

// String names both rates: "1 EUR = 8.7649 GBP of 2 Jan 2026, ECB is 900 % above the last
// rate of the pair, 0.87649 of 31 Dec 2025, ECB".
func (j Jump) String() string {
	return fmt.Sprintf("1 %s = %s %s of %s is %s the last rate of the pair, %s of %s", j.From, money.Plain(j.Rate),
		j.To, onBy(j.On, j.Source),
		DeviationWords(Deviation(j.Rate, j.Last)), money.Plain(j.Last.RoundBank(money.RateDecimals)),
		onBy(j.LastOn, j.LastSource))
}

// FindJumps finds the jumps among given rates, in the order of their lines. The given
// statement selects line, on_date, from_currency, to_currency, rate and source. The last rate
// of a pair is the one before it by date, in either direction, in the table as it will be; of
// a rate that is corrected and is the first of its pair, the value before. A pair of which the
// table has no rate yet is loaded for the first time and has nothing to compare with.
func FindJumps(ctx context.Context, q db.Querier, given string, args ...any) ([]Jump, error) {
	text := strings.NewReplacer("{given}", given, "{percent}", strconv.Itoa(ImplausiblePercent)).Replace(jumpsSQL)
	var jumps []Jump
	if err := q.SelectContext(ctx, &jumps, text, args...); err != nil {
		return nil, fmt.Errorf("compare the rates with the last ones of their pairs: %w", err)
	}
	return jumps, nil
}

const jumpsSQL = `
	with given as (
		select g.*, least(g.from_currency, g.to_currency) as low, greatest(g.from_currency, g.to_currency) as high,
		       t.rate as own
		from ({given}) g
		left join exchange_rates t on t.from_currency = g.from_currency and t.to_currency = g.to_currency
		     and t.on_date = g.on_date and t.source = g.source and t.withdrawn_at is null
		where not exists (select 1 from exchange_rates w
		                  where w.from_currency = g.from_currency and w.to_currency = g.to_currency
		                  and w.on_date = g.on_date and w.source = g.source and w.rate = g.rate
		                  and w.withdrawn_at is not null)
	), pairs as (
		select distinct low, high from given g
		where own is distinct from rate
		  and (exists (select 1 from exchange_rates x
		               where x.from_currency = g.low and x.to_currency = g.high and x.withdrawn_at is null)
		       or exists (select 1 from exchange_rates x
		                  where x.from_currency = g.high and x.to_currency = g.low and x.withdrawn_at is null))
	), rates as (
		select 0::bigint as id, g.line, g.low, g.high, g.on_date, g.from_currency, g.to_currency, g.rate, g.source,
		       g.own
		from given g join pairs using (low, high)
		union all
		select x.id, null, p.low, p.high, x.on_date, x.from_currency, x.to_currency, x.rate, x.source, null
		from pairs p
		join exchange_rates x on (x.from_currency, x.to_currency) in ((p.low, p.high), (p.high, p.low))
		  and x.withdrawn_at is null
		where not exists (select 1 from given g
		                  where g.from_currency = x.from_currency and g.to_currency = x.to_currency
		                  and g.on_date = x.on_date and g.source = x.source)
	), steps as (
		select r.*, lag(r.on_date) over w as before_on, lag(r.source) over w as before_source,
		       case when lag(r.from_currency) over w = r.from_currency then lag(r.rate) over w
		            else 1 / lag(r.rate) over w end as before_rate
		from rates r window w as (partition by r.low, r.high order by r.on_date, r.line nulls first, r.id)
	)
	select line, on_date, from_currency, to_currency, rate, source, coalesce(before_rate, own) as last_rate,
	       coalesce(before_on, on_date) as last_on, coalesce(before_source, source) as last_source
	from steps
	where line is not null and own is distinct from rate
	  and abs(rate - coalesce(before_rate, own)) * 100 > coalesce(before_rate, own) * {percent}
	order by line`

// mostJumps is how many jumps an error names.
const mostJumps = 20

// tooFar refuses rates that differ too much: an Invalid fault of the field that names them.
func tooFar(field string, jumps []Jump, wayOut string) error {
	var wrong fault.Fields
	for _, j := range jumps[:min(len(jumps), mostJumps)] {
		wrong.Add(field, "%s. %s", j, wayOut)
	}
	if more := len(jumps) - mostJumps; more > 0 {
		wrong.Add(field, msgMoreJumps, more, ImplausiblePercent)
	}
	return wrong.Err()
}

// vouched refuses a rate that differs too much from the last one of its pair and has no reason.
func (r Rate) vouched(ctx context.Context, q db.Querier) error {
	jumps, err := FindJumps(ctx, q, `
		select 1 as line, $1::date as on_date, $2::text as from_currency, $3::text as to_currency,
		       $4::numeric as rate, $5::text as source`,
		r.On, r.From, r.To, r.Rate, r.Source)
	if err != nil || len(jumps) == 0 || r.Reason != "" {
		return err
	}
	return tooFar("reason", jumps, msgCorrectRate)
}

// KeepReason keeps the reason with the rates that needed one.
func KeepReason(ctx context.Context, q db.Querier, jumps []Jump, reason string) error {
	for _, j := range jumps {
		_, err := q.ExecContext(ctx, `
			update exchange_rates set reason = $1
			where from_currency = $2 and to_currency = $3 and on_date = $4 and source = $5 and withdrawn_at is null`,
			reason, j.From, j.To, j.On, j.Source)
		if err != nil {
			return fmt.Errorf("keep the reason of a rate: %w", err)
		}
	}
	return nil
}
