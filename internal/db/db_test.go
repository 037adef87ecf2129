package db_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/testdb"
)

func open(t *testing.T, address string) *sqlx.DB {
	t.Helper()
	pool, err := db.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	return pool
}

func TestOpenRefusesWhatIsNoAddress(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"mysql://root:secret@db.example/x", "host=db.example password=secret",
		"postgres://u:secret@db.example:x/y",
	} {
		_, err := db.Open(t.Context(), address)
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: got %v", address, err)
		}
	}
}

func TestOpenHidesThePassword(t *testing.T) {
	t.Parallel()
	_, err := db.Open(t.Context(), "postgres://u:secret@127.0.0.1:1/x?sslmode=disable")
	if err == nil || strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), "127.0.0.1:1") {
		t.Errorf("got %v", err)
	}
}

func TestConnectionsAreInUTCAndHaveAName(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	var got string
	if err := pool.GetContext(t.Context(), &got, `select current_setting('timezone') || ' ' ||
		current_setting('application_name')`); err != nil {
		t.Fatal(err)
	}
	if got != "UTC handover" {
		t.Errorf("got %q", got)
	}
}

func TestInTx(t *testing.T) {
	t.Parallel()
	pool := testdb.NewOwned(t)
	if _, err := pool.Exec(`create table marks (n int)`); err != nil {
		t.Fatal(err)
	}
	mark := func(tx *sqlx.Tx) error {
		_, err := tx.ExecContext(t.Context(), `insert into marks values (1)`)
		return err
	}
	stop := errors.New("stop")
	if err := db.InTx(t.Context(), pool, mark); err != nil {
		t.Error(err)
	}
	if err := db.InTx(t.Context(), pool, func(tx *sqlx.Tx) error {
		return errors.Join(mark(tx), stop)
	}); !errors.Is(err, stop) {
		t.Errorf("the error of the function is lost: %v", err)
	}
	func() {
		defer func() { _ = recover() }()
		_ = db.InTx(t.Context(), pool, func(tx *sqlx.Tx) error { _ = mark(tx); panic("stop") })
	}()
	if err := db.InSnapshot(t.Context(), pool, mark); err == nil {
		t.Error("a snapshot can be written to")
	}
	var n int
	if err := pool.Get(&n, `select count(*) from marks`); err != nil || n != 1 {
		t.Errorf("%d rows, %v; want the one that was committed", n, err)
	}
	if open := pool.Stats().InUse; open != 0 {
		t.Errorf("%d connections are still in a transaction", open)
	}
}

func TestInSnapshotSeesOneMoment(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	err := db.InSnapshot(t.Context(), pool, func(tx *sqlx.Tx) error {
		for want := range 2 {
			var n int
			if err := tx.GetContext(t.Context(), &n, `select count(*) from brands`); err != nil || n != 0 {
				t.Errorf("look %d sees %d brands, %v", want, n, err)
			}
			if _, err := pool.ExecContext(t.Context(), `insert into brands (name) values ('later')`); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestTranslate(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	statement := func(text string) error {
		return db.InTx(t.Context(), pool, func(tx *sqlx.Tx) error {
			_, err := tx.ExecContext(t.Context(), text)
			return err
		})
	}
	enter := func(state string) string {
		return `do $$ begin raise exception 'no' using errcode = '` + state + `'; end $$`
	}
	tests := []struct {
		name string
		err  error
		want fault.Code
	}{
		{"deadlock", statement(enter("40P01")), fault.Conflict},
		{"a lock that is not free", statement(enter("55P03")), fault.Conflict},
		{
			"a statement that takes too long", statement(`set local statement_timeout = 10; select pg_sleep(5)`),
			fault.Unavailable,
		},
		{"a request that takes too long", fmt.Errorf("begin: %w", context.DeadlineExceeded), fault.Unavailable},
		{"an abandoned request", context.Canceled, ""},
		{"no memory", statement(enter("53200")), fault.Unavailable},
		{"a mistake of ours", statement(`select nothing`), ""},
		{
			"a constraint of its own", statement(`insert into brands (external_id, name) values ('a', ''), ('a', '')`),
			fault.Conflict,
		},
		{"an unlisted constraint", statement(`insert into brands (name, primary_color) values ('', 'red')`), ""},
		{"not from the database", errors.New("other"), ""},
		{"already a fault", fault.New(fault.Blocked, "no"), fault.Blocked},
	}
	for _, tt := range tests {
		got := db.Translate(tt.err)
		if got == nil || fault.CodeOf(got) != tt.want {
			t.Errorf("%s: got %v with code %q, want %q", tt.name, got, fault.CodeOf(got), tt.want)
		}
	}
	if db.Translate(nil) != nil {
		t.Error("no error became one")
	}
}

func TestNotFound(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	var name string
	err := pool.Get(&name, `select name from brands`)
	if err := db.NotFound(err, "There is no brand %d.", 7); !fault.Is(err, fault.NotFound) ||
		err.Error() != "There is no brand 7." {
		t.Errorf("got %v", err)
	}
	other := errors.New("other")
	if got := db.NotFound(other, "no"); !errors.Is(got, other) || fault.CodeOf(got) != "" ||
		db.NotFound(nil, "no") != nil {
		t.Error("another error became not found")
	}
}

func TestIsUnique(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	insert := `insert into brands (external_id, name) values ('a', '')`
	if _, err := pool.Exec(insert); err != nil {
		t.Fatal(err)
	}
	_, err := pool.Exec(insert)
	if !db.IsUnique(err, "brands_external_id_key") || db.IsUnique(err, "brands_pkey") || db.IsUnique(nil, "") {
		t.Errorf("got %v", err)
	}
}

func TestMigrateAtTheSameTime(t *testing.T) {
	t.Parallel()
	address := testdb.EmptyURL(t)
	if err := db.Ready(t.Context(), open(t, address)); err == nil {
		t.Error("an empty database is ready")
	}
	done := make(chan error)
	for range 3 {
		pool := open(t, address)
		go func() { done <- db.Migrate(t.Context(), pool) }()
	}
	for range 3 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	pool := open(t, address)
	if err := db.Ready(t.Context(), pool); err != nil {
		t.Error(err)
	}
	statuses, err := db.Status(t.Context(), pool)
	if err != nil || len(statuses) == 0 {
		t.Fatalf("%v, %v", statuses, err)
	}
	for _, s := range statuses {
		if s.AppliedAt.IsZero() || !strings.HasSuffix(s.Name, ".sql") {
			t.Errorf("%+v is not applied", s)
		}
	}
}

func TestMigrateRefusesANewerSchema(t *testing.T) {
	t.Parallel()
	pool := testdb.NewOwned(t)
	if _, err := pool.Exec(`insert into goose_db_version (version_id, is_applied) values (9999, true)`); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"migrate": db.Migrate(t.Context(), pool),
		"ready":   db.Ready(t.Context(), pool),
	} {
		if err == nil || !strings.Contains(err.Error(), "version 9999") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestMigrateStopsWithItsContext(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	err := db.InTx(t.Context(), pool, func(tx *sqlx.Tx) error {
		if _, err := tx.Exec(`select pg_advisory_xact_lock(4843669001)`); err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if err := db.Migrate(ctx, pool); err == nil {
			t.Error("migrated in spite of the lock")
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
