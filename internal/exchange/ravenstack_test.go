package exchange_test

import (
	"archive/zip"
	"bytes"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/audit"
	"handover/internal/exchange"
	"handover/internal/testdb"
)

// ravenStack returns the data set as text: the lines after the header sorted, as an
// export has them.
func ravenStack(t *testing.T) (archive fs.FS, want data) {
	t.Helper()
	zipped, err := zip.OpenReader("../../testdata/ravenstack.zip")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = zipped.Close() })
	want = data{}
	for _, f := range zipped.File {
		text, err := fs.ReadFile(zipped, f.Name)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(strings.ReplaceAll(string(text), "\r", "")), "\n")
		slices.Sort(lines[1:])
		want[f.Name] = strings.Join(lines, "\n") + "\n"
	}
	return zipped, want
}

func TestRavenStack(t *testing.T) {
	t.Parallel()
	archive, want := ravenStack(t)
	pool := testdb.New(t)
	start := time.Now()
	report, err := exchange.Import(t.Context(), pool, archive, exchange.Options{})
	if err != nil {
		t.Fatal(err, report.Errors)
	}
	t.Logf("imported in %s", time.Since(start))
	for _, f := range report.Files {
		if rows := strings.Count(want[f.File], "\n") - 1; f.Read != rows || f.Added != rows {
			t.Errorf("%s: %d read and %d added, the file has %d", f.File, f.Read, f.Added, rows)
		}
	}
	for query, sum := range map[string]string{
		`select sum(total) from invoices`:                                           "106346041.00",
		`select sum(amount) from payment_allocations`:                               "84080212.00",
		`select sum(amount) from revenue_schedules`:                                 "106346041.00",
		`select sum(amount) from refunds`:                                           "6602.06",
		`select sum(balance) from customer_balances`:                                "22263778.81",
		`select count(*) from invoices where status <> 'draft' and buyer_name = ''`: "0",
		`select count(*) from subscriptions
			where external_id ~ '^S-\d{6}$' <> (external_id = number_of('S', id))`: "0",
	} {
		if got := value(t, pool, query); got != sum {
			t.Errorf("%s: %s, want %s", query, got, sum)
		}
	}
	sameBooks(t, pool, "deferred_revenue 42404452.00 42404452.00, receivable 22263778.81 22263778.81")
	if differ := value(t, pool, `select count(*) from book_differences where difference <> 0`); differ != "0" {
		t.Errorf("the books of %s accounts differ", differ)
	}
}

func TestArchiveIsTheSameEachTime(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	load(t, pool, small(t))
	var first, second bytes.Buffer
	for _, to := range []*bytes.Buffer{&first, &second} {
		if err := exchange.Export(t.Context(), pool, exchange.NewZip(to), audit.Actor{}); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("two exports of the same data differ")
	}
	archive, err := zip.NewReader(bytes.NewReader(first.Bytes()), int64(first.Len()))
	if err != nil {
		t.Fatal(err)
	}
	report, err := exchange.Import(t.Context(), pool, archive, exchange.Options{})
	if err != nil {
		t.Fatal(err)
	}
	unchanged(t, report)
}

// sameBooks compares what the ledger and the documents of all accounts, and of all distributors, sum up to.
func sameBooks(t *testing.T, pool *sqlx.DB, want string) {
	t.Helper()
	for _, view := range []string{"book_differences", "distributor_differences"} {
		got := value(t, pool, `select string_agg(concat_ws(' ', role, ledger, sub_ledger), ', ' order by role)
			from (select role, sum(ledger) as ledger, sum(sub_ledger) as sub_ledger from `+view+` group by role) d`)
		if got != want {
			t.Errorf("%s: %s, want %s", view, got, want)
		}
	}
}

// without leaves lines of a file out.
func without(text string, out func(line string) bool) string {
	head, rest, _ := strings.Cut(text, "\n")
	var b strings.Builder
	b.WriteString(head + "\n")
	for line := range strings.Lines(rest) {
		if !out(strings.TrimSpace(line)) {
			b.WriteString(line)
		}
	}
	return b.String()
}
