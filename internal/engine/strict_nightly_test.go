//go:build nightly

package engine_test

import (
	"path/filepath"
	"testing"

	"handover/internal/exchange"
)

func TestRandomTransfersOfRavenStackStayStrict(t *testing.T) {
	t.Parallel()
	w := newStrictWorld(t, "2025-01-06", 2)
	source, err := exchange.Open(filepath.Join("..", "..", "testdata", "ravenstack.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = source.Close() }()
	if report, err := exchange.Import(t.Context(), w.db, source, exchange.Options{}); err != nil {
		t.Fatal(err, report.Errors)
	}
	w.run(24)
}
