package preview

import (
	"encoding/csv"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"handover/internal/engine"
	"handover/internal/record"
	"handover/internal/transfer"
	views "handover/views/preview"
	"handover/views/ui"
	"handover/web/page"
)

// recordsPage is how many records a page of the lists behind the preview has.
const recordsPage = 100

// ImpactPlace says where a list of records of a preview is shown, and in which words.
type ImpactPlace struct {
	Of         ui.Crumb // the account, or the order that is reversed
	List       ui.Crumb // where that one is listed
	Act        string   // what is previewed
	Back       string   // the preview
	Stay, Move string
}

// OfCustomer is the place of a preview of an account's transfer.
func OfCustomer(p *page.Page, number, back string) ImpactPlace {
	return ImpactPlace{
		List: ui.Crumb{Label: "Customers", Href: p.URL("/customers")},
		Of:   ui.Crumb{Label: number, Href: p.URL("/customers/" + number)},
		Act:  "Transfer", Back: back,
	}
}

// impactReader reads the records of a kind that move or stay, as Engine.ImpactRecords does.
type impactReader func(kind string, moving bool, after string, limit int) ([]engine.ImpactRecord, error)

// ImpactOf reads those of a request.
func ImpactOf(p *page.Page, e *engine.Engine, req transfer.Request) impactReader {
	return func(kind string, moving bool, after string, limit int) ([]engine.ImpactRecord, error) {
		return e.ImpactRecords(p.Ctx(), req, kind, moving, after, limit)
	}
}

// ImpactRecordsPage lists the records of the kind in the address that move, or stay.
func ImpactRecordsPage(p *page.Page, read impactReader, at ImpactPlace) error {
	kind, q := p.Param("kind"), p.ReadQuery()
	moving := q.Text("part") != "staying"
	rows, err := read(kind, moving, q.Text("after"), recordsPage+1)
	if err != nil {
		return err
	}
	v := views.ImpactRecords{List: at.List, Of: at.Of, Act: at.Act, Back: at.Back, Title: record.LabelOf(kind) +
		labelThatStay, Text: at.Stay}
	if moving {
		v.Title, v.Text = record.LabelOf(kind)+labelThatMove, at.Move
	}
	if len(rows) > recordsPage {
		rows = rows[:recordsPage]
		list := ui.List{Path: p.Request().URL.Path, Query: p.QueryParams()}
		v.Next = list.With("after", rows[recordsPage-1].Cursor())
	}
	for _, r := range rows {
		v.Rows = append(v.Rows, views.ImpactRecordRow{
			Number: r.Number, Href: p.RecordHref(transfer.Record{Kind: kind, Number: r.Number}),
			On: p.Day(r.On), Amount: p.Money(r.Amount, r.Currency),
		})
	}
	return p.Render(http.StatusOK, v.Title, views.ImpactRecordsPage(v))
}

// SendImpact sends the impact of a preview as a file.
func SendImpact(p *page.Page, customer string, preview transfer.Preview) error {
	if err := p.NoteExport("preview-"+customer, 0); err != nil {
		return err
	}
	header := p.Response().Header()
	header.Set(echo.HeaderContentType, "text/csv; charset=utf-8")
	header.Set(echo.HeaderContentDisposition, fmt.Sprintf(`attachment; filename="preview-%s.csv"`, customer))
	out := csv.NewWriter(p.Response())
	_ = out.Write([]string{"kind", "part", "count", "ended", "amount", "currency"}) // Error returns its mistake
	for _, i := range preview.Impact {
		writePart(out, i.Kind, "moving", i.Moving)
		writePart(out, i.Kind, "staying", i.Staying)
	}
	out.Flush()
	return out.Error()
}

// writePart writes a line per currency.
func writePart(out *csv.Writer, kind, part string, p transfer.Part) {
	if p.Count == 0 {
		_ = out.Write([]string{kind, part, "0", "0", "", ""})
	}
	for _, a := range p.Amounts {
		_ = out.Write([]string{kind, part, fmt.Sprint(p.Count), fmt.Sprint(p.Ended), a.Amount, a.Currency})
	}
}
