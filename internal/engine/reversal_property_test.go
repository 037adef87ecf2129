package engine_test

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"handover/internal/record"
)

// TestReversalOfRandomTransfers executes random transfers in random worlds, reverses each,
// reverses the reversal, and some of those again. After an odd number of times the export
// is the one from before; after an even number the transfer is in effect.
//
// HANDOVER_PROPERTY_CASES sets the number of cases, HANDOVER_PROPERTY_FROM the first.
func TestReversalOfRandomTransfers(t *testing.T) {
	t.Parallel()
	cases, from := 30, 0
	if n, err := strconv.Atoi(os.Getenv("HANDOVER_PROPERTY_CASES")); err == nil {
		cases = n
	}
	if n, err := strconv.Atoi(os.Getenv("HANDOVER_PROPERTY_FROM")); err == nil {
		from = n
	}
	executed := map[record.FlowKind]int{}
	for i := from; i < from+cases; i++ {
		t.Run(strconv.Itoa(i), func(t *testing.T) { reversalCase(t, uint64(i), executed) })
	}
	if cases >= 30 && (executed[record.Distributor] < 1 || executed[record.Subscriptions] < 1 || executed[record.Merge] < 1) {
		t.Errorf("executed only %v: the worlds forbid too much", executed)
	}
}

func reversalCase(t *testing.T, seed uint64, executed map[record.FlowKind]int) {
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
	executed[req.Kind]++
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
