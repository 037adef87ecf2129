package exchange_test

import (
	"strings"
	"testing"
	"time"

	"handover/internal/exchange"
	"handover/internal/testdb"
)

// waiting waits until so many connections wait for a lock.
func (d *desk) waiting(n string) {
	d.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if value(d, d.pool, `select count(*) from pg_stat_activity where datname = current_database()
			and wait_event_type = 'Lock'`) == n {
			return
		}
	}
	d.Fatalf("there are never %s connections that wait for a lock", n)
}

func TestImportWaitsForARunningTransfer(t *testing.T) {
	d, data := newDesk(t), small(t)
	data["contacts.csv"] += "k9,c1,New,,\n"
	tx, err := d.pool.BeginTxx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(t.Context(), `select id from customers where external_id in ('c1', 'c2')
		order by id for update`); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		_, err := exchange.Import(t.Context(), d.pool, data.fs(), exchange.Options{})
		done <- err
	}()
	d.waiting("1")
	if _, err := tx.ExecContext(t.Context(), `update customers set status = 'merged', succeeded_on = '2026-02-01',
		successor_id = (select id from customers where external_id = 'c3') where external_id = 'c1'`); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if got := d.owners("contacts", "k9"); got != "c3" {
		t.Errorf("the new contact belongs to %s, want the successor c3", got)
	}
}

func TestImportsWaitForEachOther(t *testing.T) {
	t.Parallel()
	pool, data := testdb.New(t), small(t)
	done := make(chan error, 3)
	for range cap(done) {
		go func() {
			_, err := exchange.Import(t.Context(), pool, data.fs(), exchange.Options{})
			done <- err
		}()
	}
	for range cap(done) {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if got := value(t, pool, `select count(*) from customers`); got != "6" {
		t.Errorf("%s customers", got)
	}
	for name, text := range export(t, pool) {
		if strings.TrimSpace(text) != strings.TrimSpace(data[name]) {
			t.Errorf("%s is not as imported", name)
		}
	}
}
