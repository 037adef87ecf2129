package billing

import (
	"context"
	"fmt"
	"time"

	"github.com/lib/pq"

	"handover/internal/accounts"
	"handover/internal/db"
)

// ToClose is the oldest open period of a distributor that has ended.
type ToClose struct {
	Period
	Waiting int64 `db:"waiting"` // how many of its periods have ended and are open, this one included
}

// NextToClose returns, for each distributor in the scope that has one, the period to close next.
// Periods are closed in order, so it is the oldest open one that ended before today.
func NextToClose(ctx context.Context, q db.Querier, s accounts.Scope, today time.Time) ([]ToClose, error) {
	var w db.Where
	w.And("p.status = ?", PeriodOpen)
	w.And("p.end_on < ?::date", today)
	s.Apply(&w, "p.distributor_id")
	var out []ToClose
	err := q.SelectContext(ctx, &out, `
		select distinct on (p.distributor_id) p.id, p.distributor_id, d.name as distributor_name, p.start_on,
		  p.end_on, p.status, count(*) over (partition by p.distributor_id) as waiting
		from financial_periods p join distributors d on d.id = p.distributor_id `+w.SQL()+`
		order by p.distributor_id, p.start_on`, w.Args()...)
	if err != nil {
		return nil, fmt.Errorf("look for the periods to close next: %w", err)
	}
	return out, nil
}

// StalePair is a pair of currencies whose newest rate is old.
type StalePair struct {
	Pair
	On time.Time `db:"on_date"` // the day of its newest rate
}

// StalePairs returns the pairs whose newest rate is more than so many days old, the oldest first.
func StalePairs(ctx context.Context, q db.Querier, today time.Time, days int) ([]StalePair, error) {
	pairs, err := Pairs(ctx, q)
	if err != nil {
		return nil, err
	}
	from, to := make([]string, len(pairs)), make([]string, len(pairs))
	for i, p := range pairs {
		from[i], to[i] = p.From, p.To
	}
	var out []StalePair
	err = q.SelectContext(ctx, &out, `
		select p.from_currency, p.to_currency, n.on_date
		from unnest($1::text[], $2::text[]) p (from_currency, to_currency)
		cross join lateral (select max(e.on_date) as on_date from exchange_rates e
		  where e.from_currency = p.from_currency and e.to_currency = p.to_currency and e.withdrawn_at is null) n
		where n.on_date < $3::date - $4::int order by n.on_date, 1, 2`, pq.Array(from), pq.Array(to), today, days)
	if err != nil {
		return nil, fmt.Errorf("look for old exchange rates: %w", err)
	}
	return out, nil
}
