package testdb_test

import (
	"testing"

	"handover/internal/db"
	"handover/internal/testdb"
)

func TestEachTestHasItsOwnMigratedDatabase(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for range 2 {
		pool := testdb.New(t)
		if err := db.Ready(t.Context(), pool); err != nil {
			t.Error(err)
		}
		var name string
		if err := pool.GetContext(t.Context(), &name, `select current_database()`); err != nil {
			t.Fatal(err)
		}
		names[name] = true
	}
	if len(names) != 2 {
		t.Errorf("two calls gave %v", names)
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		testdb.New(b)
	}
}
