package page

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/labstack/echo/v4"

	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/sheet"
	"handover/views/ui"
)

// csvSlice is how many rows of an export are read at a time.
const csvSlice = 1000

// csvReader reads the rows of one page of a list and the cursor of the next.
type csvReader func(db.Page) (rows [][]string, after string, err error)

// StreamCSV sends a filtered list as a file, page by page, so that one of any length takes
// no memory. A failure of the first page gives an error page. A later one breaks the
// download off, so that a part does not look like the whole. It writes the audit log's
// entry before it sends anything.
func StreamCSV(p *Page, name string, head []string, order db.Page, read csvReader) error {
	return StreamOrderCSV(p, 0, name, head, order, read)
}

// StreamOrderCSV is streamCSV for a list of what belongs to a transfer order.
func StreamOrderCSV(p *Page, orderID int64, name string, head []string, order db.Page, read csvReader) error {
	order.After, order.Before, order.Size = "", "", csvSlice
	rows, after, err := read(order)
	if err != nil {
		return err
	}
	if err := p.NoteExport(name, orderID); err != nil {
		return err
	}
	p.Reader.Release() // who reads slowly holds no connection
	h := p.Response().Header()
	h.Set(echo.HeaderContentType, "text/csv; charset=utf-8")
	h.Set(echo.HeaderContentDisposition, fmt.Sprintf(`attachment; filename="%s-%s.csv"`, name,
		time.Now().UTC().Format(time.DateOnly)))
	p.Response().WriteHeader(http.StatusOK)
	out := csv.NewWriter(p.Response())
	err = out.Write(head)
	for err == nil {
		for _, row := range rows {
			for i := range row {
				row[i] = inertCell(row[i])
			}
		}
		if err = out.WriteAll(rows); err != nil || after == "" {
			break
		}
		p.Response().Flush()
		order.After = after
		rows, after, err = read(order)
		p.Reader.Release()
	}
	if err != nil {
		p.LogError(fmt.Errorf("export %s: %w", name, err))
		panic(http.ErrAbortHandler)
	}
	return nil
}

// NoteExport writes to the audit log that a list was exported, and how it was
// filtered. Asking for the head of the answer takes nothing out.
func (p *Page) NoteExport(name string, orderID int64) error {
	if p.Request().Method != http.MethodGet {
		return nil
	}
	filters := map[string]string{}
	for key, values := range p.QueryParams() {
		if text := Clean(strings.Join(values, ", ")); text != "" {
			filters[Clean(key)] = text
		}
	}
	return db.InTx(p.Ctx(), p.Frame.DB, func(tx *sqlx.Tx) error {
		return audit.Append(p.Ctx(), tx, audit.Entry{
			Actor: p.Actor(), Action: "export", SubjectKind: "list", Subject: name, OrderID: orderID,
			After: map[string]any{"filters": filters},
		})
	})
}

// inertCell keeps a spreadsheet from taking a name for a formula. A negative number is one.
func inertCell(text string) string {
	if strings.HasPrefix(text, "-") {
		if _, err := strconv.ParseFloat(text, 64); err == nil {
			return text
		}
	}
	return sheet.Inert(text)
}

// ExportHref returns the address of a list's export with the list's own filters.
func ExportHref(l ui.List, path string) string {
	l.Path = path
	return l.With("size", "")
}
