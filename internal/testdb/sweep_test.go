package testdb

import (
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/jmoiron/sqlx"

	"handover/internal/db"
)

// TestSweep leaves alone what another process works with: here it has other
// migrations, so another template.
func TestSweep(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	other := &server{address: s.address, admin: s.admin, template: fmt.Sprintf("template_of_%d", os.Getpid())}
	if err := other.holdTemplate(ctx); err != nil {
		t.Fatal(err)
	}
	abandoned := fmt.Sprintf("test_%d_1", 10_000_000+os.Getpid()) // above every process id
	for _, name := range []string{other.template, abandoned} {
		if err := s.create(ctx, name, "template1"); err != nil {
			t.Fatal(err)
		}
	}
	sweep := func() (left []string) {
		t.Helper()
		err := db.InTx(ctx, s.admin, func(tx *sqlx.Tx) error {
			if _, err := tx.ExecContext(ctx, templateLock); err != nil {
				return err
			}
			return s.sweep(ctx, tx)
		})
		if err != nil {
			t.Fatal(err)
		}
		err = s.admin.SelectContext(ctx, &left, `
			select datname from pg_database where datname in ($1, $2, $3)
			order by datname`, other.template, s.template, abandoned)
		if err != nil {
			t.Fatal(err)
		}
		return left
	}
	if left := sweep(); !slices.Contains(left, s.template) || !slices.Contains(left, other.template) || len(left) != 2 {
		t.Errorf("left are %v, want the two templates in use", left)
	}
	if _, err := other.held.ExecContext(ctx, `select pg_advisory_unlock_all()`); err != nil {
		t.Fatal(err)
	}
	if left := sweep(); !slices.Equal(left, []string{s.template}) {
		t.Errorf("left are %v, want the one template in use", left)
	}
	if err := other.held.Close(); err != nil {
		t.Fatal(err)
	}
}
