package db_test

import (
	"context"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/testdb"
)

// kept returns how many statements the connection keeps prepared.
func kept(t *testing.T, q db.Querier) (n int) {
	t.Helper()
	if err := q.GetContext(t.Context(), &n, `select count(*) from pg_prepared_statements`); err != nil {
		t.Fatal(err)
	}
	return n
}

// onePool is a pool of one connection to a database of the test's own.
func onePool(t *testing.T, prepared bool) *sqlx.DB {
	t.Helper()
	address := testdb.URL(t)
	if prepared {
		address = db.WithPrepared(address)
	}
	pool, err := db.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	pool.SetMaxOpenConns(1)
	return pool
}

func TestStatementsAreKeptPrepared(t *testing.T) {
	t.Parallel()
	pool, plain := onePool(t, true), onePool(t, false)
	for range 3 {
		for _, q := range []*sqlx.DB{pool, plain} {
			var got int
			if err := q.GetContext(t.Context(), &got, `select $1::int + 1`, 41); err != nil || got != 42 {
				t.Fatal(got, err)
			}
			if _, err := q.ExecContext(db.PlannedAnew(t.Context()), `select $1::int + 2`, 41); err != nil {
				t.Fatal(err)
			}
			if _, err := q.ExecContext(t.Context(), `select 1; select 2`); err != nil {
				t.Fatal(err)
			}
		}
	}
	if n := kept(t, pool); n != 1 {
		t.Errorf("%d statements are kept, want that with a value which is not planned anew", n)
	}
	if n := kept(t, plain); n != 0 {
		t.Errorf("%d statements are kept where the address does not ask for it", n)
	}
}

// Of statements that are never asked again the oldest go.
func TestPreparedStatementsAreBounded(t *testing.T) {
	t.Parallel()
	pool := onePool(t, true)
	for i := range 450 {
		if _, err := pool.ExecContext(t.Context(), `select $1::int`+strings.Repeat(" ", i), 1); err != nil {
			t.Fatal(err)
		}
	}
	if n := kept(t, pool); n != 200 {
		t.Errorf("%d statements are kept, want 200", n)
	}
}

// After a change of a table the statements on it are prepared anew.
func TestPreparedStatementsOutliveAMigration(t *testing.T) {
	t.Parallel()
	pool := onePool(t, true)
	if _, err := pool.ExecContext(t.Context(),
		`create table things (name text); insert into things values ('old')`); err != nil {
		t.Fatal(err)
	}
	name := func() (got string, err error) {
		return got, pool.GetContext(t.Context(), &got, `select name from things where name <> $1`, "none")
	}
	if got, err := name(); err != nil || got != "old" {
		t.Fatal(got, err)
	}
	if _, err := pool.ExecContext(t.Context(), `drop table things; create table things (name varchar(9)); insert into
		things values ('new')`); err != nil {
		t.Fatal(err)
	}
	if _, err := name(); !fault.Is(err, fault.Unavailable) {
		t.Fatalf("at the change one is told %v", err)
	}
	if got, err := name(); err != nil || got != "new" {
		t.Errorf("after the change: %q, %v", got, err)
	}
}

// One connection serves one after the other in different scopes; what it keeps prepared
// shows each their own.
func TestPreparedStatementsKeepToTheirScope(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	pool.SetMaxOpenConns(1)
	w := testdb.NewWorld(t, pool)
	north := w.Distributor(testdb.Distributor{Name: "Nordlys Partner"})
	thames := w.Distributor(testdb.Distributor{Name: "Thames Cloud"})
	for range 8 { // from the sixth time on PostgreSQL may use one plan for all values
		for scope, want := range map[db.Scope]string{
			{Distributor: north.ID}: "Nordlys Partner", {Distributor: thames.ID}: "Thames Cloud",
			{Everything: true}: "Nordlys Partner, Thames Cloud", {}: "",
		} {
			ctx := db.WithScope(t.Context(), scope)
			err := db.InTx(ctx, pool, func(tx *sqlx.Tx) error {
				for _, as := range []struct {
					become func(context.Context, db.Querier) error
					want   string
				}{{func(context.Context, db.Querier) error {
					return nil
				}, want}, {db.ActAsEngine, "Nordlys Partner, Thames Cloud"}} {
					if err := as.become(ctx, tx); err != nil {
						return err
					}
					var got string
					err := tx.GetContext(ctx, &got, `select coalesce(string_agg(name, ', ' order by name), '')
						from distributors where parent_id = $1`, w.Provider.ID)
					if err != nil || got != as.want {
						t.Errorf("in the scope %+v one sees %q, %v; want %q", scope, got, err, as.want)
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	var n int
	err := pool.GetContext(t.Context(), &n, `select count(*) from pg_prepared_statements
		where statement like 'select coalesce(string_agg(name%'`)
	if err != nil || n != 3 { // resellers, the provider, the engine
		t.Errorf("the question is kept %d times, %v; want once for each role", n, err)
	}
}
