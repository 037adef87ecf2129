package engine_test

import (
	"math/rand/v2"
	"strconv"
	"testing"

	"handover/internal/record"
	"handover/internal/testdb"
)

// TestReversalOfRandomTransfers executes random transfers in random worlds, reverses each,
// reverses the reversal, and some of those again. After an odd number of times the export
// is the one from before; after an even number the transfer is in effect.
//
// HANDOVER_PROPERTY_CASES sets the number of cases, HANDOVER_PROPERTY_FROM the first.
func TestReversalOfRandomTransfers(t *testing.T) {
	t.Parallel()
	cases, from := testdb.Cases(12)
	var executed testdb.Tally
	testdb.Batches(t, cases, from, func(t *testing.T, first, last int) {
		for i := first; i < last; i++ {
			t.Run(strconv.Itoa(i), func(t *testing.T) { reversalCase(t, uint64(i), &executed) })
		}
	})
	for _, kind := range []record.FlowKind{record.Distributor, record.Subscriptions, record.Merge} {
		if cases >= 30 && executed.Of(string(kind)) < 1 {
			t.Errorf("executed only %v: the worlds forbid too much", &executed)
		}
	}
}

func reversalCase(t *testing.T, seed uint64, executed *testdb.Tally) {
	d := newBackDesk(t)
	w := &oracleWorld{World: d.World, r: rand.New(rand.NewPCG(3, seed)), crowded: seed%2 == 0}
	req := w.draw()
	p, err := d.engine.Preview(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	if !p.Executable {
		return
	}
	executed.Add(string(req.Kind))
	before := d.export()
	o := d.transfer(req)
	after := d.export()
	first := d.reverse(o)
	d.sameAs(before)
	d.verify()
	second := d.reverse(first)
	d.sameAs(after)
	d.verify()
	if seed%3 == 0 {
		d.reverse(second)
		d.sameAs(before)
		d.verify()
	}
	if t.Failed() {
		t.Logf("request %+v", req)
	}
}
