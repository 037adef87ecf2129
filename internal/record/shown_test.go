package record

import (
	"slices"
	"strings"
	"testing"

	"handover/internal/testdb"
)

// TestEveryColumnIsShownOrHidden finds the column of a ledgered table for which it is not decided whether
// a reader of one side reads it.
func TestEveryColumnIsShownOrHidden(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	kinds := KindNames()
	for _, c := range CarriedTables {
		kinds = append(kinds, c.Name)
	}
	for _, kind := range kinds {
		var columns []string
		err := pool.Select(&columns, `
			select column_name::text from information_schema.columns
			where table_schema = 'public' and table_name = $1 order by 1`, TableOf(kind))
		if err != nil || len(columns) == 0 {
			t.Fatalf("the columns of %s: %v, %v", kind, columns, err)
		}
		decided := append(strings.Fields(oneSide(kind).Shown), strings.Fields(oneSide(kind).Hidden)...)
		slices.Sort(decided)
		if !slices.Equal(decided, columns) {
			t.Errorf("%s: shown and hidden are\n%v, the table has\n%v", kind, decided, columns)
		}
	}
}

func TestColumnThatIsNotDeclaredIsHidden(t *testing.T) {
	t.Parallel()
	if ShownToOneSide("debit_memo", "a_new_column") || ShownToOneSide("no_kind", "id") ||
		ShownToOneSide("debit_memo", "counterparty_name") {
		t.Error("a column is shown that is not declared")
	}
	if !ShownToOneSide("debit_memo", "amount") {
		t.Error("a declared column is hidden")
	}
}
