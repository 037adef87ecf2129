package record

import (
	"slices"
	"strings"
	"testing"

	"handover/internal/accounts"
	"handover/internal/billing"
)

// TestEveryKindIsDecided: nothing that is to be said of every kind is left out, which would mean
// that its records stay behind, or are not counted, in silence.
func TestEveryKindIsDecided(t *testing.T) {
	t.Parallel()
	for _, k := range Kinds {
		for what, value := range map[string]string{
			"Name": k.Name, "Label": k.Label, "Plural": k.Plural, "Table": k.Table, "View": k.View,
			"Returns": k.Returns, "Concerned": k.Concerned,
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
		if k.Hangs && k.Continued == nil || k.Unbilled && k.Conversion == nil {
			t.Errorf("%s is owned through its subscription until it is billed: it needs a conversion, and to be "+
				"given to a continuation", k.Name)
		}
		for _, f := range Flows {
			if k.Continued != nil && f.Documents != (documents{}) && k.Continued[f.Kind] == "" {
				t.Errorf("%s: nothing says which of them go to a continuation in %s", k.Name, f.Label)
			}
		}
		if k.Root != (k.ScopeColumn != "") {
			t.Errorf("%s: row-level security compares a column of root records, and of no others", k.Name)
		}
		if k.Issued && (k.Settled == nil || k.Room == "" || k.Open == "") || k.Carries && !(k.Issued && k.Written) {
			t.Errorf("%s is issued: it needs its room, what is open and when it is settled; what carries a "+
				"balance is issued and written", k.Name)
		}
		if k.Unbilled && !k.Hangs {
			t.Errorf("%s has unbilled records, which are owned through their subscription", k.Name)
		}
		for _, condition := range append([]string{k.Returns, k.Concerned}, k.Moves[Distributor],
			k.Moves[Subscriptions], k.Moves[Merge]) {
			if strings.Count(condition, "(") != strings.Count(condition, ")") {
				t.Errorf("%s: the condition %s does not close", k.Name, condition)
			}
		}
	}
}

// TestEveryKindIsShown: a person finds the records of every kind on a page of the panel.
func TestEveryKindIsShown(t *testing.T) {
	t.Parallel()
	var tabs, documents []string
	for _, k := range accounts.RecordKinds() {
		tabs = append(tabs, k.Name)
	}
	for _, k := range billing.DocumentKinds() {
		documents = append(documents, k.Name)
	}
	for _, k := range Kinds {
		if !slices.Contains([]Place{OnOwnPage, OnSubscription, AsDocument, OnInvoice, InJournal}, k.Shown) {
			t.Errorf("%s: nothing says where the panel shows them", k.Name)
		}
		if onTab := slices.Contains(tabs, k.Name); onTab != (k.Shown == OnSubscription) {
			t.Errorf("%s: shown on the page of its subscription: %t, declared: %s", k.Name, onTab, k.Shown)
		}
		if listed := slices.Contains(documents, k.Name); listed != (k.Shown == AsDocument) {
			t.Errorf("%s: among the documents of a customer: %t, declared: %s", k.Name, listed, k.Shown)
		}
	}
}

// TestSourcesOfEntriesAreKinds: what a journal entry can name as its source is a record that moves.
func TestSourcesOfEntriesAreKinds(t *testing.T) {
	t.Parallel()
	for _, s := range EntrySources {
		if k, ok := KindOf(s.Kind); !ok || k.Table != s.Table {
			t.Errorf("%s in %s is no kind of record", s.Kind, s.Table)
		}
	}
}
