package exchange_test

import (
	"archive/zip"
	"testing"
	"time"

	"handover/internal/exchange"
	"handover/internal/testdb"
)

func TestRavenStack(t *testing.T) {
	pool := testdb.New(t)
	archive, err := zip.OpenReader("../../testdata/ravenstack.zip")
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	for range 2 {
		start := time.Now()
		report, err := exchange.Import(t.Context(), pool, archive, exchange.Options{})
		for _, e := range report.Errors {
			t.Log(e)
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Log(time.Since(start))
		for _, f := range report.Files {
			t.Log(f)
		}
	}
}
