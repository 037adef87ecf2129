package system

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/jmoiron/sqlx"

	"handover/internal/db"
	"handover/internal/exchange"
	"handover/internal/fault"
	"handover/internal/identity"
	views "handover/views/system"
	"handover/views/ui"
	"handover/web/httpfault"
	"handover/web/page"
)

// importPages are System > Import.
type importPages struct{ db *sqlx.DB }

const (
	// maxUpload is how large an upload may be, maxUnpacked what may come out of it, maxRows how
	// many rows that may be.
	maxUpload   = 200 << 20
	maxUnpacked = 2 << 30
	maxRows     = 20_000_000
	// importBody lets an upload that is too large come in as far as the form can say so.
	importBody = "1G"
	maxName    = 200
	// maxReasonBytes is how much of a typed reason is read: more than one may have.
	maxReasonBytes = 4 << 10
)

func (h importPages) show(p *page.Page) error {
	latest, err := exchange.Latest(p.Request().Context(), p.DB())
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	v := importView(p)
	if err == nil {
		v.Latest = importResult(p, latest.Files, latest.Warnings, fmt.Sprintf("%s, %s", p.Time(latest.At).Words(),
			latest.Actor))
	}
	return p.Render(http.StatusOK, "Import", views.ImportPage(v))
}

func (h importPages) run(p *page.Page) error {
	dir, err := os.MkdirTemp("", "handover-import-")
	if err != nil {
		return fmt.Errorf("make room for the upload: %w", err)
	}
	defer func() {
		if err := os.RemoveAll(dir); err != nil { // it holds records of customers
			p.LogError(fmt.Errorf("remove the upload: %w", err))
		}
	}()
	up, err := receive(p, dir)
	var report exchange.Report
	if err == nil {
		report, err = h.load(p, up)
	}
	if err != nil {
		return h.refused(p, up, report, err)
	}
	if report.DryRun {
		v := importView(p)
		v.DryRun, v.Checked = true, importResult(p, report.Files, report.Warnings, msgNoErrors)
		return p.Render(http.StatusOK, "Import", views.ImportPage(v))
	}
	return p.Tell(ui.Flash{Tone: ui.Green, Text: importSentence(p, up.name, report)}, "/import")
}

func (h importPages) load(p *page.Page, up upload) (exchange.Report, error) {
	src, err := exchange.Open(up.path)
	if err != nil {
		return exchange.Report{}, err
	}
	defer func() { _ = src.Close() }()
	override := exchange.Override{IntoClosed: up.intoClosed, Amend: up.amend, Reason: up.reason, By: p.Actor()}
	if (override.IntoClosed || override.Amend) && !p.Staff.Can(identity.BooksOverride) {
		return exchange.Report{}, fault.New(fault.Forbidden, msgNoOverride)
	}
	return exchange.Import(db.WithoutScope(p.Ctx()), h.db, src, exchange.Options{
		DryRun: up.dryRun, MaxBytes: maxUnpacked, MaxRows: maxRows, Actor: p.Actor(), Override: override,
		RateReason: up.rateReason,
	})
}

// refused shows the form again with what is wrong.
func (h importPages) refused(p *page.Page, up upload, report exchange.Report, err error) error {
	e, ok := page.AsFault(err)
	if !ok || e.Code != fault.Invalid && e.Code != fault.TooLarge {
		return err
	}
	wrong := ui.FieldError{Name: "file", Message: e.Message}
	for _, f := range e.Fields {
		wrong.Message = f.Message
		if f.Name == "rate_reason" || f.Name == "reason" {
			wrong.Name = f.Name
		}
	}
	v := importView(p)
	v.Errors, v.DryRun, v.More, v.RateReason = ui.Errors{wrong}, up.dryRun, report.More, up.rateReason
	v.IntoClosed, v.Amend, v.Reason = up.intoClosed, up.amend, up.reason
	v.Problems = importPlaces(report.Errors)
	return p.Render(httpfault.Status(e.Code), "Import", views.ImportPage(v))
}

// export sends everything as an archive.
func (h importPages) export(p *page.Page) error {
	header := p.Response().Header()
	header.Set("Content-Type", "application/zip")
	header.Set("Content-Disposition", `attachment; filename="handover.zip"`)
	return exchange.Export(db.WithoutScope(p.Ctx()), h.db, exchange.NewZip(p.Response()), p.Actor())
}

// upload is what the form sent.
type upload struct {
	name   string // as the browser called the file
	path   string // where it is now
	dryRun bool

	rateReason string // why exchange rates may differ much from the last ones

	intoClosed, amend bool   // what of the rules of the books is overridden
	reason            string // why
}

