package db_test

import (
	"context"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

	"handover/internal/db"
	"handover/internal/testdb"
)

// A request's queries run in its scope or are refused. The scope ends with the
// transaction, so that a pooler may give the connection to any other client.
func TestQueriesOutsideTheScopedTransactionAreRefused(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	w := testdb.NewWorld(t, pool)
	reseller := w.Distributor(testdb.Distributor{Name: "Nordlys Partner"})
	below := w.Distributor(testdb.Distributor{Name: "Morava IT", Parent: reseller.ID})
	w.Distributor(testdb.Distributor{Name: "Thames Cloud"})
	pool.SetMaxOpenConns(1)
	const names = `select coalesce(string_agg(name, ', ' order by id), '') from distributors`
	ctx := db.WithScope(t.Context(), db.Scope{Distributor: reseller.ID})
	var got string
	for name, err := range map[string]error{
		"get":    pool.GetContext(ctx, &got, names),
		"select": pool.SelectContext(ctx, &[]string{}, names),
		"exec":   func() error { _, err := pool.ExecContext(ctx, names); return err }(),
	} {
		if err == nil || !strings.Contains(err.Error(), "in the request's scope") {
			t.Errorf("%s outside a transaction: %v", name, err)
		}
	}
	if _, err := pool.PreparexContext(ctx, names); err == nil { //nolint:sqlclosecheck // there is none to close
		t.Error("a statement was prepared outside a transaction")
	}
	look := func(ctx context.Context, want string) {
		t.Helper()
		for name, in := range map[string]func(context.Context, *sqlx.DB, func(*sqlx.Tx) error) error{
			"InTx":       db.InTx,
			"InSnapshot": db.InSnapshot,
		} {
			err := in(ctx, pool, func(tx *sqlx.Tx) error { return tx.GetContext(ctx, &got, names) })
			if err != nil || got != want {
				t.Errorf("%s sees %q, %v; want %q", name, got, err, want)
			}
		}
		reader := db.NewReader(pool)
		defer reader.Release()
		if err := reader.GetContext(ctx, &got, names); err != nil || got != want {
			t.Errorf("a reader sees %q, %v; want %q", got, err, want)
		}
	}
	everybody := "Aurora Cloud, Nordlys Partner, Morava IT, Thames Cloud"
	look(ctx, "Nordlys Partner, Morava IT")
	look(t.Context(), everybody)
	look(db.WithScope(ctx, db.Scope{Distributor: below.ID}), "Morava IT")
	look(db.WithScope(ctx, db.Scope{}), "")
	look(db.WithScope(ctx, db.Scope{Distributor: w.Provider.ID, Everything: true}), everybody)
	look(db.WithoutScope(ctx), everybody)
	err := db.InTx(t.Context(), pool, func(tx *sqlx.Tx) error { return tx.GetContext(ctx, &got, names) })
	if err == nil {
		t.Error("a scoped query ran in the owner's transaction")
	}
	err = db.InTx(ctx, pool, func(tx *sqlx.Tx) error {
		return tx.GetContext(db.WithScope(ctx, db.Scope{Distributor: below.ID}), &got, names)
	})
	if err == nil {
		t.Error("a query ran in another request's scope")
	}
	var role, scope string
	if err := pool.QueryRow(
		`select current_setting('role'), coalesce(current_setting('handover.scope', true), '')`).Scan(&role,
		&scope); err != nil || role != "handover_service" || scope != "" {
		t.Errorf("afterwards the connection acts as %q with scope %q, %v", role, scope, err)
	}
}
