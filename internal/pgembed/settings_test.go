package pgembed

import (
	"strings"
	"testing"
)

func TestDurabilityIsLeftAlone(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"fsync", "full_page_writes", "synchronous_commit"} {
		if strings.Contains(settings(false), name) {
			t.Errorf("a real cluster is made with another %s", name)
		}
		if !strings.Contains(settings(true), name+" = off") {
			t.Errorf("a cluster for tests waits for %s", name)
		}
	}
}

func TestLastLines(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"": "", "a\n": "a", "a\nb\nc\nd\n\n": "b / c / d"} {
		if got := lastLines([]byte(text)); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
