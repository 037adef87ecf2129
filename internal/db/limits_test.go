package db_test

import (
	"context"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/testdb"
)

// TestLimitsPerKindOfWork: a transaction has the limits of its context, within a scope and without, and
// the next one on the connection does not.
func TestLimitsPerKindOfWork(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	pool.SetMaxOpenConns(1)
	w := testdb.NewWorld(t, pool)
	const asked = `select current_setting('lock_timeout') || ' ' || current_setting('statement_timeout') || ' ' ||
		current_setting('idle_in_transaction_session_timeout')`
	scoped := db.WithScope(t.Context(), db.Scope{Distributor: w.Provider.ID})
	requests := db.WithLimits(scoped, db.RequestLimits)
	for _, c := range []struct {
		name string
		in   func() string
		want string
	}{
		{"a request", func() string { return within(requests, t, pool, asked) }, "15s 35s 1min"},
		{
			"a request before sign-in", func() string { return within(db.WithoutScope(requests), t, pool, asked) },
			"15s 35s 1min",
		},
		{
			"work", func() string { return within(db.WithLimits(scoped, db.WorkLimits), t, pool, asked) },
			"5min 2h 15min",
		},
		{"what has none", func() string { return within(scoped, t, pool, asked) }, "0 0 0"},
	} {
		if got := c.in(); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// TestLockLimitSaysWhoIsInTheWay: a request gives up a lock that another keeps, with a sentence.
func TestLockLimitSaysWhoIsInTheWay(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	testdb.NewWorld(t, pool)
	const lock = `select name from distributors for update`
	other, err := pool.BeginTxx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Rollback() }()
	if _, err := other.ExecContext(t.Context(), lock); err != nil {
		t.Fatal(err)
	}
	soon, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	ctx := db.WithLimits(soon, db.Limits{Lock: 50 * time.Millisecond})
	err = db.InTx(ctx, pool, func(tx *sqlx.Tx) error {
		_, err := tx.ExecContext(ctx, lock)
		return err
	})
	if !fault.Is(err, fault.Conflict) {
		t.Errorf("a lock that another keeps: %v", err)
	}
}

func within(ctx context.Context, t *testing.T, pool *sqlx.DB, query string) (got string) {
	t.Helper()
	if err := db.InTx(ctx, pool, func(tx *sqlx.Tx) error { return tx.GetContext(ctx, &got, query) }); err != nil {
		t.Fatal(err)
	}
	return got
}
