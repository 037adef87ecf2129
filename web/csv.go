package web

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"handover/internal/db"
	"handover/views/ui"
)

// csvSlice is how many rows of an export are read at a time.
const csvSlice = 1000

// csvReader reads the rows of one page of a list and the cursor of the next.
type csvReader func(db.Page) (rows [][]string, after string, err error)

// streamCSV sends a filtered list as a file, page by page, so that one of any
// length takes no memory. A failure of the first page gives an error page; a later
// one breaks the download off, so that nobody takes a part for the whole.
func streamCSV(p *page, name string, head []string, order db.Page, read csvReader) error {
	order.After, order.Before, order.Size = "", "", csvSlice
	rows, after, err := read(order)
	if err != nil {
		return err
	}
	p.reader.Release() // who reads slowly holds no connection
	h := p.Response().Header()
	h.Set(echo.HeaderContentType, "text/csv; charset=utf-8")
	h.Set(echo.HeaderContentDisposition, fmt.Sprintf(`attachment; filename="%s-%s.csv"`, name, time.Now().UTC().Format(time.DateOnly)))
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
		p.reader.Release()
	}
	if err != nil {
		p.server.logError(p.Context, fmt.Errorf("export %s: %w", name, err))
		panic(http.ErrAbortHandler)
	}
	return nil
}

// inertCell keeps a spreadsheet from taking a name for a formula: it puts an
// apostrophe before what begins like one and is no number.
func inertCell(text string) string {
	if text == "" || !strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return text
	}
	if _, err := strconv.ParseFloat(text, 64); err == nil && text[0] == '-' {
		return text
	}
	return "'" + text
}

// exportHref returns the address of a list's export with the list's own filters.
func exportHref(l ui.List, path string) string {
	l.Path = path
	return l.With("size", "")
}
