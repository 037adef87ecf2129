package main

import (
	"regexp"
	"testing"
)

func TestVersion(t *testing.T) {
	t.Parallel()
	r := handover(t, "", "version", "--database-url", "postgres://nowhere.example/handover")
	want := regexp.MustCompile(`^version  \S+\ncommit   \S+\ngo       go1\.\d+\S* \w+/\w+\nschema   [1-9]\d*\n$`)
	if r.code != 0 || !want.MatchString(r.out) {
		t.Errorf("%d %q %s", r.code, r.out, r.errOut)
	}
}
