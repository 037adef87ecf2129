package reversal_test

import (
	"slices"
	"testing"

	"handover/internal/engine/reversal"
	"handover/internal/engine/rules"
	"handover/internal/transfer"
)

// TestEveryFindingIsDecided: what is to be said of every finding is said, and nothing is declared
// that no rule finds.
func TestEveryFindingIsDecided(t *testing.T) {
	t.Parallel()
	var found []transfer.Code
	for _, r := range slices.Concat(rules.All(), reversal.Rules()) {
		found = append(found, r.Code)
		if r.Code.Title() == "" || r.Code.Passed() == "" {
			t.Errorf("%s has no title, or no words for a check that passed", r.Code)
		}
		if r.Code.Step() == "" {
			t.Errorf("%s: nothing says at which step it is answered", r.Code)
		}
		if r.Severity == "" || len(r.Flows) == 0 {
			t.Errorf("%s has no severity, or applies to no flow", r.Code)
		}
	}
	for _, code := range transfer.Declared() {
		if !slices.Contains(found, code) {
			t.Errorf("%s is declared, but nothing finds it", code)
		}
	}
}
