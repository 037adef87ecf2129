package reconciliation

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"handover/internal/accounts"
	"handover/internal/db"
	"handover/internal/fault"
)

// KeptItems is how many items of a check are kept per distributor and currency: those that
// differ most. The results count them all.
const KeptItems = 1000

// Run checks the books of every distributor in the scope now, in one snapshot, and keeps what it
// saw in the place of what the check before had found. It reads beyond the scope where the
// other side of a pair is outside of it. Of two runs over the same distributors at the same time the
// later one begins again.
func Run(ctx context.Context, pool *sqlx.DB, s accounts.Scope) error {
	var err error
	for range attempts {
		if err = runOnce(ctx, pool, s); err == nil || !db.Transient(err) {
			return err
		}
	}
	return err
}

// attempts is how often a run begins again that met another one: both write the same results.
const attempts = 20

func runOnce(ctx context.Context, pool *sqlx.DB, s accounts.Scope) error {
	return db.InRepeatableRead(db.PlannedAnew(db.WithLimits(ctx, db.WorkLimits)), pool, func(tx *sqlx.Tx) error {
		ids, err := s.IDs(ctx, tx)
		if err != nil {
			return err
		}
		if err := db.ActAsEngine(ctx, tx); err != nil {
			return err
		}
		return run(ctx, tx, ids)
	})
}

func run(ctx context.Context, tx *sqlx.Tx, ids []int64) error {
	// Each statement runs once: compiling it takes longer than what that saves.
	if _, err := tx.ExecContext(ctx, `select set_config('jit', 'off', true)`); err != nil {
		return fmt.Errorf("begin a check: %w", err)
	}
	slices.Sort(ids)
	started := time.Now()
	at := started.UTC().Truncate(time.Microsecond) // as the database keeps it
	_, err := tx.ExecContext(ctx, `
		insert into reconciliation_runs as t (distributor_id, checked_at) select unnest($1::bigint[]), $2
		on conflict (distributor_id) do update set checked_at = excluded.checked_at`, pq.Array(ids), at)
	if err != nil {
		return fmt.Errorf("begin a check: %w", err)
	}
	for _, c := range Checks {
		if _, err := tx.ExecContext(ctx, c.statement(), pq.Array(ids), at, KeptItems); err != nil {
			return fmt.Errorf("check %s: %w", c.Name, err)
		}
	}
	for _, statement := range []string{
		`delete from reconciliation_items where distributor_id = any($1) and checked_at <> $2`,
		`delete from reconciliation_results where distributor_id = any($1) and checked_at <> $2`,
	} {
		if _, err := tx.ExecContext(ctx, statement, pq.Array(ids), at); err != nil {
			return fmt.Errorf("remove what the check before saw: %w", err)
		}
	}
	_, err = tx.ExecContext(ctx, `
		update reconciliation_runs set took = make_interval(secs => $2) where distributor_id = any($1)`,
		pq.Array(ids), time.Since(started).Seconds())
	if err != nil {
		return fmt.Errorf("end a check: %w", err)
	}
	return nil
}

