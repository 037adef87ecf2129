package rules

import (
	"slices"
	"testing"

	"handover/internal/record"
)

// TestEverySourceOfEntriesHasCauses: books that differ because of a kind of record without a cause
// would differ for no stated reason.
func TestEverySourceOfEntriesHasCauses(t *testing.T) {
	t.Parallel()
	for _, s := range record.EntrySources {
		if !slices.ContainsFunc(causes, func(c cause) bool { return c.kind == s.Kind }) {
			t.Errorf("%s: nothing says why its entries may differ from it", s.Kind)
		}
	}
}
