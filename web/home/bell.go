package home

import (
	"net/http"

	"github.com/jmoiron/sqlx"

	"handover/internal/db"
	"handover/internal/record"
	views "handover/views/home"
	"handover/views/ui"
	"handover/web/orders"
	"handover/web/page"

	"handover/internal/order"
)

// bellPages show people the results of the orders that they asked for.
type bellPages struct{ db *sqlx.DB }

// newsListed is how many lines the page has.
const newsListed = 50

func (h bellPages) show(p *page.Page) error {
	news, err := order.ListNews(p.Ctx(), p.DB(), p.Staff.ID, newsListed)
	if err != nil {
		return err
	}
	v := views.Bell{}
	for _, n := range news {
		row := views.BellRow{
			Number: n.Number, Href: p.URL("/orders/" + n.Number), Type: orders.KindLabel(record.FlowKind(n.Kind)),
			Status: n.Status,
			Source: n.Source, Target: n.Target, Detail: n.Detail, When: p.Moment(n.UpdatedAt), New: n.New,
		}
		if n.Status == "draft" {
			row.Detail = msgHandedBack
		}
		v.Unread = v.Unread || n.New
		v.Rows = append(v.Rows, row)
	}
	return p.Render(http.StatusOK, "Your orders", views.BellPage(v))
}

// read marks all as read.
func (h bellPages) read(p *page.Page) error {
	err := db.InTx(p.Ctx(), h.db, func(tx *sqlx.Tx) error { return order.ReadNews(p.Ctx(), tx, p.Staff.ID) })
	if err != nil {
		return err
	}
	return p.Tell(ui.Flash{Tone: ui.Green, Text: msgAllRead}, "/bell")
}