// statement computes the check and keeps its items and results. A difference that the check
// before saw as well keeps the moment when it was first seen.
func (c Check) statement() string {
	each := ""
	if c.each != nil {
		each = fmt.Sprintf(`
    union all
    select '%s', v.distributor_id, v.currency, v.checked, coalesce(e.differing, 0), coalesce(e.difference, 0),
           e.differing is null, e.since
    from covered v join distributors d on d.id = v.distributor_id and not (%s)
    left join (select distributor_id, currency, count(*) as differing, sum(abs(difference)) as difference,
                      min(since) as since
               from items where kind = 'customer' group by 1, 2) e
         on (e.distributor_id, e.currency) = (v.distributor_id, v.currency)`, c.each.Name, c.each.except)
	}
	with := ""
	if c.with != "" {
		with = c.with + `, `
	}
	return fmt.Sprintf(`with %[5]scovered as materialized (%[3]s
), items as materialized (%[2]s
), kept as (
    insert into reconciliation_items as t (distributor_id, name, currency, kind, record_id, other_id, number,
                                           customer_id, books, records, difference, differs,
                                           since, first_seen, checked_at)
    select distributor_id, '%[1]s', currency, kind, record_id, other_id, number, customer_id, books, records,
           difference, differs, since, case when differs then $2::timestamptz end, $2
    from (select i.*, row_number() over w as place from items i
          window w as (partition by distributor_id, currency
                       order by differs desc, abs(difference) desc, kind, record_id, other_id)) i
    where place <= $3
    on conflict on constraint reconciliation_items_once do update
    set number = excluded.number, customer_id = excluded.customer_id, books = excluded.books,
        records = excluded.records, difference = excluded.difference, differs = excluded.differs,
        since = excluded.since, checked_at = excluded.checked_at,
        first_seen = case when excluded.differs then coalesce(t.first_seen, excluded.first_seen) end
), sums as (
    select distributor_id, currency, count(*) filter (where differs) as differing,
           sum(difference) filter (where differs) as difference, min(since) filter (where differs) as since
    from items group by 1, 2
), results as (
    select '%[1]s' as name, coalesce(v.distributor_id, s.distributor_id) as distributor_id,
           coalesce(v.currency, s.currency) as currency, coalesce(v.checked, 0) as checked,
           coalesce(s.differing, 0) as differing, coalesce(v.net, s.difference, 0) as difference,
           coalesce(v.net = 0, s.differing = 0, true) as ok, s.since
    from covered v full join sums s on (s.distributor_id, s.currency) = (v.distributor_id, v.currency)%[4]s
)
insert into reconciliation_results as t (distributor_id, name, currency, checked, differing, difference, ok,
                                         since, first_seen, checked_at)
select distributor_id, name, currency, checked, differing, difference, ok,
       case when not ok then since end, case when not ok then $2::timestamptz end, $2
from results
on conflict (distributor_id, name, currency) do update
set checked = excluded.checked, differing = excluded.differing, difference = excluded.difference,
    ok = excluded.ok, since = excluded.since, checked_at = excluded.checked_at,
    first_seen = case when not excluded.ok then coalesce(t.first_seen, excluded.first_seen) end`,
		c.Name, c.items, c.covered, each, with)
}

// Small books are checked whenever the page is opened. For larger ones the last check
// serves for rest times as long as it took. A check that took longer than slow, or a first
// one of very large books, is made only on request.
const (
	smallLines = 50_000 // journal lines of the database
	largeLines = 1_000_000
	slow       = 5 * time.Second
	rest       = 20
)

// Refresh runs a check where the last one is too old for the size of the books. Another
// check in progress serves as well.
func Refresh(ctx context.Context, pool *sqlx.DB, s accounts.Scope) error {
	due := false
	err := db.InSnapshot(ctx, pool, func(tx *sqlx.Tx) error {
		ids, err := s.IDs(ctx, tx)
		if err != nil {
			return err
		}
		if err := db.ActAsEngine(ctx, tx); err != nil { // the size of the books is that of all
			return err
		}
		err = tx.GetContext(ctx, &due, `
			select (select count(*) from (select 1 from journal_lines limit $2 + 1) l) <= $2 or coalesce(bool_or(
			           case when r.distributor_id is null then b.lines < $3
			                else r.took <= make_interval(secs => $4) and r.checked_at + $5 * r.took < now() end), false)
			from unnest($1::bigint[]) d(id) left join reconciliation_runs r on r.distributor_id = d.id
			cross join (select reltuples as lines from pg_class where oid = 'journal_lines'::regclass) b`,
			pq.Array(ids), smallLines, largeLines, slow.Seconds(), rest)
		if err != nil {
			return fmt.Errorf("read when the books were checked: %w", err)
		}
		return nil
	})
	if err != nil || !due {
		return err
	}
	if err := Run(ctx, pool, s); !fault.Is(err, fault.Conflict) {
		return err
	}
	return nil
}
