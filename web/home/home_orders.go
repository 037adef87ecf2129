package home

import (
	"handover/internal/db"
	"handover/internal/identity"
	"handover/internal/order"
	views "handover/views/home"
	pageviews "handover/views/page"
	"handover/web/orders"
	"handover/web/page"
)

// homeListed is how many lines a list on the first page has.
const homeListed = 8

// orders lists the reader's drafts, what failed, and what happened last.
func (h homePages) orders(p *page.Page) (views.HomeOrders, error) {
	v := views.HomeOrders{ListHref: p.URL("/orders")}
	if p.Staff.Can(identity.AccountsTransfer) {
		drafts, err := order.DraftsOf(p.Ctx(), p.DB(), p.Staff.ID, homeListed)
		if err != nil {
			return v, err
		}
		for _, d := range drafts {
			about := d.Number
			if d.Target != "" {
				about += ", to " + d.Target
			}
			v.Drafts = append(v.Drafts, views.HomeDraft{
				Href: p.URL(orders.DraftPath(order.Order{
					Kind: d.Kind, SourceNumber: d.Customer,
					Reverses: d.Reverses,
				})), Customer: d.CustomerName,
				About: about + ", saved", Saved: p.Moment(d.UpdatedAt), Back: d.HandedBack,
			})
		}
	}
	var err error
	if v.Failed, err = h.list(p, order.Filter{Type: order.Transfer, Status: "failed"}); err != nil {
		return v, err
	}
	v.Last, err = h.list(p, order.Filter{Type: order.Transfer})
	return v, err
}

// endWords names one end of an order on a line: "Kestrel Labs GmbH, Aurora Cloud".
func endWords(e pageviews.OrderParty) string {
	if e.Name != "" && e.Note != "" {
		return e.Name + ", " + e.Note
	}
	return e.Name
}

// list reads the newest orders that fit.
func (h homePages) list(p *page.Page, f order.Filter) ([]views.HomeOrder, error) {
	part, err := order.List(p.Ctx(), p.DB(), p.Scope(), f, db.Page{Sort: "-created", Size: homeListed})
	if err != nil {
		return nil, err
	}
	out := make([]views.HomeOrder, 0, len(part.Rows))
	n := 0
	for _, o := range part.Rows {
		row := orders.Followed(orders.OrderRow(p, o), &n)
		out = append(out, views.HomeOrder{
			Number: row.Number, Href: row.Href, Type: row.Type, Status: row.Status, Progress: row.Progress,
			When: row.Created, Source: endWords(row.Source), Target: endWords(row.Target),
		})
	}
	return out, nil
}
