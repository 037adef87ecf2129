package exchange_test

import (
	"archive/zip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"handover/internal/exchange"
	"handover/internal/fault"
	"handover/internal/testdb"
)

func TestImportLimitsRowsAndBytes(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	var text strings.Builder
	text.WriteString("id,name,primary_color\n")
	for n := range 11 {
		fmt.Fprintf(&text, "B%d,Brand %d,\n", n, n)
	}
	files := fstest.MapFS{"brands.csv": {Data: []byte(text.String())}}
	for _, tt := range []struct {
		options exchange.Options
		says    string
	}{
		{exchange.Options{DryRun: true, MaxRows: 11}, ""},
		{exchange.Options{DryRun: true, MaxRows: 10}, "The files have more than 10 rows in all; import them in parts."},
		{exchange.Options{DryRun: true, MaxBytes: 100}, "in all; import them in parts."},
	} {
		_, err := exchange.Import(t.Context(), pool, files, tt.options)
		if tt.says == "" && err != nil || tt.says != "" &&
			(!fault.Is(err, fault.TooLarge) || !strings.Contains(err.Error(), tt.says)) {
			t.Errorf("%+v: %v, want %q", tt.options, err, tt.says)
		}
	}
}

// An archive of many files is refused before its directory fills the memory.
func TestOpenLimitsTheFilesOfAnArchive(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		files int
		name  string // of each, before its number
		says  string
	}{
		{1000, "f", ""},
		{1001, "f", "holds more than 1000 files"},
		{900, strings.Repeat("long", 1000), "holds more than 1000 files"}, // a directory of 3.6 MB
	} {
		path := filepath.Join(t.TempDir(), "files.zip")
		out, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		w := zip.NewWriter(out)
		for n := range tt.files {
			if _, err := w.Create(fmt.Sprintf("%s%d.csv", tt.name, n)); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if err := out.Close(); err != nil {
			t.Fatal(err)
		}
		src, err := exchange.Open(path)
		if err == nil {
			_ = src.Close()
		}
		if tt.says == "" && err != nil || tt.says != "" &&
			(!fault.Is(err, fault.TooLarge) || !strings.Contains(err.Error(), tt.says)) {
			t.Errorf("%d files: %v, want %q", tt.files, err, tt.says)
		}
	}
}
