package web_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"handover/internal/testdb"
)

// importFile sends a file to System > Import.
func (p panel) importFile(name string, content io.Reader, dryRun bool) answer {
	p.Helper()
	body, to := io.Pipe()
	form := multipart.NewWriter(to)
	go func() { _ = to.CloseWithError(writeUpload(form, name, content, dryRun)) }()
	r := p.request(http.MethodPost, "/pcp/import", body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	return p.send(r)
}

func writeUpload(form *multipart.Writer, name string, content io.Reader, dryRun bool) error {
	part, err := form.CreateFormFile("file", name)
	if err == nil {
		_, err = io.Copy(part, content)
	}
	if dryRun && err == nil {
		err = form.WriteField("dry_run", "true")
	}
	return errors.Join(err, form.Close())
}

// archive makes a zip of files.
func archive(t testing.TB, files map[string]string) io.Reader {
	t.Helper()
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for name, text := range files {
		f, err := w.Create(name)
		if err == nil {
			_, err = io.WriteString(f, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return &buf
}

const newBrand = "id,name,primary_color\nB-NEW,Skagerrak,#1f3a5f\n"

func TestImportUpload(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	first := p.get("/pcp/import")
	first.wants(t, http.StatusOK, "distributors.csv", "id, parent_id, name, currency")
	if strings.Contains(first.text(), "Last import") {
		t.Error("there is a last import before the first")
	}
	dry := p.importFile("brands.csv", strings.NewReader(newBrand), true)
	dry.wants(t, http.StatusOK, "No errors found. Nothing was saved.", "brands.csv1100")
	done := p.importFile("all.zip", archive(t, map[string]string{"data/brands.csv": newBrand}), false).follow()
	done.wants(t, http.StatusOK, "Imported all.zip: 1 row read, 1 added, 0 updated, 0 unchanged.", "Last import",
		"brands.csv1100")
	if got := p.world.Text(`select actor_name from audit_entries where action = 'import'`); got != "Ada Meyer" {
		t.Errorf("the audit log names %q", got)
	}
	out := p.get("/pcp/import/export.zip")
	if out.header.Get("Content-Type") != "application/zip" || !strings.HasPrefix(out.body, "PK") {
		t.Errorf("export: %d %v", out.status, out.header)
	}
}

// TestImportPageKeepsWarnings: what an import warned of can be read after it, not only in its dry run.
func TestImportPageKeepsWarnings(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	c := p.world.Customer(testdb.Customer{Name: "Blue Fjord AS"})
	inv := p.world.Invoice(testdb.Invoice{Customer: c.ID, Number: "INV-7", IssuedOn: "2026-01-10", Amount: "120.00"})
	p.world.Exec(`update customers set external_id = 'CUST-7' where id = $1`, c.ID)
	p.world.Exec(`update invoices set external_id = 'DOC-7' where id = $1`, inv.ID)
	feed := archive(t, map[string]string{
		"invoices.csv": "id,number,customer_id,issued_on,due_on,currency,status,restricted\n" +
			"DOC-7,INV-7,CUST-7,2026-01-10,2026-01-24,EUR,paid,\n",
		"payments.csv": "id,customer_id,payment_method_id,received_on,amount,currency,status\n" +
			"PMT-7,CUST-7,,2026-02-01,120.00,EUR,failed\n",
		"payment_allocations.csv": "payment_id,invoice_id,debit_memo_id,amount\nPMT-7,DOC-7,,120.00\n",
	})
	const place, said = "invoices.csv:2: status", "kept open: the file says paid, and allocations settle 0 of 120"
	done := p.importFile("feed.zip", feed, false).follow()
	done.wants(t, http.StatusOK, "Imported feed.zip with 1 warning", "Warnings", place, said)
	p.get("/pcp/import").wants(t, http.StatusOK, place, said)
	p.get("/pcp/documents/payment/"+p.world.Text(`select id::text from payments where external_id = 'PMT-7'`)).wants(t,
		http.StatusOK, "for INV-7, not counted: payment failed")
}

func TestImportUploadRefused(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	tests := []struct {
		name, file string
		content    io.Reader
		status     int
		want       []string
	}{
		{"no file", "", strings.NewReader(""), 422, []string{"Choose a .zip archive or a .csv file."}},
		{
			"another kind of file", "holiday.png", strings.NewReader("PNG"), 422,
			[]string{"holiday.png is neither a .zip archive nor a .csv file."},
		},
		{
			"a broken archive", "data.zip", strings.NewReader("PK\x03\x04 no"), 422,
			[]string{"data.zip is neither a directory nor a .zip or .csv file"},
		},
		{
			"a file of another name", "people.csv", strings.NewReader("a,b\n"), 422,
			[]string{"people.csv", "there is no such file in the format"},
		},
		{"nothing in it", "brands.csv", strings.NewReader(""), 422, []string{"brands.csv:1", "the file is empty"}},
		{
			"a NUL byte", "brands.csv", strings.NewReader(strings.Replace(newBrand, "Ska", "S\x00a", 1)), 422,
			[]string{"brands.csv:2: name", "NUL byte"},
		},
		{"wrong lines", "brands.csv", strings.NewReader(strings.Replace(newBrand, "#1f3a5f", "red", 1)), 422, []string{
			"Nothing was imported: the files have 1 error.", "brands.csv:2: primary_color",
			`"red" is not a colour like #1f3a5f`,
		}},
		{
			"a large file", "brands.csv", io.LimitReader(zeros{}, 201<<20), 413,
			[]string{"brands.csv is larger than 200 MB. Import it in parts."},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := p.importFile(tt.file, tt.content, false)
			a.wants(t, tt.status, tt.want...)
			if a.doc.Find(`#file[aria-invalid="true"]`).Length() != 1 {
				t.Error("the error does not stand at the field")
			}
		})
	}
	if got := p.world.Text(`select count(*) from audit_entries where action = 'import'`); got != "0" {
		t.Errorf("%s imports were noted", got)
	}
}

func TestImportIsForProviderAdministrators(t *testing.T) {
	t.Parallel()
	p := newPanel(t)
	p.signIn(p.world.Staff(testdb.Staff{Role: "finance"}))
	if a := p.get("/pcp/import"); a.status != http.StatusForbidden {
		t.Errorf("finance staff get %d", a.status)
	}
	if a := p.importFile("brands.csv", strings.NewReader(newBrand), false); a.status != http.StatusForbidden {
		t.Errorf("finance staff import: %d", a.status)
	}
}

// zeros is an endless text.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '\n'
	}
	return len(p), nil
}

const lateInvoice = "id,number,customer_id,issued_on,due_on,currency,status,restricted\n" +
	"late,INV-0,C-000001,2025-11-01,2025-11-01,EUR,open,\n"

func TestImportOverride(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	p.world.Customer(testdb.Customer{Currency: "EUR"})
	p.world.Period(testdb.Period{Start: "2025-11-01", End: "2025-11-30"})
	send := func(fields ...string) answer {
		return p.upload("/pcp/import", "file", "invoices.csv", lateInvoice, fields...)
	}
	page := p.get("/pcp/import")
	for _, label := range []string{"Write into closed periods", "Amend issued documents", "Reason for the override"} {
		page.wants(t, http.StatusOK, label)
	}
	send().wants(t, http.StatusUnprocessableEntity, "invoices.csv:2: issued_on",
		"2025-11-01 is in the period 2025-11-01 to 2025-11-30 of Aurora Cloud, which is closed")
	unexplained := send("into_closed", "true", "amend", "true")
	unexplained.wants(t, http.StatusUnprocessableEntity, "Say why the books may be changed")
	if unexplained.doc.Find(`#reason[aria-invalid="true"], #into_closed[checked], #amend[checked]`).Length() != 3 {
		t.Error("the form forgets the override, or the error is not at the reason")
	}
	send("into_closed", "true", "reason", "The supplier was late").follow().wants(t, http.StatusOK, "1 added")
	if got := p.world.Text(`select actor_name || ': ' || (after ->> 'reason') from audit_entries
		where action = 'import.override'`); got != "Ada Meyer: The supplier was late" {
		t.Errorf("the audit log says %q", got)
	}
	entry := p.world.Text(`select id from audit_entries where action = 'import.override'`)
	p.get("/pcp/audit/"+entry).wants(t, http.StatusOK, "The supplier was late", "IMPORT_INTO_CLOSED_PERIOD", "INV-0")
}
