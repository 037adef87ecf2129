package billing

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
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
	Changed   int // a rate of that day and currency was there with another value
	Unchanged int
	Skipped   []string // currency codes that ISO 4217 does not know

	before, after map[string]string // the rates that changed, by day and currency
}

// ecbSlice is how many rates one statement writes.
const ecbSlice = 10_000

// ImportECB reads a rate file and keeps its rates under the source ECB, all or none.
// Importing a file again changes nothing.
func ImportECB(ctx context.Context, pool *sqlx.DB, actor audit.Actor, name string, data []byte) (ECBResult, error) {
	file, err := ReadECB(data, today())
	if err != nil {
		return ECBResult{}, err
	}
	result := ECBResult{Skipped: file.Skipped}
	for _, r := range file.Rates {
		if result.From.IsZero() || r.On.Before(result.From) {
			result.From = r.On
		}
		if r.On.After(result.To) {
			result.To = r.On
		}
	}
	err = db.InTx(ctx, pool, func(tx *sqlx.Tx) error {
		for part := range slices.Chunk(file.Rates, ecbSlice) {
			if err := writeECB(ctx, tx, part, &result); err != nil {
				return err
			}
		}
		return audit.Append(ctx, tx, audit.Entry{
			Actor: actor, Action: "rates.import", SubjectKind: "exchange_rates", Subject: ECBSource,
			Before: map[string]any{"rates": result.before},
			After: map[string]any{
				"rates": result.after, "file": name, "from": result.From.Format(time.DateOnly), "to": result.To.Format(time.DateOnly),
				"added": result.Added, "changed": result.Changed, "unchanged": result.Unchanged, "skipped": result.Skipped,
			},
		})
	})
	return result, err
}

// writeECB writes the rates that are new or different. Its arguments are parallel
// arrays; xmax is 0 in a row that was inserted just now.
func writeECB(ctx context.Context, tx db.Querier, rates []ECBRate, result *ECBResult) error {
	days, codes, values := make([]string, len(rates)), make([]string, len(rates)), make([]string, len(rates))
	for i, r := range rates {
		days[i], codes[i], values[i] = r.On.Format(time.DateOnly), r.Currency, r.Rate.String()
	}
	var written struct {
		Added   int    `db:"added"`
		Changed int    `db:"changed"`
		Before  []byte `db:"before"`
		After   []byte `db:"after"`
	}
	err := tx.GetContext(ctx, &written, `
		with given as (
			select d::date as day, c as code, v::numeric as rate from unnest($1::text[], $2::text[], $3::text[]) as r (d, c, v)
		), differing as (
			select r.on_date || ' ' || r.to_currency as what, r.rate as before, g.rate as after
			from exchange_rates r join given g on g.day = r.on_date and g.code = r.to_currency
			where r.from_currency = $4 and r.source = $5 and r.rate <> g.rate
		), written as (
			insert into exchange_rates (on_date, from_currency, to_currency, rate, source)
			select day, $4, code, rate, $5 from given
			on conflict on constraint exchange_rates_once do update set rate = excluded.rate
			where exchange_rates.rate <> excluded.rate
			returning xmax = 0 as added
		)
		select count(*) filter (where added) as added, count(*) filter (where not added) as changed,
		       (select coalesce(json_object_agg(what, before::text), '{}') from differing) as before,
		       (select coalesce(json_object_agg(what, after::text), '{}') from differing) as after
		from written`,
		pq.Array(days), pq.Array(codes), pq.Array(values), euro, ECBSource)
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

// today is the day that has begun somewhere on earth: a rate or period dated up to
// it is not of the future, whatever the distributor's time zone.
func today() time.Time {
	const ahead = 14 * time.Hour
	return time.Now().UTC().Add(ahead).Truncate(24 * time.Hour)
}
