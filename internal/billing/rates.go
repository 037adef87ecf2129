package billing

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/shopspring/decimal"

	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/money"
)

// Rate is a row of the rate table: 1 From = Rate To on a date.
type Rate struct {
	db.Key
	ID     int64           `db:"id"`
	On     time.Time       `db:"on_date"`
	From   string          `db:"from_currency"`
	To     string          `db:"to_currency"`
	Rate   decimal.Decimal `db:"rate"`
	Source string          `db:"source"`
	Reason string          `db:"reason"` // why it differs so much from the one before; "" = it does not

	WithdrawnAt     *time.Time `db:"withdrawn_at"` // nil = it is proposed
	WithdrawnBy     string     `db:"withdrawn_name"`
	WithdrawnReason string     `db:"withdrawn_reason"`
}

// String writes the rate for people: "1 EUR = 1.0842 USD of 2 Jan 2026, ECB".
func (r Rate) String() string {
	return fmt.Sprintf("1 %s = %s %s of %s", r.From, money.Plain(r.Rate), r.To, onBy(r.On, r.Source))
}

// rateColumns are the columns of a Rate in a query over exchange_rates r.
const rateColumns = `r.id, r.on_date, r.from_currency, r.to_currency, r.rate, r.source, r.reason,
		r.withdrawn_at, r.withdrawn_name, r.withdrawn_reason`

// RateFilter says which rates a list shows; what is empty does not restrict it.
type RateFilter struct {
	Currency string // either side of the pair
	Other    string // the other side
	Since    *time.Time
	Until    *time.Time
	Live     bool // leaves out withdrawn rates
	Page     db.Page
}

// Rates lists rates, the newest first, also those that were withdrawn. It reads each pair's own newest rows along the
// unique index and merges them, so that it stays quick with all of the ECB's history.
func Rates(ctx context.Context, q db.Querier, f RateFilter) (db.Part[Rate], error) {
	k, err := db.NewKeyset(f.Page, "r.id", "-", db.Order{Key: "date", Expr: "r.on_date", Type: "date"})
	if err != nil {
		return db.Part[Rate]{}, err
	}
	var w db.Where
	first, second := w.Arg(f.Currency), w.Arg(f.Other)
	w.And("r.from_currency = p.from_currency and r.to_currency = p.to_currency")
	if f.Since != nil {
		w.And("r.on_date >= ?", *f.Since)
	}
	if f.Until != nil {
		w.And("r.on_date <= ?", *f.Until)
	}
	if f.Live {
		w.And("r.withdrawn_at is null")
	}
	k.Apply(&w)
	var rows []Rate
	err = q.SelectContext(ctx, &rows, `
		with recursive pairs as (`+pairsSQL+`)
		select `+rateColumns+`, `+k.Columns()+`
		from pairs p
		cross join lateral (
			select `+rateColumns+`
			from exchange_rates r `+w.SQL()+` `+k.Tail()+`) r
		where `+first+` in ('', p.from_currency, p.to_currency) and `+second+` in ('', p.from_currency, p.to_currency)
		`+k.Tail(), w.Args()...)
	if err != nil {
		return db.Part[Rate]{}, fmt.Errorf("list exchange rates: %w", err)
	}
	return db.Cut(k, rows), nil
}

// Pair is two currencies that the rate table has a rate for, in its direction.
type Pair struct {
	From string `db:"from_currency"`
	To   string `db:"to_currency"`
}

// pairsSQL is the body of a recursive "pairs": it leaps along the unique index from
// pair to pair instead of reading every rate.
const pairsSQL = `
	(select from_currency, to_currency from exchange_rates order by from_currency, to_currency limit 1)
	union all
	select n.from_currency, n.to_currency
	from pairs p
	cross join lateral (
		select e.from_currency, e.to_currency from exchange_rates e
		where (e.from_currency, e.to_currency) > (p.from_currency, p.to_currency)
		order by e.from_currency, e.to_currency limit 1) n`

// Pairs returns the pairs of the rate table in order.
func Pairs(ctx context.Context, q db.Querier) ([]Pair, error) {
	var out []Pair
	err := q.SelectContext(ctx, &out, `with recursive pairs as (`+pairsSQL+`) select from_currency, to_currency
		from pairs`)
	if err != nil {
		return nil, fmt.Errorf("read the currency pairs: %w", err)
	}
	return out, nil
}

