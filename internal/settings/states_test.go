package settings

import (
	"regexp"
	"slices"
	"testing"

	"handover/internal/testdb"
)

func TestStateTableMatchesDatabase(t *testing.T) {
	t.Parallel()
	w := testdb.NewWorld(t, testdb.New(t))
	check := w.Text(`select pg_get_constraintdef(oid) from pg_constraint
		where conname = 'setting_changes_status_check'`)
	var allowed []string
	for _, m := range regexp.MustCompile(`'(\w+)'::text`).FindAllStringSubmatch(check, -1) {
		allowed = append(allowed, m[1])
	}
	want := []string{pending}
	for _, a := range acts {
		want = append(want, a.to)
	}
	slices.Sort(allowed)
	slices.Sort(want)
	if !slices.Equal(allowed, want) {
		t.Errorf("the database allows %v, the table of acts has %v", allowed, want)
	}
}
