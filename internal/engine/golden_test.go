package engine

import (
	"context"
	"database/sql"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"handover/internal/db"
	"handover/internal/engine/flow"
	"handover/internal/order"
	"handover/internal/testdb"
	"handover/internal/transfer"
)

var update = flag.Bool("update", false, "write the golden files anew")

// recorder notes every statement that goes through it, once.
type recorder struct {
	db.Querier
	texts []string
}

func (r *recorder) note(text string) {
	if !slices.Contains(r.texts, text) {
		r.texts = append(r.texts, text)
	}
}

func (r *recorder) GetContext(ctx context.Context, dest any, query string, values ...any) error {
	r.note(query)
	return r.Querier.GetContext(ctx, dest, query, values...)
}

func (r *recorder) SelectContext(ctx context.Context, dest any, query string, values ...any) error {
	r.note(query)
	return r.Querier.SelectContext(ctx, dest, query, values...)
}

func (r *recorder) ExecContext(ctx context.Context, query string, values ...any) (sql.Result, error) {
	r.note(query)
	return r.Querier.ExecContext(ctx, query, values...)
}

// TestGoldenSQL keeps the full SQL of each flow where a reviewer can read it.
func TestGoldenSQL(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		file string
		ask  func(d *desk, sub testdb.Subscription) transfer.Request
	}{
		{"distributor.sql", func(d *desk, _ testdb.Subscription) transfer.Request {
			ask := d.toThames()
			ask.Mode, ask.NotifyCustomer = transfer.ModeEverything, true
			return ask
		}},
		{"subscriptions.sql", func(d *desk, sub testdb.Subscription) transfer.Request {
			return d.give(d.peer(), "2026-01-01", sub)
		}},
		{"merge.sql", func(d *desk, _ testdb.Subscription) transfer.Request { return d.into(d.peer(), "2026-01-01") }},
		{"merge_full_history.sql", func(d *desk, _ testdb.Subscription) transfer.Request {
			return d.into(d.peer(), "")
		}},
	} {
		t.Run(c.file, func(t *testing.T) {
			d := newDesk(t)
			golden(t, c.file, sqlText(d.statements(c.ask(d, d.everything()))))
		})
	}
}

// statements returns the text of everything that a transfer says to the database.
func (d *desk) statements(ask transfer.Request) []string {
	d.t.Helper()
	draft, err := d.engine.OpenDraft(d.t.Context(), d.actor, ask.Kind, ask.SourceCustomer)
	if err != nil {
		d.t.Fatal(err)
	}
	o := order.Order{SourceID: d.customer.ID, Request: ask}
	var rec *recorder
	err = db.InTx(d.t.Context(), d.db, func(tx *sqlx.Tx) error {
		rec = &recorder{Querier: tx}
		if err := order.LockAccounts(d.t.Context(), rec, o.Accounts()...); err != nil {
			return err
		}
		if err := order.LockBooks(d.t.Context(), rec, ask, d.Provider.ID); err != nil {
			return err
		}
		s, err := d.engine.load(d.t.Context(), rec, ask, draft.ID)
		if err != nil {
			return err
		}
		p, err := preview(d.t.Context(), rec, s, true)
		if err != nil {
			return err
		}
		return run(d.t.Context(), rec, flow.New(s, d.actor, &order.Lease{}), p)
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return rec.texts
}

// everything gives the customer a record of every kind, so that every step has work.
func (d *desk) everything() testdb.Subscription {
	d.t.Helper()
	s := d.subscribe(testdb.Subscription{Quantity: "2", PriceFrozen: true, Promo: "Spring"})
	ended := d.subscribe(testdb.Subscription{Status: "terminated", End: "2025-12-31"})
	d.subscribe(testdb.Subscription{Parent: ended.ID})
	d.Charge(testdb.Charge{Subscription: s.ID, Amount: "10.05"})
	d.Usage(testdb.Usage{Subscription: s.ID, Amount: "1.25"})
	d.BillingSchedule(testdb.BillingSchedule{Subscription: s.ID, Amount: "80.00"})
	d.RevenueSchedule(testdb.RevenueSchedule{Subscription: s.ID, Amount: "3.33"})
	i := d.open("INV-1", "100.00", "2026-02-01")
	d.Payment(testdb.Payment{
		Customer: d.customer.ID, Amount: "40.00",
		Allocations: []testdb.Allocation{{Invoice: i.ID, Amount: "30.00"}},
	})
	d.CreditMemo(testdb.Memo{Customer: d.customer.ID, Amount: "5.00"})
	d.DebitMemo(testdb.Memo{Customer: d.customer.ID, Amount: "7.00"})
	d.Entry(testdb.Entry{Customer: d.customer.ID})
	d.Contact(testdb.Contact{Customer: d.customer.ID})
	d.ServiceUser(testdb.ServiceUser{
		Customer: d.customer.ID, AccountWide: true,
		Subscriptions: []int64{s.ID, ended.ID},
	})
	d.PaymentMethod(testdb.PaymentMethod{Customer: d.customer.ID, MerchantAccount: d.thames.MerchantAccount})
	root := d.Terms(testdb.Terms{Title: "Pro terms"})
	d.Terms(testdb.Terms{Title: "Pro terms", Distributor: d.thames.ID, DerivedFrom: root.ID})
	d.Acceptance(testdb.Acceptance{Customer: d.customer.ID, Terms: root.ID})
	d.Exec(`update customers set crm_id = 'CRM-1' where id = $1`, d.customer.ID)
	return s
}

var indent = regexp.MustCompile(`\n\t+`)

// sqlText writes the statements one after the other, without Go's indentation.
func sqlText(texts []string) string {
	var b strings.Builder
	for _, text := range texts {
		b.WriteString(strings.TrimSpace(indent.ReplaceAllString(text, "\n")))
		b.WriteString(";\n\n")
	}
	return b.String()
}

// golden compares with a file of testdata, or writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil { //nolint:gosec // a file of the source tree
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (go test ./internal/engine -run Golden -update writes it): want -, got +:\n%s", path, diff)
	}
}
