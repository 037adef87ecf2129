package exchange_test

import (
	"archive/zip"
	"bytes"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

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
		`select sum(total) from invoices`:                                                                          "106346041.00",
		`select sum(amount) from payment_allocations`:                                                              "84080212.00",
		`select sum(amount) from revenue_schedules`:                                                                "106346041.00",
		`select sum(amount) from refunds`:                                                                          "6602.06",
		`select sum(balance) from customer_balances`:                                                               "22263778.81",
		`select count(*) from invoices where status <> 'draft' and buyer_name = ''`:                                "0",
		`select count(*) from subscriptions where external_id ~ '^S-\d{6}$' <> (external_id = number_of('S', id))`: "0",
	} {
		if got := value(t, pool, query); got != sum {
			t.Errorf("%s: %s, want %s", query, got, sum)
		}
	}
	again, err := exchange.Import(t.Context(), pool, archive, exchange.Options{})
	if err != nil {
		t.Fatal(err)
	}
	unchanged(t, again)
	exported := export(t, pool)
	for name := range exported {
		if want[name] == "" {
			want[name] = exported[name][:strings.Index(exported[name], "\n")+1] // only a header
		}
	}
	same(t, exported, want)
	other := testdb.New(t)
	load(t, other, exported)
	same(t, export(t, other), exported)
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
