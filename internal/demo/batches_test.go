package demo

import (
	"bytes"
	"io"
	"iter"
	"reflect"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

	"handover/internal/audit"
	"handover/internal/engine"
	"handover/internal/exchange"
	"handover/internal/testdb"
)

// some is an extent small enough for tests, with as much history as the large size.
func some(t *testing.T, customers int) extent {
	t.Helper()
	e, err := Large.extent()
	if err != nil {
		t.Fatal(err)
	}
	e.customers = customers
	return e
}

// joined puts batches together again.
func joined(worlds iter.Seq[*world]) (*world, int) {
	all, n := &world{}, 0
	for w := range worlds {
		n++
		to, from := reflect.ValueOf(all).Elem(), reflect.ValueOf(w).Elem()
		for i := range to.NumField() {
			to.Field(i).Set(reflect.AppendSlice(to.Field(i), from.Field(i)))
		}
	}
	return all, n
}

func TestBatchesTogetherAreTheSameForAnyNumber(t *testing.T) {
	t.Parallel()
	e := some(t, 900)
	whole, one := joined(batches(e, Seed, today, e.customers))
	parts, many := joined(batches(e, Seed, today, 60))
	if one != 1 || many < 10 || len(whole.Customers) != e.customers {
		t.Fatalf("%d batches and %d, of %d customers", one, many, len(whole.Customers))
	}
	for i := range reflect.TypeFor[world]().NumField() {
		var x, y bytes.Buffer
		for _, of := range []struct {
			out *bytes.Buffer
			w   *world
		}{{&x, whole}, {&y, parts}} {
			if err := writeRows(of.out, reflect.ValueOf(of.w).Elem().Field(i)); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(x.Bytes(), y.Bytes()) {
			t.Errorf("%s differ", reflect.TypeFor[world]().Field(i).Name)
		}
	}
}

func TestLargeDemoHasAbout130RecordsPerCustomer(t *testing.T) {
	t.Parallel()
	rows := 0
	w, _ := joined(batches(some(t, 2000), Seed, today, batchSize))
	each(w, func(string, reflect.Value) { rows++ })
	if n := rows / 2000; n < 110 || n > 150 {
		t.Errorf("%d records a customer", n)
	}
}

func TestThereAreNamesForAllCustomers(t *testing.T) {
	t.Parallel()
	e := some(t, 0)
	b := newBuilder(e, Seed, today, newRegister())
	b.reserveNames()
	for range 100_000 {
		b.companyName()
	}
	if n := len(b.names); n < 100_000 {
		t.Errorf("%d different names", n)
	}
}

// TestLoadingInBatches fills one database in many batches and one as everybody can, by
// an import of the files: both must hold the same, and nothing may be wrong with it.
func TestLoadingInBatches(t *testing.T) {
	t.Parallel()
	e := some(t, 250)
	filled, imported := testdb.New(t), testdb.New(t)
	told := 0
	report, err := exchange.Fill(t.Context(), testdb.Owner(t, filled), packed(batches(e, Seed, today, 30)),
		exchange.Options{},
		func(exchange.Report) {
			told++
		})
	if err != nil || told < 5 {
		t.Fatalf("%d batches, %v", told, wrong(err, report))
	}
	all, _ := joined(batches(e, Seed, today, e.customers))
	if report, err := exchange.Import(t.Context(), imported, csvFiles(t, all), exchange.Options{}); err != nil {
		t.Fatal(wrong(err, report))
	}
	got, want := exported(t, filled), exported(t, imported)
	for name := range want {
		if got[name] != want[name] {
			t.Errorf("%s differs", name)
		}
	}
	checks, err := engine.Verify(t.Context(), filled)
	if err != nil || len(checks) == 0 {
		t.Fatalf("%d checks, %v", len(checks), err)
	}
	for _, c := range checks {
		if c.Broken > 0 {
			t.Errorf("%s: %s", c.Name, strings.Join(c.Failures, "; "))
		}
	}
}

// files keeps what an export writes.
type files map[string]string

type exportedFile struct {
	bytes.Buffer
	to   files
	name string
}

func (f files) Create(name string) (io.WriteCloser, error) {
	return &exportedFile{to: f, name: name}, nil
}

func (f files) Close() error { return nil }

func (f *exportedFile) Close() error {
	f.to[f.name] = f.String()
	return nil
}

func exported(t *testing.T, db *sqlx.DB) files {
	t.Helper()
	out := files{}
	if err := exchange.Export(t.Context(), db, out, audit.Actor{Name: "test"}); err != nil || len(out) < 20 {
		t.Fatalf("%d files, %v", len(out), err)
	}
	return out
}
