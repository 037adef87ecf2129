package audit_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/jmoiron/sqlx"

	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/testdb"
)

// appendMany writes entries with the subjects 1 to n and seals them.
func appendMany(t *testing.T, pool *sqlx.DB, n int) {
	t.Helper()
	for i := range n {
		e := audit.Entry{
			Actor: audit.Actor{Name: "Ada"}, Action: "test", SubjectKind: "number", Subject: fmt.Sprint(i + 1),
			Before: map[string]any{"n": i, "text": "ä \"quoted\"\nline"}, After: []string{"=1+1"},
		}
		if err := audit.Append(t.Context(), pool, e); err != nil {
			t.Fatal(err)
		}
	}
	seal(t, pool)
}

func seal(t *testing.T, pool *sqlx.DB) {
	t.Helper()
	if err := audit.Seal(t.Context(), pool); err != nil {
		t.Fatal(err)
	}
}

func head(t *testing.T, pool *sqlx.DB) audit.Head {
	t.Helper()
	h, err := audit.ReadHead(t.Context(), pool)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// verify returns every failure that is named.
func verify(t *testing.T, pool *sqlx.DB, kept ...audit.Head) string {
	t.Helper()
	checks, err := audit.Verify(t.Context(), pool, kept...)
	if err != nil {
		t.Fatal(err)
	}
	var failures []string
	for _, c := range checks {
		if (c.Broken > 0) != (len(c.Failures) > 0) {
			t.Errorf("%q has %d failures and names %d", c.Name, c.Broken, len(c.Failures))
		}
		failures = append(failures, c.Failures...)
	}
	return strings.Join(failures, "; ")
}

func TestChain(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	world := testdb.NewWorld(t, pool)
	if h := head(t, pool); h.Count != 0 || h.SealedAt != nil || verify(t, pool) != "" {
		t.Errorf("an empty log has the head %s, %s", h, verify(t, pool))
	}
	appendMany(t, pool, 2500) // more than are sealed at a time
	first := head(t, pool)
	if first.Count != 2500 || first.SealedAt == nil {
		t.Fatalf("the head is %s, want 2500 entries", first)
	}
	appendMany(t, pool, 1)
	if got := verify(t, pool, first, head(t, pool)); got != "" {
		t.Errorf("an untouched chain: %s", got)
	}
	if got := world.Text(`select count(*) from audit_unsealed`); got != "0" {
		t.Errorf("%s entries still wait", got)
	}
	back, err := audit.ParseHead(first.String() + "\n")
	if err != nil || back.String() != first.String() {
		t.Errorf("read %s back as %s, %v", first, back, err)
	}
	for _, text := range []string{
		"", "5", "5:abc", "x:" + strings.Repeat("0", 64), "-1:" + strings.Repeat("0", 64),
		strings.Repeat("0", 64),
	} {
		if _, err := audit.ParseHead(text); err == nil {
			t.Errorf("%q is read as a head", text)
		}
	}
}

// An entry that commits late, with a lower id than sealed entries, gets the next place.
// The sealer does not wait for it.
func TestLateCommit(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	world := testdb.NewWorld(t, pool)
	late, err := pool.BeginTxx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = late.Rollback() }()
	if err := audit.Append(t.Context(), late, audit.Entry{Action: "late"}); err != nil {
		t.Fatal(err)
	}
	appendMany(t, pool, 3) // commits, and is sealed, while the other is open
	if h := head(t, pool); h.Count != 3 {
		t.Fatalf("%d entries are sealed beside an open transaction, want 3", h.Count)
	}
	if got := verify(t, pool); got != "" {
		t.Errorf("beside an open transaction: %s", got)
	}
	if err := late.Commit(); err != nil {
		t.Fatal(err)
	}
	seal(t, pool)
	if got := world.Text(`select s.position || ' ' || (e.id = (select min(id) from audit_entries))
		from audit_seals s join audit_entries e on e.id = s.entry_id where e.action = 'late'`); got != "4 true" {
		t.Errorf("the late entry is at %q, want position 4 with the lowest id", got)
	}
	if got := verify(t, pool); got != "" {
		t.Errorf("after it: %s", got)
	}
}

// An append commits while a sealer is in the middle of its work, and a sealer that
// died left nothing behind.
func TestSealerBlocksNobody(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	appendMany(t, pool, 2)
	sealer, err := pool.BeginTxx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sealer.Rollback() }()
	if _, err := sealer.ExecContext(t.Context(), `select 1 from audit_head for update`); err != nil {
		t.Fatal(err)
	}
	err = db.InTx(t.Context(), pool, func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(t.Context(), `set local lock_timeout = '2s'`); err != nil {
			return err
		}
		if _, err := audit.ReadHead(t.Context(), tx); err != nil { // as an execution does
			return err
		}
		return audit.Append(t.Context(), tx, audit.Entry{Action: "meanwhile"})
	})
	if err != nil {
		t.Errorf("an append waits for the sealer: %v", err)
	}
	if _, err := sealer.ExecContext(t.Context(), `delete from audit_unsealed`); err != nil {
		t.Fatal(err)
	}
	if err := sealer.Rollback(); err != nil { // it dies
		t.Fatal(err)
	}
	if got := verify(t, pool); got != "" || head(t, pool).Count != 3 {
		t.Errorf("after a sealer died: %s, head %s", got, head(t, pool))
	}
}

func TestManyAppendsAndSealers(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	world := testdb.NewWorld(t, pool)
	const writers, each = 6, 60
	var writing, sealing sync.WaitGroup
	done := make(chan struct{})
	for range 2 {
		sealing.Go(func() {
			for {
				if err := audit.Seal(t.Context(), pool); err != nil {
					t.Error(err)
					return
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	for w := range writers {
		writing.Go(func() {
			for i := range each {
				err := db.InTx(t.Context(), pool, func(tx *sqlx.Tx) error {
					for range 2 { // several per transaction, some of which roll back
						if err := audit.Append(t.Context(), tx,
							audit.Entry{Action: "many", Subject: fmt.Sprint(w, i)}); err != nil {
							return err
						}
					}
					if i%10 == 9 {
						return errRolledBack
					}
					return nil
				})
				if err != nil && i%10 != 9 {
					t.Error(err)
				}
			}
		})
	}
	writing.Wait()
	close(done)
	sealing.Wait()
	if got := verify(t, pool); got != "" {
		t.Error(got)
	}
	want := fmt.Sprint(writers * each * 2 * 9 / 10)
	if got := world.Text(`select count(*) || ' ' || count(distinct s.entry_id) || ' ' || max(s.position) || ' ' ||
		(select count from audit_head)
		from audit_entries e join audit_seals s
		     on s.entry_id = e.id`); got != strings.Join([]string{want, want, want, want}, " ") {
		t.Errorf("entries, places, last position and head are %s, want %s each", got, want)
	}
}

var errRolledBack = fmt.Errorf("rolled back on purpose")
