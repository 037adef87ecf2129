package record

import (
	"strings"
	"testing"
)

// TestEveryKindIsDecided: nothing that is to be said of every kind is left out, which would mean
// that its records stay behind, or are not counted, in silence.
func TestEveryKindIsDecided(t *testing.T) {
	t.Parallel()
	for _, k := range Kinds {
		for what, value := range map[string]string{
			"Name": k.Name, "Label": k.Label, "Plural": k.Plural, "Table": k.Table, "View": k.View, "Returns": k.Returns, "Concerned": k.Concerned,
		} {
			if value == "" {
				t.Errorf("%s: %s is not decided", k.Name, what)
			}
		}
		for _, f := range Flows {
			if _, decided := k.Moves[f.Kind]; !decided {
				t.Errorf("%s: nothing says which of them move in %s", k.Name, f.Label)
			}
		}
		if k.Hangs && (k.Conversion == nil || !k.Repointed) {
			t.Errorf("%s is owned through its subscription until it is billed: it needs a conversion, and to be given to a continuation", k.Name)
		}
		if k.Unbilled && !k.Hangs {
			t.Errorf("%s has unbilled records, which are owned through their subscription", k.Name)
		}
		for _, condition := range append([]string{k.Returns, k.Concerned}, k.Moves[Distributor], k.Moves[Subscriptions], k.Moves[Merge]) {
			if strings.Count(condition, "(") != strings.Count(condition, ")") {
				t.Errorf("%s: the condition %s does not close", k.Name, condition)
			}
		}
	}
}
