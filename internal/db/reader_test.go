package db_test

import (
	"testing"

	"github.com/jmoiron/sqlx"

	"handover/internal/db"
	"handover/internal/testdb"
)

// A reader holds one connection, none after a failure or once something is written, and
// writes nothing itself.
func TestReader(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	testdb.NewWorld(t, pool)
	pool.SetMaxOpenConns(1)
	reader := db.NewReader(pool)
	ctx := reader.Beside(db.WithScope(t.Context(), db.Scope{Everything: true}))
	var n int
	count := func() {
		t.Helper()
		if err := reader.GetContext(ctx, &n, `select count(*) from brands`); err != nil || n != 1 {
			t.Errorf("counted %d, %v", n, err)
		}
	}
	if pool.Stats().InUse != 0 {
		t.Error("it took a connection before it was asked")
	}
	count()
	if err := reader.GetContext(ctx, &n, `select id from brands where id = 0`); err == nil || pool.Stats().InUse != 1 {
		t.Errorf("no row: %v, and it holds %d connections, want 1", err, pool.Stats().InUse)
	}
	if err := reader.SelectContext(ctx, &[]int{}, `select nothing`); err == nil || pool.Stats().InUse != 0 {
		t.Errorf("a mistake: %v, and it holds %d connections, want 0", err, pool.Stats().InUse)
	}
	count()
	if _, err := reader.ExecContext(ctx, `update financial_periods set status = status`); err == nil {
		t.Error("it writes")
	}
	rows, err := reader.QueryxContext(ctx, `select id from brands`) //nolint:rowserrcheck // StructScan checks it
	if err != nil {
		t.Fatal(err)
	}
	if err := sqlx.StructScan(rows, &[]struct{ ID int64 }{}); err != nil { // closes them
		t.Error(err)
	}
	err = db.InTx(ctx, pool, func(tx *sqlx.Tx) error { // waits for ever if the reader keeps the only connection
		_, err := tx.ExecContext(ctx, `update financial_periods set status = status`)
		return err
	})
	if err != nil {
		t.Error(err)
	}
	count()
	reader.Release()
	reader.Release()
	if pool.Stats().InUse != 0 {
		t.Error("it was released and holds a connection")
	}
}
