package reversal

import (
	"testing"

	"handover/internal/record"
)

// TestEveryCreationCanBeUndone: an order that creates rows of a kind without a row here could not
// be reversed.
func TestEveryCreationCanBeUndone(t *testing.T) {
	t.Parallel()
	created := []string{"subscription"} // the continuations
	for _, k := range record.Kinds {
		if k.Written {
			created = append(created, k.Name)
		}
	}
	for _, c := range record.CarriedTables {
		created = append(created, c.Name)
	}
	for _, kind := range created {
		c, decided := creations[kind]
		if !decided {
			t.Errorf("nothing says how a reversal undoes the creation of a %s", kind)
		}
		if c.do != nil && c.remove != "" {
			t.Errorf("%s: rows are both undone and removed", kind)
		}
	}
}
