// Package testdb gives every test a database to itself, copied from a template
// that was migrated once. It works on the server of HANDOVER_TEST_DATABASE_URL
// or, without it, on an embedded one that all test processes of a user share.
package testdb

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/jmoiron/sqlx"

	"handover/internal/db"
)

// prefix begins the names of the tests' databases; the process that made one follows.
const prefix = "test_"

// maxConns keeps many tests at once below the server's limit.
const maxConns = 12

// shared is the one server of this process. It is never closed: its locks go
// with the process, and the embedded one stops when the last has gone.
var shared = sync.OnceValues(func() (*server, error) { return open(context.Background()) })

// New returns a pool on a migrated database that belongs to the test alone and is dropped at its
// end. As that of serve and worker it is of a role that owns nothing.
func New(t testing.TB) *sqlx.DB {
	t.Helper()
	return newPool(t, func(s *server) string { return s.service })
}

// NewOwned returns a pool like New, of the owner of the tables: for what commands do.
func NewOwned(t testing.TB) *sqlx.DB {
	t.Helper()
	return newPool(t, func(s *server) string { return s.address })
}

// ServiceURL returns the address of a database for a role that owns nothing; owner is the one that
// URL or EmptyURL returned.
func ServiceURL(t testing.TB, owner string) string {
	t.Helper()
	return sameDatabase(t, owner, func(s *server) string { return s.service })
}

func newPool(t testing.TB, address func(s *server) string) *sqlx.DB {
	t.Helper()
	return connect(t, sameDatabase(t, URL(t), address), maxConns)
}

// sameDatabase returns another of the server's addresses for the database.
func sameDatabase(t testing.TB, address string, other func(s *server) string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	s, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	return withName(other(s), strings.TrimPrefix(u.Path, "/"))
}

// Owner returns a second pool on the pool's database, of the owner of the tables.
func Owner(t testing.TB, pool *sqlx.DB) *sqlx.DB {
	t.Helper()
	s, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	var name string
	if err := pool.GetContext(t.Context(), &name, `select current_database()`); err != nil {
		t.Fatal(err)
	}
	return connect(t, s.url(name), 2)
}

func connect(t testing.TB, address string, conns int) *sqlx.DB {
	t.Helper()
	pool, err := db.Open(t.Context(), db.WithPrepared(address))
	if err != nil {
		t.Fatal(err)
	}
	pool.SetMaxOpenConns(conns)
	t.Cleanup(func() { _ = pool.Close() })
	return pool
}

// Superuser returns a second pool on the pool's database, as a user whom no guard of the
// database stops.
func Superuser(t testing.TB, pool *sqlx.DB) *sqlx.DB {
	t.Helper()
	s, err := shared()
	if err != nil {
		t.Fatalf("start the database for tests: %v", err)
	}
	var name string
	if err := pool.GetContext(t.Context(), &name, `select current_database()`); err != nil {
		t.Fatal(err)
	}
	mighty, err := db.Open(t.Context(), withName(s.mighty, name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = mighty.Close() })
	return mighty
}

// URL makes a migrated database for the test alone and returns its address, for
// tests that start whole processes. It is dropped at the test's end.
func URL(t testing.TB) string {
	t.Helper()
	return create(t, func(s *server, name string) error { return s.create(t.Context(), name, s.template) })
}

// EmptyURL makes a database without any table, for tests of the migrations. It
// is dropped at the test's end.
func EmptyURL(t testing.TB) string {
	t.Helper()
	return create(t, func(s *server, name string) error { return s.create(t.Context(), name, "template1") })
}

// create makes a database with a name of its own and drops it at the test's end.
func create(t testing.TB, fill func(s *server, name string) error) string {
	t.Helper()
	s, err := shared()
	if err != nil {
		t.Fatalf("start the database for tests: %v", err)
	}
	name := fmt.Sprintf("%s%d_%d", prefix, os.Getpid(), s.made.Add(1))
	if err := fill(s, name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.drop(context.Background(), name); err != nil {
			t.Error(err)
		}
	})
	return s.url(name)
}
