package situation

import (
	"testing"

	"handover/internal/record"
)

func TestEveryFlowHasItsLoaders(t *testing.T) {
	t.Parallel()
	for _, f := range record.Flows {
		if len(loadersOf[f.Kind]) == 0 {
			t.Errorf("%s: nothing reads its situation", f.Kind)
		}
	}
}
