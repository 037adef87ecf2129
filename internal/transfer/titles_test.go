package transfer

import "testing"

func TestEveryFindingHasItsWords(t *testing.T) {
	t.Parallel()
	known := map[Code]bool{}
	for _, r := range rules() {
		known[r.Code] = true
		if r.Code.Title() == "" || r.Code.Passed() == "" {
			t.Errorf("%s has no title, or no words for a check that passed", r.Code)
		}
	}
	if len(known) == 0 {
		t.Error("there are no rules")
	}
}