// receive writes the file into the directory as it comes in, so that no upload is ever
// held in memory.
func receive(p *page.Page, dir string) (upload, error) {
	var up upload
	parts, err := p.Request().MultipartReader()
	if err != nil {
		return up, errNoFile
	}
	for {
		part, err := parts.NextPart()
		switch {
		case errors.Is(err, io.EOF) && up.path == "":
			return up, errNoFile
		case errors.Is(err, io.EOF):
			return up, nil
		case err != nil:
			return up, fault.InvalidField("file", msgUploadBrokeOff)
		}
		switch part.FormName() {
		case "file":
			err = up.store(part, dir)
		case "dry_run":
			up.dryRun = true
		case "into_closed":
			up.intoClosed = true
		case "amend":
			up.amend = true
		case "rate_reason":
			up.rateReason, err = readReason(part)
		case "reason":
			up.reason, err = readReason(part)
		}
		if err != nil {
			_, _ = io.Copy(io.Discard, p.Request().Body) // else the browser would not read the answer
			return up, err
		}
	}
}

// readReason reads a typed text.
func readReason(part io.Reader) (string, error) {
	text, err := io.ReadAll(io.LimitReader(part, maxReasonBytes))
	return page.Clean(string(text)), err
}

var errNoFile = fault.InvalidField("file", msgChooseFile)

// store writes a part of the form under its own name, which says what it holds.
func (up *upload) store(part *multipart.Part, dir string) error {
	up.name = page.Clean(filepath.Base(part.FileName()))
	if part.FileName() == "" {
		return errNoFile
	}
	if kind := strings.ToLower(filepath.Ext(up.name)); kind != ".zip" && kind != ".csv" || len(up.name) > maxName {
		return fault.InvalidField("file", msgNotAnArchive, up.name)
	}
	path := filepath.Join(dir, up.name)
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("keep the upload: %w", err)
	}
	n, err := io.Copy(out, io.LimitReader(part, maxUpload+1))
	if closed := out.Close(); err == nil {
		err = closed
	}
	switch {
	case err != nil:
		return fmt.Errorf("keep the upload: %w", err)
	case n > maxUpload:
		return &fault.Error{Code: fault.TooLarge, Message: fmt.Sprintf(msgFileTooLarge, up.name, maxUpload>>20)}
	}
	up.path = path
	return nil
}

// importView is the page without anything done yet.
func importView(p *page.Page) views.Import {
	v := views.Import{Limit: fmt.Sprintf("%d MB", maxUpload>>20), MayOverride: p.Staff.Can(identity.BooksOverride)}
	if p.Staff.Can(identity.ExportRun) {
		v.ExportHref = p.URL("/import/export.zip")
	}
	for _, f := range exchange.Formats() {
		columns := strings.Join(f.Columns, ", ")
		if len(f.Optional) > 0 {
			columns += "; optional: " + strings.Join(f.Optional, ", ")
		}
		v.Formats = append(v.Formats, views.ImportFormat{File: f.File, Columns: columns})
	}
	return v
}

func importResult(p *page.Page, files []exchange.FileReport, warnings []exchange.LineError,
	sentence string,
) *views.ImportResult {
	r := &views.ImportResult{Sentence: sentence, Warnings: importPlaces(warnings)}
	warned := 0
	for _, f := range files {
		r.Files = append(r.Files, views.ImportedFile{
			File: f.File, Read: p.Count(f.Read), Added: p.Count(f.Added),
			Updated: p.Count(f.Updated), Unchanged: p.Count(f.Unchanged),
			Warned: p.Count(f.Warned),
		})
		warned += f.Warned
	}
	if rest := warned - len(warnings); rest > 0 {
		r.Rest = p.Plural(rest, oneMoreWarning, manyMoreWarnings)
	}
	return r
}

// importPlaces are the places in the files of which something is said.
func importPlaces(list []exchange.LineError) []views.ImportProblem {
	var places []views.ImportProblem
	for _, line := range list {
		places = append(places, views.ImportProblem{Place: line.Place(), Message: line.Message})
	}
	return places
}

func importSentence(p *page.Page, name string, r exchange.Report) string {
	var sum exchange.FileReport
	for _, f := range r.Files {
		sum.Read, sum.Added, sum.Updated, sum.Unchanged = sum.Read+f.Read, sum.Added+f.Added, sum.Updated+f.Updated,
			sum.Unchanged+f.Unchanged
		sum.Warned += f.Warned
	}
	if sum.Warned > 0 {
		name += fmt.Sprintf(" with %s", p.Plural(sum.Warned, "warning", "warnings"))
	}
	return fmt.Sprintf(msgImported,
		name, p.Plural(sum.Read, "row", "rows"), p.Count(sum.Added), p.Count(sum.Updated),
		p.Count(sum.Unchanged))
}
