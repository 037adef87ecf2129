package web

import (
	"testing"
)

// suggestionsAsked are what a person may have typed into the palette.
var suggestionsAsked = []string{
	"/search/suggestions", "/search/suggestions?q=f", "/search/suggestions?q=fj", "/search/suggestions?q=fjord",
	"/search/suggestions?q=Labs", "/search/suggestions?q=billing@", "/search/suggestions?q=bule+fjrod",
	"/search/suggestions?q=kestrl+lbas", "/search/suggestions?q=%(bill)", "/search/suggestions?q=INV-2026",
	"/search/suggestions?q=%(busiest)", "/search/suggestions?q=1026.40", "/search/suggestions?q=transfer+fjord",
	"/search/suggestions?q=no+such+thing",
}

// BenchmarkPalette measures the suggestions and Home alone, as BenchmarkPages does.
func BenchmarkPalette(b *testing.B) {
	bench := newPageBench(b)
	for b.Loop() {
		bench.times = nil
		for _, path := range append(suggestionsAsked, "/") {
			if path = bench.fill(path); path != "" {
				bench.measure(path)
			}
		}
	}
	for _, t := range bench.times {
		b.Logf("%8.1f ms  at best %6.1f ms  %d  %4d kB  %s", milliseconds(t.took), milliseconds(t.best), t.status,
			t.size>>10, t.path)
		if t.took > benchTarget {
			b.Logf("that is above %s", benchTarget)
		}
	}
}
