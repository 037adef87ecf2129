package db_test

import (
	"testing"

	"handover/internal/db"
	"handover/internal/testdb"
)

func TestLikeStandsForItself(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	for _, c := range []struct {
		typed, text string
		want        bool
	}{
		{"50%", "50% off", true},
		{"50%", "500 off", false},
		{"a_b", "a_b", true},
		{"a_b", "axb", false},
		{`a\b`, `a\b`, true},
	} {
		var got bool
		if err := pool.Get(&got, `select $1 like $2`, c.text, "%"+db.Like(c.typed)+"%"); err != nil || got != c.want {
			t.Errorf("%q in %q: %v, want %v (%v)", c.typed, c.text, got, c.want, err)
		}
	}
}
