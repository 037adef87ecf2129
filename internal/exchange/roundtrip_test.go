package exchange_test

import (
	"strings"
	"testing"

	"handover/internal/testdb"
)

func TestSmallRoundTrip(t *testing.T) {
	t.Parallel()
	pool, want := testdb.New(t), small(t)
	report := load(t, pool, want)
	for _, f := range report.Files {
		if f.Added != strings.Count(want[f.File], "\n")-1 && f.File != "customers.csv" &&
			f.File != "document_buyers.csv" {
			t.Errorf("%s: %d added", f.File, f.Added)
		}
	}
	got := export(t, pool)
	same(t, got, want)
	unchanged(t, load(t, pool, want))
	unchanged(t, load(t, pool, got))
	other := testdb.New(t)
	load(t, other, got)
	same(t, export(t, other), got)
}
