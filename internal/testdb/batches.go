package testdb

import (
	"fmt"
	"os"
	"strconv"
	"sync"
	"testing"
)

// batch is how many cases share a database: enough that the worlds of one meet the records of
// others, few enough that a case does not slow down as the database grows.
const batch = 100

// Cases returns how many cases a property test asks for and the number of the first:
// HANDOVER_PROPERTY_CASES, else usual, and HANDOVER_PROPERTY_FROM, else 0.
func Cases(usual int) (cases, from int) {
	cases = usual
	if n, err := strconv.Atoi(os.Getenv("HANDOVER_PROPERTY_CASES")); err == nil {
		cases = n
	}
	if n, err := strconv.Atoi(os.Getenv("HANDOVER_PROPERTY_FROM")); err == nil {
		from = n
	}
	return cases, from
}

// Night reports whether the tests run at their full length: they were built with the tag nightly, as
// make nightly does.
func Night() bool { return night }

// Batches runs the cases in batches of up to 100, which run in parallel; run makes a database
// for the cases from first until (without) last. It returns when all have ended.
func Batches(t *testing.T, cases, from int, run func(t *testing.T, first, last int)) {
	t.Run("cases", func(t *testing.T) {
		for first := from; first < from+cases; first += batch {
			last := min(first+batch, from+cases)
			t.Run(fmt.Sprintf("%d-%d", first, last-1), func(t *testing.T) {
				t.Parallel()
				run(t, first, last)
			})
		}
	})
}

// Tally counts what the cases of a property test did, over all batches.
type Tally struct {
	lock   sync.Mutex
	counts map[string]int
}

// Add counts one more of what.
func (y *Tally) Add(what string) {
	y.lock.Lock()
	defer y.lock.Unlock()
	if y.counts == nil {
		y.counts = map[string]int{}
	}
	y.counts[what]++
}

// Of returns how often it was counted.
func (y *Tally) Of(what string) int {
	y.lock.Lock()
	defer y.lock.Unlock()
	return y.counts[what]
}

// String lists all counts.
func (y *Tally) String() string {
	y.lock.Lock()
	defer y.lock.Unlock()
	return fmt.Sprint(y.counts)
}
