package situation

import (
	"testing"

	"github.com/jmoiron/sqlx"

	"handover/internal/db"
	"handover/internal/testdb"
)

// A preview says how it wants to be planned, and no longer than its transaction lasts.
func TestAccountsArePlannedByTheirSize(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	pool.SetMaxOpenConns(1)
	w := testdb.NewWorld(t, pool)
	invoices := func(customer int64, n int) {
		w.Exec(`insert into invoices (number, customer_id, issued_on, due_on, currency, status, buyer_name)
			select 'INV-' || n, $1, '2026-01-01', '2026-02-01', 'EUR', 'open', 'Fjord AS'
			from generate_series(1, $2::int) n`, customer, n)
	}
	small, usual, large := w.Customer(testdb.Customer{}), w.Customer(testdb.Customer{}), w.Customer(testdb.Customer{})
	invoices(small.ID, 3)
	invoices(usual.ID, 700)
	mode := func(source, target int64, want string) {
		t.Helper()
		var got string
		err := db.InSnapshot(t.Context(), pool, func(tx *sqlx.Tx) error {
			s := Situation{Source: Account{ID: source}, Target: Account{ID: target}}
			if err := s.Plan(t.Context(), tx); err != nil {
				return err
			}
			return tx.GetContext(t.Context(), &got, `select current_setting('plan_cache_mode')`)
		})
		if err != nil || got != want {
			t.Errorf("accounts %d and %d are planned by %q, %v; want %q", source, target, got, err, want)
		}
	}
	w.ExecOwner(`analyze`)
	mode(small.ID, usual.ID, "auto") // the average account has 234 invoices
	for range 50 {
		w.Customer(testdb.Customer{})
	}
	w.ExecOwner(`analyze`)
	mode(small.ID, usual.ID, "force_generic_plan")
	invoices(large.ID, largeAccount+1)
	w.ExecOwner(`analyze`)
	mode(small.ID, large.ID, "force_custom_plan")
	mode(large.ID, 0, "force_custom_plan")
	var after string
	if err := pool.GetContext(t.Context(), &after, `select current_setting('plan_cache_mode')`); err != nil ||
		after != "auto" {
		t.Errorf("after the transactions statements are planned by %q, %v", after, err)
	}
}
