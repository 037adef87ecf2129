//go:build nightly

package exchange_test

import (
	"strings"
	"testing"

	"handover/internal/exchange"
	"handover/internal/testdb"
)

// TestRavenStackRoundTrip: a second import changes nothing, and an export has what was imported,
// as has the export of another database that it was imported into.
func TestRavenStackRoundTrip(t *testing.T) {
	t.Parallel()
	archive, want := ravenStack(t)
	pool := testdb.New(t)
	if report, err := exchange.Import(t.Context(), pool, archive, exchange.Options{}); err != nil {
		t.Fatal(err, report.Errors)
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

// TestRavenStackBooksAsTheyCame: the data set as it came, without entries for recognised revenue and
// credit memos, differs by exactly these.
func TestRavenStackBooksAsTheyCame(t *testing.T) {
	t.Parallel()
	_, files := ravenStack(t)
	asItCame := files.with("")
	added := map[string]bool{}
	asItCame["journal_entries.csv"] = without(files["journal_entries.csv"], func(line string) bool {
		fields := strings.Split(line, ",")
		if kind := fields[5]; kind == "revenue_schedule" || kind == "credit_memo" {
			added[fields[0]] = true
		}
		return added[fields[0]]
	})
	asItCame["journal_lines.csv"] = without(files["journal_lines.csv"], func(line string) bool {
		entry, _, _ := strings.Cut(line, ",")
		return added[entry]
	})
	pool := testdb.New(t)
	load(t, pool, asItCame)
	sameBooks(t, pool, "deferred_revenue 106346041.00 42404452.00, receivable 22265829.00 22263778.81")
	if value(t, pool, `select count(*) from book_differences where difference <> 0`) == "0" {
		t.Error("the books of no account differ")
	}
}
