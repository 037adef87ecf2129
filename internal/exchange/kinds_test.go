package exchange

import (
	"slices"
	"testing"

	"handover/internal/record"
)

// TestEveryKindHasItsFile: without one, an export would leave the records of a kind out.
func TestEveryKindHasItsFile(t *testing.T) {
	t.Parallel()
	tables := map[string]*file{}
	for _, f := range files() {
		if f.where == "" && f.table != "" {
			tables[f.table] = &f
		}
	}
	for _, k := range record.Kinds {
		f := tables[k.Table]
		if f == nil || f.kind != k.Name {
			t.Errorf("%s: no file has the rows of %s", k.Name, k.Table)
			continue
		}
		if f.name != k.Table || k.Prefix != "" && f.prefix != k.Prefix {
			t.Errorf("%s: the file %s has numbers with %q; the kind has %s and %q", k.Name, f.name, f.prefix,
				k.Table, k.Prefix)
		}
		if k.Root && f.owner != "customer_id" {
			t.Errorf("%s: an import may change the owner of a record", k.Name)
		}
	}
	for _, c := range record.CarriedTables {
		if tables[c.Table] == nil {
			t.Errorf("%s: no file has the rows of %s", c.Name, c.Table)
		}
	}
}

// TestEveryIssuedKindIsGuarded: an import may not change what is printed on a document.
func TestEveryIssuedKindIsGuarded(t *testing.T) {
	t.Parallel()
	var guarded []string
	for _, p := range printed {
		guarded = append(guarded, p.kind)
	}
	for _, kind := range record.DocumentKinds() {
		if !slices.Contains(guarded, kind) {
			t.Errorf("%s: nothing says which columns are printed", kind)
		}
	}
}

// TestSourcesOfEntriesAreThoseOfTheKinds: an import knows each kind that an entry can name.
func TestSourcesOfEntriesAreThoseOfTheKinds(t *testing.T) {
	t.Parallel()
	var want []string
	for _, s := range record.EntrySources {
		want = append(want, s.Kind)
	}
	if got := sourceKinds(); !slices.Equal(got, want) {
		t.Errorf("the import knows %v, want %v", got, want)
	}
}
