package page

import (
	"testing"

	"handover/internal/record"
)

// TestEveryKindWithAPageOfItsOwnIsLinked: a finding that names such a record leads to it.
func TestEveryKindWithAPageOfItsOwnIsLinked(t *testing.T) {
	t.Parallel()
	for _, k := range record.Kinds {
		if address := recordPages[k.Name]; (address != "") != (k.Shown == record.OnOwnPage) {
			t.Errorf("%s: its page is %q, and it is declared as shown in %q", k.Name, address, k.Shown)
		}
	}
}
