package audit

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"handover/internal/db"
)

// sealEvery is how often a Sealer looks for new entries.
const sealEvery = time.Second

// Sealer gives committed entries their place in the chain. Any number of processes
// may run one on a database. Its pool must act as the owner of the tables.
type Sealer struct {
	DB  *sqlx.DB
	Log *slog.Logger
}

// Run seals until the context ends. What fails is logged and tried again.
func (s *Sealer) Run(ctx context.Context) {
	tick := time.NewTicker(sealEvery)
	defer tick.Stop()
	for {
		if err := Seal(ctx, s.DB); err != nil && ctx.Err() == nil {
			s.Log.ErrorContext(ctx, "audit entries were not sealed", slog.Any("error", err))
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// Seal gives every entry that is committed now its place in the chain, in
// transactions of 1,000 entries at most.
func Seal(ctx context.Context, pool *sqlx.DB) error {
	for {
		n, err := sealSlice(ctx, pool)
		if err != nil || n < slice {
			return err
		}
	}
}

// sealSlice seals the next entries and returns how many. It locks no entries: only the
// sealers wait for each other, at the head.
func sealSlice(ctx context.Context, pool *sqlx.DB) (int, error) {
	var waiting bool // an idle sealer takes no lock and writes nothing
	if err := pool.GetContext(ctx, &waiting, `select exists (select 1 from audit_unsealed)`); err != nil || !waiting {
		return 0, err
	}
	n := 0
	err := db.InTx(ctx, pool, func(tx *sqlx.Tx) error {
		var head Head
		if err := tx.GetContext(ctx, &head, `select count, hash, sealed_at from audit_head for update`); err != nil {
			return fmt.Errorf("take the head of the audit log: %w", err)
		}
		// Read after the lock: what another sealer has just sealed is gone from here.
		var records []Record
		err := tx.SelectContext(ctx, &records, `select `+entryFields+`
			from audit_unsealed u join audit_entries e on e.id = u.entry_id order by u.entry_id limit $1`, slice)
		if err != nil {
			return fmt.Errorf("read what has no place in the audit chain: %w", err)
		}
		n = len(records)
		if n == 0 {
			return nil
		}
		return extend(ctx, tx, head, records)
	})
	if err != nil {
		return 0, fmt.Errorf("seal audit entries: %w", err)
	}
	return n, nil
}

// extend writes the records behind the head.
func extend(ctx context.Context, tx *sqlx.Tx, head Head, records []Record) error {
	var ids, positions []int64
	var previous, hashes [][]byte
	for _, r := range records {
		head.Count++
		r.Position = head.Count
		hash := r.digest(head.Hash)
		ids, positions = append(ids, r.ID), append(positions, r.Position)
		previous, hashes = append(previous, head.Hash), append(hashes, hash)
		head.Hash = hash
	}
	_, err := tx.ExecContext(ctx, `
		insert into audit_seals (position, entry_id, previous, hash)
		select * from unnest($1::bigint[], $2::bigint[], $3::bytea[], $4::bytea[])`,
		pq.Array(positions), pq.Array(ids), pq.ByteaArray(previous), pq.ByteaArray(hashes))
	if err != nil {
		return fmt.Errorf("write the audit chain: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `delete from audit_unsealed where entry_id = any($1)`, pq.Array(ids)); err != nil {
		return fmt.Errorf("note what was sealed: %w", err)
	}
	_, err = tx.ExecContext(ctx, `update audit_head set count = $1, hash = $2, sealed_at = clock_timestamp()`,
		head.Count, head.Hash)
	if err != nil {
		return fmt.Errorf("write the head of the audit log: %w", err)
	}
	return nil
}
