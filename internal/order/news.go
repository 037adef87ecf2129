package order

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"handover/internal/accounts"
	"handover/internal/db"
)

// News is the result of an order that the person asked for: it ended, or was handed back.
type News struct {
	Number    string    `db:"number"`
	Kind      string    `db:"kind"`
	Status    string    `db:"status"`
	Source    string    `db:"source"`
	Target    string    `db:"target"`
	Detail    string    `db:"detail"` // failure or reason, in words
	UpdatedAt time.Time `db:"updated_at"`
	New       bool      `db:"new"` // since the person last looked

	FailureCode string `db:"failure"`
	FailureJSON string `db:"failure_facts"`
}

// newsOf are the person's own orders that ended or came back in the last thirty days.
const newsOf = `o.requested_by = $1 and o.submitted_at is not null and o.status in
		('completed', 'failed', 'rejected', 'cancelled', 'draft')
	and o.updated_at > now() - interval '30 days'`

// seenUntil is when the person last looked.
const seenUntil = `coalesce((select b.seen_at from staff_bells b where b.staff_id = $1), '-infinity')`

// ListNews returns the person's news, the newest first.
func ListNews(ctx context.Context, q db.Querier, staffID int64, limit int) ([]News, error) {
	var list []News
	err := q.SelectContext(ctx, &list, `
		select number_of('TO', o.id) as number, o.kind, o.status, coalesce(s.name, '') as source,
		  coalesce(t.name, d.name, '') as target,
		       o.failure, o.failure_facts::text,
		         `+reasonSQL+` as detail, o.updated_at, o.updated_at > `+seenUntil+` as new
		from transfer_orders o left join customers s on s.id = o.source_customer_id
		  left join customers t on t.id = o.target_customer_id
		left join distributors d on d.id = o.target_distributor_id
		where `+newsOf+` order by o.updated_at desc, o.id desc limit $2`, staffID, limit)
	if err != nil {
		return nil, fmt.Errorf("read what became of one's orders: %w", err)
	}
	for i, n := range list {
		failure, err := failureWords(n.FailureCode, n.FailureJSON)
		if err != nil {
			return nil, err
		}
		list[i].Detail = cmp.Or(failure, n.Detail)
	}
	return list, nil
}

// CountNews returns how many the person has not looked at; every page shows it.
func CountNews(ctx context.Context, q db.Querier, staffID int64) (int64, error) {
	var n int64
	err := q.GetContext(ctx, &n, `select count(*) from transfer_orders o where `+newsOf+` and o.updated_at > `+
		seenUntil, staffID)
	if err != nil {
		return 0, fmt.Errorf("count what became of one's orders: %w", err)
	}
	return n, nil
}

// ReadNews notes that the person has looked.
func ReadNews(ctx context.Context, q db.Querier, staffID int64) error {
	_, err := q.ExecContext(ctx, `
		insert into staff_bells (staff_id, seen_at) values ($1, now()) on conflict (staff_id) do update
		  set seen_at = excluded.seen_at`, staffID)
	if err != nil {
		return fmt.Errorf("note that the person has looked: %w", err)
	}
	return nil
}

// Week is how many transfers of each kind were completed in a week that begins on a Monday.
type Week struct {
	From     time.Time
	Counts   map[string]int64 // by kind, without reversals
	Reversed int64            // reversals that were completed in it
}

// Weeks returns the last n weeks, this one last, with what was completed in the reader's
// scope; reversals are counted apart.
func Weeks(ctx context.Context, q db.Querier, s accounts.Scope, n int, now time.Time) ([]Week, error) {
	monday := now.UTC().Truncate(24*time.Hour).AddDate(0, 0, -(int(now.UTC().Weekday())+6)%7)
	first := monday.AddDate(0, 0, -7*(n-1))
	w := new(db.Where)
	w.And("o.completed_at >= ?", first)
	if !s.Everything {
		w.And(s.Condition(w, "o.source_distributor_id", "o.target_distributor_id"))
	}
	var rows []struct {
		From     time.Time `db:"week"`
		Kind     string    `db:"kind"`
		Reversal bool      `db:"reversal"`
		Count    int64     `db:"count"`
	}
	err := q.SelectContext(ctx, &rows, `
		select date_trunc('week', o.completed_at at time zone 'UTC') as week, o.kind,
		  o.reverses_id is not null as reversal, count(*) as count
		from transfer_orders o `+w.SQL()+` group by 1, 2, 3`, w.Args()...)
	if err != nil {
		return nil, fmt.Errorf("count the transfers of each week: %w", err)
	}
	weeks := make([]Week, n)
	for i := range weeks {
		weeks[i] = Week{From: first.AddDate(0, 0, 7*i), Counts: map[string]int64{}}
	}
	for _, r := range rows {
		switch i := int(r.From.UTC().Sub(first).Hours() / 24 / 7); {
		case i < 0 || i >= n:
		case r.Reversal:
			weeks[i].Reversed += r.Count
		default:
			weeks[i].Counts[r.Kind] = r.Count
		}
	}
	return weeks, nil
}
