package billing_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"handover/internal/billing"
	"handover/internal/testdb"
)

// between is an entry's lines from the credited to the debited account.
func between(debit, credit, amount string) []testdb.EntryLine {
	return []testdb.EntryLine{{Account: debit, Debit: amount}, {Account: credit, Credit: amount}}
}

func TestChartPostsToTheAccountUsedMost(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	w := testdb.NewWorld(t, pool)
	c := w.Customer(testdb.Customer{})
	chart := func() billing.Chart {
		t.Helper()
		chart, err := billing.ChartOf(t.Context(), pool, w.Provider.ID)
		if err != nil {
			t.Fatal(err)
		}
		return chart
	}
	want := map[billing.Role]string{
		billing.Receivable: "1100 Accounts receivable", billing.DeferredRevenue: "2400 Deferred revenue",
		billing.Revenue:  "4000 Revenue",
		billing.Clearing: "1990 Transfer clearing", billing.DueFrom: "1985 Intercompany",
		billing.DueTo: "1985 Intercompany", billing.Cash: "1000 Cash",
	}
	for role, account := range want {
		if got := chart().Of(role); got.PostsTo != account || got.Kept {
			t.Errorf("books without an entry: %s posts to %q, kept %v; want %q, not kept", role, got.PostsTo,
				got.Kept, account)
		}
	}

	first := w.Entry(testdb.Entry{Customer: c.ID, Lines: between("1100 Debtors", "4000 Subscriptions", "10")})
	for range 2 {
		w.Entry(testdb.Entry{Customer: c.ID, Lines: between("1105 Debtors abroad", "1100", "10")})
	}
	w.Exec(`insert into chart_roles (distributor_id, role, accounts) values ($1, 'receivable', '{1100,1105}')`,
		w.Provider.ID)
	if got := chart().Of(billing.Receivable); got.PostsTo != "1100" || !got.Kept {
		t.Errorf("receivable = %+v, want the account that two entries use, first by name", got)
	}
	w.Exec(`update journal_entries set by_transfer = true where id <> $1`, first.ID)
	if got := chart().Account(billing.Receivable); got != "1100 Debtors" {
		t.Errorf("receivable posts to %q: entries of transfers count", got)
	}
	if got := chart().Account(billing.DeferredRevenue); got != "4000 Subscriptions" {
		t.Errorf("books without deferred revenue post to %q, want their revenue account", got)
	}
	w.Exec(`update chart_roles set posts_to = '1105 Debtors abroad'`)
	if got := chart().Account(billing.Receivable); got != "1105 Debtors abroad" {
		t.Errorf("receivable posts to %q, want what the chart says", got)
	}
	w.Exec(`insert into chart_roles (distributor_id, role, accounts) values ($1, 'clearing', '{1991}')`, w.Provider.ID)
	if got := chart().Account(billing.Clearing); got != "1991 Transfer clearing" {
		t.Errorf("clearing posts to %q, want an account that is checked", got)
	}
	w.Exec(`delete from journal_lines`)
	if got := chart().Of(billing.Revenue); got.Kept {
		t.Errorf("revenue = %+v, kept though no entry uses it", got)
	}
}

// difference is a row of book_differences.
type difference struct {
	Role       billing.Role `db:"role"`
	Currency   string       `db:"currency"`
	Ledger     string       `db:"ledger"`
	SubLedger  string       `db:"sub_ledger"`
	Difference string       `db:"difference"`
}

func TestBookDifferences(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	w := testdb.NewWorld(t, pool)
	c := w.Customer(testdb.Customer{})
	differences := func() []difference {
		t.Helper()
		var list []difference
		err := pool.Select(&list, `
			select role, currency, trim_scale(ledger)::text as ledger, trim_scale(sub_ledger)::text as sub_ledger,
			       trim_scale(difference)::text as difference
			from book_differences where customer_id = $1 order by role desc`, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	i := w.Invoice(testdb.Invoice{Customer: c.ID, Lines: []testdb.Line{{Amount: "120"}}})
	w.RevenueSchedule(testdb.RevenueSchedule{Line: i.Lines[0].ID, Amount: "60", Recognized: true})
	later := w.RevenueSchedule(testdb.RevenueSchedule{Line: i.Lines[0].ID, Amount: "60"})
	if got := differences(); len(got) != 0 {
		t.Errorf("books without an entry are checked: %v", got)
	}
	w.Entry(testdb.Entry{
		SourceKind: testdb.OfInvoice, Source: i.ID,
		Lines: between("1100 Debtors", "2400 Deferred", "120"),
	})
	p := w.Payment(testdb.Payment{Customer: c.ID, Amount: "50"})
	w.Entry(testdb.Entry{SourceKind: testdb.OfPayment, Source: p.ID, Lines: between("1000 Bank", "1100 Debtors", "50")})
	want := []difference{{"receivable", "EUR", "70", "70", "0"}, {"deferred_revenue", "EUR", "120", "60", "60"}}
	if diff := cmp.Diff(want, differences()); diff != "" {
		t.Errorf("differences (-want +got):\n%s", diff)
	}

	e := w.Entry(testdb.Entry{Customer: c.ID, Lines: between("2400 Deferred", "4000 Revenue", "60")})
	want[1] = difference{"deferred_revenue", "EUR", "60", "60", "0"}
	if diff := cmp.Diff(want, differences()); diff != "" {
		t.Errorf("with its recognition (-want +got):\n%s", diff)
	}
	w.Exec(`update journal_entries set customer_id = null, source_kind = 'revenue_schedule', source_id = $1
		where id = $2`, later.ID, e.ID)
	if diff := cmp.Diff(want, differences()); diff != "" {
		t.Errorf("owned through the schedule line (-want +got):\n%s", diff)
	}
	r := w.Distributor(testdb.Distributor{})
	w.Exec(`update journal_entries set distributor_id = $1 where id = $2`, r.ID, e.ID)
	want[1] = difference{"deferred_revenue", "EUR", "120", "60", "60"}
	if diff := cmp.Diff(want, differences()); diff != "" {
		t.Errorf("in the books of another distributor (-want +got):\n%s", diff)
	}
	w.Exec(`update distributors set recognition_in_sum = true`)
	if diff := cmp.Diff(want[:1], differences()); diff != "" {
		t.Errorf("recognition in sum (-want +got):\n%s", diff)
	}
}

func TestRolesAreThoseOfTheDatabase(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	for place, r := range billing.Roles() {
		var got string
		err := pool.Get(&got, `select role || ' ' || array_to_string(accounts, ',') from chart_defaults
			where place = $1`, place+1)
		if want := string(r.Role) + " " + strings.Join(r.Accounts, ","); err != nil || got != want {
			t.Errorf("role %d is %q, %v; want %q", place+1, got, err, want)
		}
	}
}
