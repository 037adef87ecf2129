package exchange_test

import (
	"bytes"
	"database/sql"
	"errors"
	"io"
	"maps"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/jmoiron/sqlx"

	"handover/internal/audit"
	"handover/internal/exchange"
)

// data is a set of CSV files by name.
type data map[string]string

var marker = regexp.MustCompile(`(?m)^-- (\S+) --\n`)

// parse reads several files from one text, each after a line "-- name --".
func parse(text string) data {
	d, at := data{}, marker.FindAllStringSubmatchIndex(text, -1)
	for i, m := range at {
		end := len(text)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		d[text[m[2]:m[3]]] = text[m[1]:end]
	}
	return d
}

// small is a data set with every file, written as an export writes it.
func small(t testing.TB) data {
	t.Helper()
	text, err := os.ReadFile("testdata/small.txt")
	if err != nil {
		t.Fatal(err)
	}
	return parse(string(text))
}

// with returns the data with other files in place of its own.
func (d data) with(text string) data {
	d = maps.Clone(d)
	maps.Copy(d, parse(text))
	return d
}

// edit returns the data with a text of one file replaced; it must be there.
func (d data) edit(t testing.TB, name, before, after string) data {
	t.Helper()
	if !strings.Contains(d[name], before) {
		t.Fatalf("%s has no %q", name, before)
	}
	d = maps.Clone(d)
	d[name] = strings.Replace(d[name], before, after, 1)
	return d
}

// only returns the named files.
func (d data) only(names ...string) data {
	out := data{}
	for _, name := range names {
		out[name] = d[name]
	}
	return out
}

func (d data) fs() fstest.MapFS {
	out := fstest.MapFS{}
	for name, text := range d {
		out[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

// try imports the data and returns the errors that the report has.
func try(t testing.TB, pool *sqlx.DB, d data) (exchange.Report, []string) {
	t.Helper()
	return tryWith(t, pool, d, exchange.Options{})
}

// overriding is try with an override that has an author.
func overriding(t testing.TB, pool *sqlx.DB, d data, o exchange.Override) (exchange.Report, []string) {
	t.Helper()
	o.Reason, o.By = "The auditor agreed", audit.Actor{ID: controller(t, pool), Name: "Cora Controller"}
	return tryWith(t, pool, d, exchange.Options{Override: o})
}

// controller returns a staff member who may answer for overrides.
func controller(t testing.TB, pool *sqlx.DB) int64 {
	t.Helper()
	var id int64
	err := pool.GetContext(t.Context(), &id, `insert into staff (distributor_id, email, name, role, password_hash)
		select min(id), 'cora@fjord.example', 'Cora Controller', 'finance', '' from distributors
		on conflict do nothing returning id`)
	if errors.Is(err, sql.ErrNoRows) {
		err = pool.GetContext(t.Context(), &id, `select id from staff where email = 'cora@fjord.example'`)
	}
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func tryWith(t testing.TB, pool *sqlx.DB, d data, opts exchange.Options) (exchange.Report, []string) {
	t.Helper()
	report, err := exchange.Import(t.Context(), pool, d.fs(), opts)
	var lines []string
	for _, e := range report.Errors {
		lines = append(lines, e.String())
	}
	if err != nil && len(lines) == 0 {
		t.Fatal(err)
	}
	if err == nil && len(lines) > 0 {
		t.Fatalf("errors without an error: %q", lines)
	}
	return report, lines
}

// load imports the data, which must be without mistakes.
func load(t testing.TB, pool *sqlx.DB, d data) exchange.Report {
	t.Helper()
	report, lines := try(t, pool, d)
	if len(lines) > 0 {
		t.Fatalf("the import failed:\n%s", strings.Join(lines, "\n"))
	}
	return report
}

// memory is a sink that keeps the files.
type memory struct {
	files data
	name  string
	bytes.Buffer
}

func (m *memory) Create(name string) (io.WriteCloser, error) {
	m.name = name
	m.Reset()
	return memoryFile{m}, nil
}

func (m *memory) Close() error { return nil }

type memoryFile struct{ *memory }

func (f memoryFile) Close() error {
	f.files[f.name] = f.String()
	return nil
}

// export returns what an export writes.
func export(t testing.TB, pool *sqlx.DB) data {
	t.Helper()
	to := &memory{files: data{}}
	if err := exchange.Export(t.Context(), pool, to, audit.Actor{Name: "test"}); err != nil {
		t.Fatal(err)
	}
	return to.files
}

// same compares two sets of files line by line.
func same(t testing.TB, got, want data) {
	t.Helper()
	for name := range want {
		if got[name] == want[name] {
			continue
		}
		g, w := strings.Split(got[name], "\n"), strings.Split(want[name], "\n")
		for i := range max(len(g), len(w)) {
			if i >= len(g) || i >= len(w) || g[i] != w[i] {
				t.Errorf("%s, line %d:\n got %q\nwant %q", name, i+1, at(g, i), at(w, i))
				break
			}
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d files, want %d", len(got), len(want))
	}
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "(end)"
}

// unchanged checks that an import wrote nothing.
func unchanged(t testing.TB, report exchange.Report) {
	t.Helper()
	for _, f := range report.Files {
		if f.Added+f.Updated != 0 || f.Unchanged != f.Read {
			t.Errorf("%s: %d read, %d added, %d updated, %d unchanged; want nothing written", f.File, f.Read, f.Added,
				f.Updated, f.Unchanged)
		}
	}
}

// value reads one value of the database as text.
func value(t testing.TB, pool *sqlx.DB, query string, args ...any) string {
	t.Helper()
	var s string
	if err := pool.GetContext(t.Context(), &s, "select coalesce(("+query+")::text, '')", args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return s
}
