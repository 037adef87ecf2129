package rules

import (
	"testing"

	"handover/internal/transfer"
)

func TestEveryFindingHasItsWords(t *testing.T) {
	t.Parallel()
	known := map[transfer.Code]bool{}
	for _, r := range All() {
		known[r.Code] = true
		if r.Code.Title() == "" || r.Code.Passed() == "" {
			t.Errorf("%s has no title, or no words for a check that passed", r.Code)
		}
	}
	if len(known) == 0 {
		t.Error("there are no rules")
	}
}
