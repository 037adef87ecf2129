package exchange_test

import (
	"maps"
	"slices"
	"testing"

	"handover/internal/exchange"
	"handover/internal/fault"
	"handover/internal/testdb"
)

// FuzzImport checks any content of any file, beside the other files as they are: it
// is fine, or what is wrong is said; nothing is left to the database to refuse.
func FuzzImport(f *testing.F) {
	good := small(f)
	names := slices.Sorted(maps.Keys(good))
	for n, name := range names {
		f.Add(uint8(n), good[name])
		f.Add(uint8(n), good[name]+"\x00,\xff,")
	}
	customers := uint8(slices.Index(names, "customers.csv"))
	f.Add(customers, "")
	f.Add(customers, "id,name\n\"")
	pool := testdb.New(f)
	load(f, pool, good)
	f.Fuzz(func(t *testing.T, n uint8, text string) {
		d := maps.Clone(good)
		d[names[int(n)%len(names)]] = text
		report, err := exchange.Import(t.Context(), pool, d.fs(), exchange.Options{DryRun: true})
		switch {
		case err == nil && len(report.Errors) > 0:
			t.Errorf("%d mistakes, and no error", len(report.Errors))
		case err != nil && fault.CodeOf(err) == "":
			t.Errorf("%s: %v", names[int(n)%len(names)], err)
		}
		for _, e := range report.Errors {
			if e.File == "" || e.Message == "" {
				t.Errorf("a mistake says %q", e)
			}
		}
	})
}
