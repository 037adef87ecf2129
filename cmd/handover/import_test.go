package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"handover/internal/db"
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
	if r.code != 0 || !strings.Contains(r.out, "brands.csv  1     1      0        0          0\n") {
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
	if r.code != 0 || !strings.Contains(r.out, "brands.csv                      1     0      0        1          0\n") {
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
	handover(t, "", "import", filepath.Join(t.TempDir(), "none"), "--database-url", url).oneSentence(t, exitFailed,
		"There is no file or directory")
	handover(t, "", "import", write(t, "notes.txt", "")+"/notes.txt", "--database-url", url).oneSentence(t, exitFailed,
		"neither a directory")
	handover(t, "", "import", t.TempDir(), "--database-url", url).oneSentence(t, exitFailed, "no CSV file")
}

const invoicesColumns = "id,number,customer_id,issued_on,due_on,currency,status,restricted\n"

func TestImportOverridesTheBooks(t *testing.T) {
	t.Parallel()
	url := testdb.URL(t)
	pool, err := db.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = pool.Close() }()
	w := testdb.NewWorld(t, pool)
	w.Period(testdb.Period{Start: "2025-01-01", End: "2025-12-31", Status: "closed"})
	c := w.Customer(testdb.Customer{})
	issued := w.Invoice(testdb.Invoice{Customer: c.ID, Number: "INV-1"})
	finance := w.Staff(testdb.Staff{Name: "Cora Controller", Role: "finance"})
	manager := w.Staff(testdb.Staff{Role: "account_manager"})
	reseller := w.Staff(testdb.Staff{
		Role:        "finance",
		Distributor: w.Distributor(testdb.Distributor{Name: "Thames Cloud"}).ID,
	})
	dir := write(t, "invoices.csv", invoicesColumns+"late,INV-0,"+c.Number+",2025-11-01,2025-11-01,"+
		issued.Currency+",open,\n"+
		issued.Number+",INV-9,"+c.Number+","+issued.IssuedOn+","+issued.DueOn+","+issued.Currency+",open,\n")
	load := func(flags ...string) result {
		t.Helper()
		return handover(t, "", append([]string{"import", dir, "--database-url", url}, flags...)...)
	}
	refused := load()
	for _, want := range []string{
		"invoices.csv:2: issued_on: 2025-11-01 is in the period 2025-01-01 to 2025-12-31",
		"(IMPORT_INTO_CLOSED_PERIOD)", "invoices.csv:3: number: ", "(ISSUED_DOCUMENT_CHANGED)",
	} {
		if refused.code != exitFailed || !strings.Contains(refused.errOut, want) {
			t.Errorf("exit code %d with %q, want %q", refused.code, refused.errOut, want)
		}
	}
	load("--amend", "--reason", "late").oneSentence(t, exitUsage,
		"--into-closed and --amend need --reason TEXT and --by EMAIL")
	load("--reason", "late").oneSentence(t, exitUsage, "--reason and --by belong to --into-closed or --amend")
	load("--amend", "--reason", "late", "--by", "unknown@aurora.example").oneSentence(t, exitFailed,
		"There is no staff member with the email address unknown@aurora.example")
	load("--amend", "--reason", "late", "--by", manager.Email).oneSentence(t, exitFailed,
		"lacks the privilege books.override")
	load("--amend", "--reason", "late", "--by", reseller.Email).oneSentence(t, exitFailed, "works for Thames Cloud")
	load("--amend", "--reason", " ", "--by", finance.Email).oneSentence(t, exitFailed,
		"Say why the books may be changed")
	if r := load("--amend", "--into-closed", "--reason", "The supplier was late", "--by", finance.Email); r.code != 0 {
		t.Fatalf("exit code %d with %s", r.code, r.errOut)
	}
	if got := w.Text(`select actor_id || ' ' || actor_name || ' ' || (after ->> 'reason') from audit_entries
		where action = 'import.override'`); got != fmt.Sprint(finance.ID, " Cora Controller The supplier was late") {
		t.Errorf("the audit log says %q", got)
	}
	if got := w.Text(`select actor_name from audit_entries where action = 'import'`); got != "command line" {
		t.Errorf("the import is noted as %q's", got)
	}
}
