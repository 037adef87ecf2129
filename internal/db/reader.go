package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"github.com/jmoiron/sqlx"
)

// Reader reads for one request in one read-only READ COMMITTED transaction. It begins the
// transaction at the first query, in the scope of that query's context. After a failed
// statement the next one begins anew.
type Reader struct {
	pool *sqlx.DB
	mu   sync.Mutex
	tx   *sqlx.Tx
}

type readerKey struct{}

// NewReader makes a reader on the pool; it takes no connection before it is asked.
func NewReader(pool *sqlx.DB) *Reader { return &Reader{pool: pool} }

// Beside returns a context whose other transactions let the reader go first.
func (r *Reader) Beside(ctx context.Context) context.Context {
	return context.WithValue(ctx, readerKey{}, r)
}

// Release gives the connection back; a later question begins a new transaction.
func (r *Reader) Release() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.tx != nil {
		_ = r.tx.Rollback() // nothing was written
		r.tx = nil
	}
}

func (r *Reader) begun(ctx context.Context) (*sqlx.Tx, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.tx == nil {
		tx, err := r.pool.BeginTxx(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted, ReadOnly: true})
		if err != nil {
			return nil, fmt.Errorf("begin to read: %w", err)
		}
		r.tx = tx
	}
	return r.tx, nil
}

// after lets go of a transaction that a failed statement has ended.
func (r *Reader) after(err error) error {
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		r.Release()
	}
	return err
}

// GetContext reads one row into dest.
func (r *Reader) GetContext(ctx context.Context, dest any, query string, args ...any) error {
	tx, err := r.begun(ctx)
	if err != nil {
		return err
	}
	return r.after(tx.GetContext(ctx, dest, query, args...))
}

// SelectContext reads all rows into dest.
func (r *Reader) SelectContext(ctx context.Context, dest any, query string, args ...any) error {
	tx, err := r.begun(ctx)
	if err != nil {
		return err
	}
	return r.after(tx.SelectContext(ctx, dest, query, args...))
}

// QueryxContext returns the rows; they end with the transaction.
func (r *Reader) QueryxContext(ctx context.Context, query string, args ...any) (*sqlx.Rows, error) {
	tx, err := r.begun(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := tx.QueryxContext(ctx, query, args...)
	return rows, r.after(err)
}

// ExecContext runs a statement that returns no rows; one that writes is refused.
func (r *Reader) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	tx, err := r.begun(ctx)
	if err != nil {
		return nil, err
	}
	result, err := tx.ExecContext(ctx, query, args...)
	return result, r.after(err)
}
