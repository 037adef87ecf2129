package engine

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/lib/pq"

	"handover/internal/record"
	"handover/internal/testdb"
	"handover/internal/transfer"
)

// excused are tables that refer to an account or a record and are no part of a transfer,
// each with the reason.
var excused = map[string]string{
	"reconciliation_items":    "say what a comparison of books and records found",
	"placed_orders":           "stay with the account that placed them",
	"transfer_orders":         "say what happened; they name both accounts and never move",
	"open_transfers":          "hold an account while an order is under way",
	"transfer_ledger":         "says what happened",
	"transfer_reconciliation": "says what happened",
	"transfer_differences":    "say what happened",
	"transfer_books":          "say what happened",
	"transfer_events":         "say what happened",
	"webhook_deliveries":      "say what happened, to programs",
}

// TestEveryOwnedTableIsDeclared finds every table that refers to an account or to a record
// that moves. A forgotten reference causes nearly every data loss in such systems.
func TestEveryOwnedTableIsDeclared(t *testing.T) {
	t.Parallel()
	pool := testdb.Lend(t)
	declared, roots := map[string]bool{}, []string{"customers"}
	for _, k := range record.Kinds {
		declared[k.Table] = true
		roots = append(roots, k.Table)
	}
	for _, c := range record.CarriedTables {
		declared[c.Table] = true
		roots = append(roots, c.Table)
	}
	var tables []string
	err := pool.Select(&tables, `
		select c.conrelid::regclass::text from pg_constraint c
		where c.contype = 'f' and c.confrelid::regclass::text = any($1)
		  and c.confrelid::regclass::text not in ('plans', 'plan_resources')
		union
		select table_name::text from information_schema.columns
		where table_schema = 'public' and column_name ~ '(^|_)(customer|subscription|invoice|payment|memo)_id$'
		  and table_name in (select tablename from pg_tables where schemaname = 'public')
		order by 1`, pq.Array(roots))
	if err != nil {
		t.Fatal(err)
	}
	if len(tables) < len(record.Kinds) {
		t.Fatalf("only found %v", tables)
	}
	for _, table := range tables {
		if !declared[table] && excused[table] == "" {
			t.Errorf("table %s refers to an account or a record that moves: declare it in Kinds or "+
				"CarriedTables, or excuse it here with a reason", table)
		}
	}
}

// TestKindsAreReadable: each kind's view has the columns that every stage reads, and a
// root's table carries the owner.
func TestKindsAreReadable(t *testing.T) {
	t.Parallel()
	pool := testdb.Lend(t)
	for _, k := range record.Kinds {
		if _, err := pool.Exec(`select id, number, customer_id, on_date, amount, currency from ` + k.View +
			` limit 0`); err != nil {
			t.Errorf("%s: %v", k.Name, err)
		}
		if k.Root {
			if _, err := pool.Exec(`select id, customer_id from ` + k.Table + ` limit 0`); err != nil {
				t.Errorf("%s: %v", k.Name, err)
			}
		}
		if k.ScopeColumn != "" {
			if _, err := pool.Exec(`select ` + k.ScopeColumn + ` from ` + k.Table + ` limit 0`); err != nil {
				t.Errorf("%s: %v", k.Name, err)
			}
		}
	}
}

// TestKindsThatNameASubscriptionGoOn: what names a subscription that is cut is decided for every
// kind, or it would stay with the part that ended.
func TestKindsThatNameASubscriptionGoOn(t *testing.T) {
	t.Parallel()
	pool := testdb.Lend(t)
	var naming []string
	err := pool.Select(&naming, `select table_name::text from information_schema.columns where table_schema = 'public'
		and column_name = 'subscription_id'`)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range record.Kinds {
		if decided := k.Continued != nil || k.Carrier != nil; decided != slices.Contains(naming, k.Table) {
			t.Errorf("%s: that it goes on with a continuation is %t; it names a subscription: %t", k.Name,
				decided, !decided)
		}
	}
}

// TestEveryColumnOfAnAccountIsDecided: a column without a row would be lost when a distributor
// transfer opens an account.
func TestEveryColumnOfAnAccountIsDecided(t *testing.T) {
	t.Parallel()
	pool := testdb.Lend(t)
	var columns, declared []string
	err := pool.Select(&columns, `select column_name::text from information_schema.columns
		where table_schema = 'public' and table_name = 'customers' and is_generated = 'NEVER' order by 1`)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range transfer.AccountColumns {
		declared = append(declared, c.Name)
	}
	slices.Sort(declared)
	if diff := cmp.Diff(declared, columns); diff != "" {
		t.Errorf("transfer.AccountColumns and the table differ (-declared +table):\n%s", diff)
	}
}

// TestEveryWrittenKindIsVerified: what a transfer wrote is compared with its ledger.
func TestEveryWrittenKindIsVerified(t *testing.T) {
	t.Parallel()
	for _, k := range record.Kinds {
		if k.Written && !slices.Contains(writtenKinds(), k.Name) {
			t.Errorf("%s: verify does not compare what transfers wrote", k.Name)
		}
	}
}
