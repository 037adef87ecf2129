package exchange_test

import (
	"maps"
	"slices"
	"testing"

	"handover/internal/exchange"
	"handover/internal/fault"
	"handover/internal/testdb"
)

// FuzzImport checks any content of any file, on a database that has what the files
// refer to: it is fine, or what is wrong is said; nothing is left to the database to
// refuse.
func FuzzImport(f *testing.F) {
	good := small(f)
	names := slices.Sorted(maps.Keys(good))
	for n, name := range names {
		f.Add(uint8(n), good[name])
	}
	customers := uint8(slices.Index(names, "customers.csv"))
	f.Add(customers, good["customers.csv"]+"\x00,\xff,")
	f.Add(customers, "")
	f.Add(customers, "id,name\n\"")
	pool := testdb.New(f)
	load(f, pool, good)
	f.Fuzz(func(t *testing.T, n uint8, text string) {
		name := names[int(n)%len(names)]
		report, err := exchange.Import(t.Context(), pool, data{name: text}.fs(), exchange.Options{DryRun: true})
		switch {
		case err == nil && len(report.Errors) > 0:
			t.Errorf("%d mistakes, and no error", len(report.Errors))
		case err != nil && fault.CodeOf(err) == "":
			t.Errorf("%s: %v", name, err)
		}
		for _, e := range report.Errors {
			if e.File == "" || e.Message == "" {
				t.Errorf("a mistake says %q", e)
			}
		}
	})
}
