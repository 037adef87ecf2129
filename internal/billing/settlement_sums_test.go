package billing_test

import (
	"testing"

	"handover/internal/testdb"
)

// Of two transactions that settle one invoice, the later one sees what the earlier one wrote.
func TestSettlementOfTwoAtOnce(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	w := testdb.NewWorld(t, pool)
	i := w.Invoice(testdb.Invoice{Amount: "100.00", Status: "paid"})
	first := w.Payment(testdb.Payment{
		Customer: i.Customer, Amount: "100.00",
		Allocations: []testdb.Allocation{{Invoice: i.ID}},
	})
	second := w.Payment(testdb.Payment{Customer: i.Customer, Amount: "100.00"})
	tx, err := pool.BeginTxx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(t.Context(), `update payments set status = 'failed' where id = $1`,
		first.ID); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		_, err := pool.ExecContext(t.Context(), `insert into payment_allocations (payment_id, invoice_id, amount)
			values ($1, $2, 60)`, second.ID, i.ID)
		done <- err
	}()
	for w.Text(
		`select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`) ==
		"0" {
		select {
		case err := <-done:
			t.Fatalf("the second did not wait: %v", err)
		default:
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if got := w.Text(`select status || ' ' || settled from invoices where id = $1`, i.ID); got != "open 60" {
		t.Errorf("the invoice is %s", got)
	}
}
