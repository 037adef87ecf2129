//go:build !release

package main

import (
	"strings"
	"testing"

	"handover/internal/db"
	"handover/internal/demo"
	"handover/internal/testdb"
)

func TestDemo(t *testing.T) {
	t.Parallel()
	t.Run("an unknown size is a usage error that lists the sizes", func(t *testing.T) {
		t.Parallel()
		handover(t, "", "demo", "--size", "huge").oneSentence(t, exitUsage, "small, medium and large")
	})
	t.Run("lists the cases without a database", func(t *testing.T) {
		t.Parallel()
		r := handover(t, "", "demo", "--cases")
		if r.code != 0 || !strings.Contains(r.out, "PERIOD_CLOSED") ||
			strings.Count(r.out, "\n") != len(demo.Cases())+1 {
			t.Errorf("exit code %d, %s%s", r.code, r.out, r.errOut)
		}
	})
	t.Run("loads once and prints the sign-ins", func(t *testing.T) {
		t.Parallel()
		args := []string{"demo", "--database-url", testdb.URL(t)}
		r := handover(t, "", args...)
		if r.code != 0 || !strings.HasPrefix(r.out, "Loaded the small demo data: 200 customers, ") ||
			!strings.Contains(r.out, demo.Password) {
			t.Errorf("exit code %d, %s%s", r.code, r.out, r.errOut)
		}
		for _, s := range demo.SignIns() {
			if !strings.Contains(r.out, s.Email) {
				t.Errorf("%s is not printed", s.Email)
			}
		}
		handover(t, "", args...).oneSentence(t, exitFailed, "an empty database only")
		again := handover(t, "", append(args, "--once")...)
		if again.code != 0 || !strings.Contains(again.out, "no demo data was loaded") ||
			!strings.Contains(again.out, demo.Password) {
			t.Errorf("once more: exit code %d, %s%s", again.code, again.out, again.errOut)
		}
	})
	t.Run("once leaves other data alone", func(t *testing.T) {
		t.Parallel()
		address := testdb.URL(t)
		pool, err := db.Open(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = pool.Close() }()
		testdb.NewWorld(t, pool)
		r := handover(t, "", "demo", "--once", "--database-url", address)
		if r.code != 0 || !strings.Contains(r.out, "no demo data was loaded") ||
			strings.Contains(r.out, demo.Password) {
			t.Errorf("exit code %d, %s%s", r.code, r.out, r.errOut)
		}
	})
}
