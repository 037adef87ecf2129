package db

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/jmoiron/sqlx"
)

// InTx runs fn in one READ COMMITTED transaction: it commits when fn returns nil and rolls
// back otherwise, a panic included. The error comes translated. If the context has a scope,
// the transaction runs in it.
func InTx(ctx context.Context, pool *sqlx.DB, fn func(tx *sqlx.Tx) error) error {
	return inTx(ctx, pool, &sql.TxOptions{Isolation: sql.LevelReadCommitted}, fn)
}

// InSnapshot runs fn in a read-only transaction in which every statement sees
// the same moment.
func InSnapshot(ctx context.Context, pool *sqlx.DB, fn func(tx *sqlx.Tx) error) error {
	return inTx(ctx, pool, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}, fn)
}

// InRepeatableRead runs fn in a transaction that writes and in which every statement sees the
// same moment. Where another transaction changed a row that it changes, it is a Conflict fault.
func InRepeatableRead(ctx context.Context, pool *sqlx.DB, fn func(tx *sqlx.Tx) error) error {
	return inTx(ctx, pool, &sql.TxOptions{Isolation: sql.LevelRepeatableRead}, fn)
}

func inTx(ctx context.Context, pool *sqlx.DB, opts *sql.TxOptions, fn func(tx *sqlx.Tx) error) error {
	// A request that reads and then writes must not hold one connection while it waits
	// for another.
	if reader, ok := ctx.Value(readerKey{}).(*Reader); ok {
		reader.Release()
	}
	tx, err := pool.BeginTxx(ctx, opts)
	if err != nil {
		return fmt.Errorf("begin a transaction: %w", err)
	}
	// Also runs when fn panics; after a commit there is nothing to roll back.
	defer func() { _ = tx.Rollback() }()
	if err := fn(tx); err != nil {
		return Translate(err)
	}
	if err := tx.Commit(); err != nil {
		return Translate(fmt.Errorf("commit: %w", err))
	}
	return nil
}

// WithoutNestedLoops runs fn while the planner avoids nested loops in the transaction of q. It
// is for statements over much that came just now, of which the statistics do not know yet.
// Outside of a transaction it changes nothing.
func WithoutNestedLoops(ctx context.Context, q Querier, fn func() error) error {
	const set = `select set_config('enable_nestloop', $1, true)`
	if _, err := q.ExecContext(ctx, set, "off"); err != nil {
		return fmt.Errorf("avoid nested loops: %w", err)
	}
	if err := fn(); err != nil {
		return err // the transaction is over
	}
	if _, err := q.ExecContext(ctx, set, "on"); err != nil {
		return fmt.Errorf("allow nested loops: %w", err)
	}
	return nil
}
