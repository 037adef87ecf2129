package engine_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"handover/internal/exchange"
	"handover/internal/testdb"
)

// TestRoundTripOfRandomTransfers executes a random transfer in a random world, takes some of
// them back, and imports the export into an empty database: the export of that is the same.
//
// HANDOVER_PROPERTY_CASES sets the number of cases, HANDOVER_PROPERTY_FROM the first.
func TestRoundTripOfRandomTransfers(t *testing.T) {
	t.Parallel()
	cases, from := testdb.Cases(8)
	cases /= 4
	testdb.Batches(t, cases, from, func(t *testing.T, first, last int) {
		for i := first; i < last; i++ {
			t.Run(strconv.Itoa(i), func(t *testing.T) { roundTripCase(t, uint64(i)) })
		}
	})
}

func roundTripCase(t *testing.T, seed uint64) {
	d := newBackDesk(t)
	w := &oracleWorld{World: d.World, r: rand.New(rand.NewPCG(4, seed)), crowded: seed%2 == 0}
	req := w.draw()
	w.Exec(`update exchange_rates set rate = round(rate, 10)`) // as finely as a file or form brings them
	w.Exec(`update plans set price = round(price, 2) where currency = 'USD'`)
	p, err := d.engine.Preview(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	if p.Executable {
		o := d.transfer(req)
		if seed%3 == 0 {
			d.reverse(o)
		}
	}
	d.Text(`select handover_link_recognition()`) // as every import does
	first := d.files()
	other := testdb.Lend(t)
	report, err := exchange.Import(t.Context(), other, first.files, exchange.Options{})
	if err != nil {
		t.Fatalf("%+v: import: %v %v", req, err, report.Errors)
	}
	copied := &backDesk{t: t, db: other}
	second := copied.files()
	for _, name := range slices.Sorted(maps.Keys(first.files)) {
		if before, after := string(first.files[name].Data), string(second.files[name].Data); before != after {
			t.Errorf("%+v: %s differs:\n%s", req, name, firstDifference(before, after))
		}
	}
	d.feed(first)
}

// firstDifference is the first line in which two files differ.
func firstDifference(before, after string) string {
	was, is := strings.Split(before, "\n"), strings.Split(after, "\n")
	for i := range min(len(was), len(is)) {
		if was[i] != is[i] {
			return "was " + was[i] + "\nis  " + is[i]
		}
	}
	return "one has more lines"
}
