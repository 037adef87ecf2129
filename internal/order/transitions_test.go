package order

import (
	"slices"
	"strings"
	"testing"

	"handover/internal/testdb"
)

// The database allows exactly the changes that the transitions make.
func TestStatesStandTwice(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	var pairs []string
	for _, a := range transitions {
		for _, from := range a.from {
			if pair := from + " > " + a.To; !slices.Contains(pairs, pair) {
				pairs = append(pairs, pair)
			}
		}
	}
	slices.Sort(pairs)
	var allowed string
	err := pool.Get(&allowed, `
		select string_agg(from_status || ' > ' || to_status,
		                  ', ' order by (from_status || ' > ' || to_status) collate "C") from transfer_order_changes`)
	if want := strings.Join(pairs, ", "); err != nil || allowed != want {
		t.Errorf("the database allows the changes %s (%v), the transitions make %s", allowed, err, want)
	}
}
