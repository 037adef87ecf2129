package billing

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"handover/internal/audit"
	"handover/internal/db"
)

// ECBResult says what the import of a rate file did.
type ECBResult struct {
	From      time.Time // first and last day that the file has rates of
	To        time.Time
	Added     int
	Changed   int      // a rate of that day and currency was there with another value
	Unchanged int      // also those that were withdrawn with the same value
	Skipped   []string // currency codes that ISO 4217 does not know
	Reasoned  int      // rates that differ much from the last ones of their pairs

	before, after map[string]string // the rates that changed, by day and currency
}

// ecbSlice is how many rates one statement writes.
const ecbSlice = 10_000

// ImportECB reads a rate file and keeps its rates under the source ECB, all or none.
// Importing a file again changes nothing, and revives no rate that was withdrawn. The reason
// is for rates that differ by more than ImplausiblePercent from the last ones of their pairs;
// without one such rates are an Invalid fault.
func ImportECB(ctx context.Context, pool *sqlx.DB, actor audit.Actor, name string, data []byte,
	reason string,
) (ECBResult, error) {
	file, err := ReadECB(data, today())
	if err != nil {
		return ECBResult{}, err
	}
	reason = strings.TrimSpace(reason)
	if reason != "" {
		if err := checkReason("reason", reason); err != nil {
			return ECBResult{}, err
		}
	}
	result := ECBResult{Skipped: file.Skipped}
	result.From, result.To = file.span()
	err = db.InTx(ctx, pool, func(tx *sqlx.Tx) error {
		jumps, err := jumpsOfECB(ctx, tx, file.Rates)
		if err != nil {
			return err
		}
		if len(jumps) > 0 && reason == "" {
			return tooFar("reason", jumps, msgCorrectFile)
		}
		result.Reasoned = len(jumps)
		for part := range slices.Chunk(file.Rates, ecbSlice) {
			if err := writeECB(ctx, tx, part, &result); err != nil {
				return err
			}
		}
		if err := KeepReason(ctx, tx, jumps, reason); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{
			Actor: actor, Action: "rates.import", SubjectKind: "exchange_rates", Subject: ECBSource,
			Before: map[string]any{"rates": result.before},
			After: map[string]any{
				"rates": result.after, "file": name, "from": result.From.Format(time.DateOnly),
				"to":    result.To.Format(time.DateOnly),
				"added": result.Added, "changed": result.Changed, "unchanged": result.Unchanged,
				"skipped": result.Skipped,
				"reason":  reason, "differing": result.Reasoned,
			},
		})
	})
	return result, err
}

// writeECB writes the rates that are new or different. Its arguments are parallel
// arrays; xmax is 0 in a row that was inserted just now.
func writeECB(ctx context.Context, tx db.Querier, rates []ECBRate, result *ECBResult) error {
	days, codes, values := columnsOfECB(rates)
	var written struct {
		Added   int    `db:"added"`
		Changed int    `db:"changed"`
		Before  []byte `db:"before"`
		After   []byte `db:"after"`
	}
	err := tx.GetContext(ctx, &written, `
		with given as (
			select g.day, g.code, g.rate
			from (select d::date as day, c as code, v::numeric as rate
			      from unnest($1::text[], $2::text[], $3::text[]) as r (d, c, v)) g
			where not exists (select 1 from exchange_rates w
			                  where w.from_currency = $4 and w.to_currency = g.code and w.on_date = g.day
			                  and w.source = $5 and w.rate = g.rate and w.withdrawn_at is not null)
		), differing as (
			select r.on_date || ' ' || r.to_currency as what, r.rate as before, g.rate as after
			from exchange_rates r join given g on g.day = r.on_date and g.code = r.to_currency
			where r.from_currency = $4 and r.source = $5 and r.rate <> g.rate and r.withdrawn_at is null
		), written as (
			insert into exchange_rates (on_date, from_currency, to_currency, rate, source)
			select day, $4, code, rate, $5 from given
			on conflict (from_currency, to_currency, on_date, source)
			where withdrawn_at is null do update set rate = excluded.rate, reason = ''
			where exchange_rates.rate <> excluded.rate
			returning xmax = 0 as added
		)
		select count(*) filter (where added) as added, count(*) filter (where not added) as changed,
		       (select coalesce(json_object_agg(what, before::text), '{}') from differing) as before,
		       (select coalesce(json_object_agg(what, after::text), '{}') from differing) as after
		from written`,
		days, codes, values, euro, ECBSource)
	if err != nil {
		return fmt.Errorf("write the rates of the European Central Bank: %w", err)
	}
	for _, side := range []struct {
		text []byte
		into *map[string]string
	}{{written.Before, &result.before}, {written.After, &result.after}} {
		if err := json.Unmarshal(side.text, side.into); err != nil { // adds to what is there
			return fmt.Errorf("read the rates that changed: %w", err)
		}
	}
	result.Added += written.Added
	result.Changed += written.Changed
	result.Unchanged += len(rates) - written.Added - written.Changed
	return nil
}

// span returns the first and last day that the file has rates of; both zero = it has none.
func (f ECBFile) span() (from, to time.Time) {
	for _, r := range f.Rates {
		if from.IsZero() || r.On.Before(from) {
			from = r.On
		}
		if r.On.After(to) {
			to = r.On
		}
	}
	return from, to
}

// columnsOfECB are the rates as parallel arrays of a statement: days, currencies, values.
func columnsOfECB(rates []ECBRate) (days, codes, values any) {
	d, c, v := make([]string, len(rates)), make([]string, len(rates)), make([]string, len(rates))
	for i, r := range rates {
		d[i], c[i], v[i] = r.On.Format(time.DateOnly), r.Currency, r.Rate.String()
	}
	return pq.Array(d), pq.Array(c), pq.Array(v)
}

// jumpsOfECB finds the rates of the file that need a reason.
func jumpsOfECB(ctx context.Context, q db.Querier, rates []ECBRate) ([]Jump, error) {
	days, codes, values := columnsOfECB(rates)
	return FindJumps(ctx, q, `
		select n::int as line, d::date as on_date, $4::text as from_currency, c as to_currency, v::numeric as rate,
		       $5::text as source
		from unnest($1::text[], $2::text[], $3::text[]) with ordinality as r (d, c, v,
		    n)`, days, codes, values, euro, ECBSource)
}

// today is the day that has begun somewhere on earth: a rate or period dated up to
// it is not of the future, whatever the distributor's time zone.
func today() time.Time {
	const ahead = 14 * time.Hour
	return time.Now().UTC().Add(ahead).Truncate(24 * time.Hour)
}