// NewRate is a rate as a person typed it.
type NewRate struct {
	On     string // 2006-01-02
	From   string
	To     string
	Rate   string
	Source string
	Reason string // needed where it differs much from the last rate of its pair
}

// AddRate checks and keeps a rate and returns it. Every wrong field is named at once. A rate
// that differs by more than ImplausiblePercent from the last one of its pair needs a reason.
func AddRate(ctx context.Context, pool *sqlx.DB, actor audit.Actor, n NewRate) (Rate, error) {
	r, err := n.check()
	if err != nil {
		return Rate{}, err
	}
	err = db.InTx(ctx, pool, func(tx *sqlx.Tx) error {
		if err := r.vouched(ctx, tx); err != nil {
			return err
		}
		err := tx.GetContext(ctx, &r.ID, `
			insert into exchange_rates (on_date, from_currency, to_currency, rate, source, reason)
			values ($1, $2, $3, $4, $5, $6) returning id`, r.On, r.From, r.To, r.Rate, r.Source, r.Reason)
		if err != nil {
			return fmt.Errorf("keep the rate: %w", err)
		}
		return audit.Append(ctx, tx, audit.Entry{
			Actor: actor, Action: "rate.add", SubjectKind: "exchange_rate", Subject: r.From + "/" + r.To,
			After: r.facts(),
		})
	})
	if db.IsUnique(err, "exchange_rates_once") {
		return Rate{}, db.InTx(ctx, pool, func(tx *sqlx.Tx) error { return r.taken(ctx, tx) })
	}
	return r, err
}

// facts are the rate as an audit entry has it.
func (r Rate) facts() map[string]any {
	facts := map[string]any{
		"on": r.On.Format(time.DateOnly), "from": r.From, "to": r.To, "rate": money.Plain(r.Rate), "source": r.Source,
	}
	if r.Reason != "" {
		facts["reason"] = r.Reason
	}
	return facts
}

// check reads what was typed and says what is wrong with any field.
func (n NewRate) check() (Rate, error) {
	var wrong fault.Fields
	for _, side := range []struct{ name, code string }{{"from", n.From}, {"to", n.To}} {
		if side.code == "" {
			wrong.Add(side.name, msgEnterCurrency)
		} else if _, err := money.MinorUnits(side.code); err != nil {
			wrong.Add(side.name, "%s.", err)
		}
	}
	if n.From != "" && n.From == n.To {
		wrong.Add("to", msgSameCurrencies, n.To)
	}
	on, ok := parseDay(n.On)
	switch {
	case n.On == "":
		wrong.Add("on", msgEnterRateDate)
	case !ok:
		wrong.Add("on", msgNotADate, n.On)
	case on.After(today()):
		wrong.Add("on", msgRateInFuture, on.Format(dayForm))
	}
	rate, err := money.ParseRate(n.Rate)
	if err != nil {
		wrong.Add("rate", "%s.", sentence(err))
	}
	if len(n.Source) > 100 {
		wrong.Add("source", msgSourceTooLong)
	}
	reason := strings.TrimSpace(n.Reason)
	if mistake := ReasonMistake(reason); reason != "" && mistake != "" {
		wrong.Add("reason", "%s", mistake)
	}
	return Rate{On: on, From: n.From, To: n.To, Rate: rate, Source: n.Source, Reason: reason}, wrong.Err()
}

// taken is the error that the table already has a rate of this pair, date and source.
func (r Rate) taken(ctx context.Context, q db.Querier) error {
	var there decimal.Decimal
	err := q.GetContext(ctx, &there, `
		select rate from exchange_rates
		where from_currency = $1 and to_currency = $2 and on_date = $3 and source = $4 and withdrawn_at is null`,
		r.From, r.To, r.On, r.Source)
	if err != nil {
		return fmt.Errorf("read the rate that is there already: %w", err)
	}
	return fault.InvalidField("source",
		msgRateExists,
		r.From, money.Plain(there), r.To, onBy(r.On, r.Source))
}

// sentence begins an error's text with a capital letter, for people.
func sentence(err error) string {
	text := err.Error()
	return strings.ToUpper(text[:1]) + text[1:]
}
