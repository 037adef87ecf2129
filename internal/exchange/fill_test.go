package exchange_test

import (
	"io/fs"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

	"handover/internal/exchange"
	"handover/internal/fault"
	"handover/internal/testdb"
)

// inBatches returns each set of files as a batch.
func inBatches(sets ...data) iter.Seq2[fs.FS, error] {
	return func(yield func(fs.FS, error) bool) {
		for _, d := range sets {
			if !yield(d.fs(), nil) {
				return
			}
		}
	}
}

// fillable returns the data without the one file that corrects others.
func fillable(t *testing.T) data {
	d := small(t).with("")
	delete(d, "document_buyers.csv")
	return d
}

// tables returns every row of every table that holds data, as text in the order of ids.
func tables(t *testing.T, pool *sqlx.DB) data {
	t.Helper()
	var names []string
	err := pool.SelectContext(t.Context(), &names, `select c.relname from pg_class c
		join pg_namespace n on n.oid = c.relnamespace
		where n.nspname = 'public' and c.relkind = 'r'
		  and exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'id')
		  and c.relname not in ('audit_entries', 'goose_db_version') order by 1`)
	if err != nil || len(names) < 20 {
		t.Fatalf("%d tables, %v", len(names), err)
	}
	out := data{}
	for _, name := range names {
		out[name] = value(t, pool, `select string_agg(x::text, E'\n' order by x.id) from `+name+` x`)
	}
	return out
}

func TestFillWritesWhatAnImportWrites(t *testing.T) {
	t.Parallel()
	imported, filled := testdb.New(t), testdb.New(t)
	load(t, imported, fillable(t))
	told := 0
	report, err := exchange.Fill(t.Context(), testdb.Owner(t, filled), inBatches(fillable(t)), exchange.Options{},
		func(exchange.Report) {
			told++
		})
	if err != nil || told != 1 {
		t.Fatalf("told %d times, %v, %v", told, err, report.Errors)
	}
	same(t, tables(t, filled), tables(t, imported))
	unchanged(t, load(t, filled, fillable(t)))

	t.Run("what comes next goes on from there", func(t *testing.T) {
		next := fillable(t).only("invoice_lines.csv")
		next["invoice_lines.csv"] = strings.SplitAfter(next["invoice_lines.csv"], "\n")[0] + "new,i4,,,,1,7.00,7.00,,\n"
		before := value(t, filled, `select trim_scale(total) from invoices where external_id = 'i4'`)
		load(t, filled, next)
		if after := value(t, filled,
			`select trim_scale(total - 7) from invoices where external_id = 'i4'`); after != before {
			t.Errorf("an invoice of %s has %s and 7 with a line more", before, after)
		}
	})
}

func TestFillInBatches(t *testing.T) {
	t.Parallel()
	const customers = "-- customers.csv --\nid,distributor_id,name,email,currency,country,address,tax_id,crm_id," +
		"bill_to_parent,parent_customer_id,status,created_on\n"
	catalog := fillable(t).only("brands.csv", "distributors.csv", "plans.csv", "plan_resources.csv", "terms.csv")
	first := catalog.with(customers + "x1,d1,X One,,EUR,,,,,false,,active,2026-01-01\n")
	second := parse(customers + "x2,d2,X Two,,JPY,,,,,false,,active,2026-01-01\n" +
		"x3,d1,X Three,,EUR,,,,,true,x4,active,2026-01-01\nx4,d1,X Four,,EUR,,,,,false,,active,2026-01-01\n")

	t.Run("later ones go on with the ids and name the catalog", func(t *testing.T) {
		t.Parallel()
		pool := testdb.New(t)
		if _, err := exchange.Fill(t.Context(), testdb.Owner(t, pool), inBatches(first, second), exchange.Options{},
			nil); err != nil {
			t.Fatal(err)
		}
		got := value(t, pool, `select string_agg(id || ' ' || external_id || ' ' || distributor_id ||
			coalesce(' under ' || parent_customer_id, ''), ', ' order by id) from customers`)
		if want := "1 x1 1, 2 x2 2, 3 x3 1 under 4, 4 x4 1"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})

	for _, c := range []struct{ name, wrong, want string }{
		{
			"a row of another batch is not found", "y,d1,Y,,EUR,,,,,true,x1,active,2026-01-01",
			`customers.csv:2: parent_customer_id: there is no customer with the id "x1"`,
		},
		{
			"an id comes once", "y,d1,Y,,EUR,,,,,true,,active,2026-01-01\ny,d1,Y,,EUR,,,,,true,,active,2026-01-01",
			`customers.csv:3: id: the id "y" is there already`,
		},
		{
			"our own numbers are not given away", "C-000009,d1,Y,,EUR,,,,,false,,active,2026-01-01",
			`customers.csv:2: id: "C-000009" has the form of our own numbers`,
		},
		{
			"a wrong value is named", "y,d1,Y,,EUR,,,,,false,,alive,2026-01-01",
			`customers.csv:2: status: "alive" is not allowed here`,
		},
	} {
		t.Run(c.name+", and nothing is kept", func(t *testing.T) {
			t.Parallel()
			pool := testdb.New(t)
			report, err := exchange.Fill(t.Context(), testdb.Owner(t, pool),
				inBatches(first, parse(customers+c.wrong+"\n")),
				exchange.Options{}, nil)
			if err == nil || len(report.Errors) == 0 || !strings.Contains(report.Errors[0].String(), c.want) {
				t.Errorf("got %v and %v, want %s", err, report.Errors, c.want)
			}
			if n := value(t, pool,
				`select (select count(*) from customers) + (select count(*) from brands)`); n != "0" {
				t.Errorf("%s rows were kept", n)
			}
		})
	}
}

func TestFillNeedsAnEmptyDatabase(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	load(t, pool, fillable(t))
	before := tables(t, pool)
	if _, err := exchange.Fill(t.Context(), testdb.Owner(t, pool), inBatches(fillable(t)), exchange.Options{},
		nil); !fault.Is(err,
		fault.Conflict) {
		t.Errorf("got %v", err)
	}
	same(t, tables(t, pool), before)
	for _, table := range []string{
		"invoice_lines", "payment_allocations", "credit_allocations", "refunds",
		"journal_lines",
	} {
		if n := value(t, pool, `select count(*) from pg_trigger where tgrelid = $1::regclass and not tgisinternal
			and tgenabled <> 'O'`, table); n != "0" {
			t.Errorf("%s triggers of %s are off", n, table)
		}
	}
}

// TestFillKeepsEverySum compares the sums that a Fill brings with the triggers that keep
// them otherwise: a new one must be known here.
func TestFillKeepsEverySum(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	var got []string
	err := pool.SelectContext(t.Context(), &got, `select distinct tgrelid::regclass::text from pg_trigger
		where not tgisinternal and tgfoid = 'invoice_lines_total'::regproc order by 1`)
	if want := []string{"invoice_lines"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("sums are kept of %v, %v; Fill knows of %v", got, err, want)
	}
}
