package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"handover/internal/testdb"
)

const (
	brandsFile    = "id,name,primary_color\nb1,Fjord,#1f3a5f\n"
	brandsColumns = "id,name,primary_color\n"
)

// write makes a directory with one file.
func write(t *testing.T, name, text string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestImportAndExport(t *testing.T) {
	t.Parallel()
	url := testdb.URL(t)
	in := write(t, "brands.csv", brandsFile)
	r := handover(t, "", "import", "--dry-run", in, "--database-url", url)
	if r.code != 0 || !strings.Contains(r.out, "nothing was kept") {
		t.Fatalf("dry run: %d %s %s", r.code, r.out, r.errOut)
	}
	r = handover(t, "", "import", filepath.Join(in, "brands.csv"), "--database-url", url)
	if r.code != 0 || !strings.Contains(r.out, "brands.csv  1     1      0        0\n") {
		t.Errorf("import of one file: %d %q %s", r.code, r.out, r.errOut)
	}
	out := filepath.Join(t.TempDir(), "new", "folder")
	if r = handover(t, "", "export", out, "--database-url", url); r.code != 0 {
		t.Fatalf("export: %s", r.errOut)
	}
	text, err := os.ReadFile(filepath.Join(out, "brands.csv"))
	if err != nil || string(text) != brandsFile {
		t.Errorf("exported %q, %v", text, err)
	}
	archive := filepath.Join(t.TempDir(), "all.zip")
	if r = handover(t, "", "export", archive, "--database-url", url); r.code != 0 {
		t.Fatalf("export: %s", r.errOut)
	}
	r = handover(t, "", "import", archive, "--database-url", url)
	if r.code != 0 || !strings.Contains(r.out, "brands.csv                      1     0      0        1\n") {
		t.Errorf("import of an export: %d %q %s", r.code, r.out, r.errOut)
	}
}

func TestImportNamesEveryMistake(t *testing.T) {
	t.Parallel()
	url := testdb.URL(t)
	r := handover(t, "", "import", write(t, "brands.csv", brandsColumns+"b1,,red\n"), "--database-url", url)
	want := `brands.csv:2: name: a value is required here
brands.csv:2: primary_color: "red" is not a colour like #1f3a5f
handover: Nothing was imported: the files have 2 errors.
`
	if r.code != exitFailed || r.errOut != want {
		t.Errorf("exit code %d with\n%s", r.code, r.errOut)
	}
	handover(t, "", "import", filepath.Join(t.TempDir(), "none"), "--database-url", url).oneSentence(t, exitFailed, "There is no file or directory")
	handover(t, "", "import", write(t, "notes.txt", "")+"/notes.txt", "--database-url", url).oneSentence(t, exitFailed, "neither a directory")
	handover(t, "", "import", t.TempDir(), "--database-url", url).oneSentence(t, exitFailed, "no CSV file")
}
