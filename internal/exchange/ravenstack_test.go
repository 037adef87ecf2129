package exchange_test

import (
	"archive/zip"
	"testing"
	"time"

	"handover/internal/audit"
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

func TestExport(t *testing.T) {
	pool := testdb.New(t)
	archive, err := zip.OpenReader("../../testdata/ravenstack.zip")
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	if _, err := exchange.Import(t.Context(), pool, archive, exchange.Options{}); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if err := exchange.Export(t.Context(), pool, exchange.Dir("/tmp/expo1"), audit.Actor{}); err != nil {
		t.Fatal(err)
	}
	t.Log(time.Since(start))
	pool2 := testdb.New(t)
	src, err := exchange.Open("/tmp/expo1")
	if err != nil {
		t.Fatal(err)
	}
	if r, err := exchange.Import(t.Context(), pool2, src, exchange.Options{}); err != nil {
		t.Fatal(err, r.Errors)
	}
	if err := exchange.Export(t.Context(), pool2, exchange.Dir("/tmp/expo2"), audit.Actor{}); err != nil {
		t.Fatal(err)
	}
}
