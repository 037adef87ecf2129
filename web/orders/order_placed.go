package orders

import (
	"net/http"

	"handover/internal/fault"
	"handover/internal/money"
	"handover/internal/order"
	"handover/internal/transfer"
	views "handover/views/orders"
	pageviews "handover/views/page"
	"handover/views/ui"
	"handover/web/page"
)

// showPlaced shows an order that is no transfer.
func (h orderPage) showPlaced(p *page.Page, number string) error {
	o, err := order.GetPlaced(p.Ctx(), p.DB(), p.Scope(), number)
	if fault.Is(err, fault.NotFound) {
		return fault.New(fault.NotFound, msgNoOrder, number)
	}
	if err != nil {
		return err
	}
	v := views.PlacedOrder{Number: number, Title: number + " · " + page.UpperFirst(o.Type), Facts: []ui.Fact{
		{Label: "Status", Value: ui.Status(o.Status)},
		{Label: "Customer", Value: pageviews.NamedLink(o.CustomerName, o.Customer,
			p.RecordHref(transfer.Record{Kind: "customer", Number: o.Customer}))},
		{
			Label: "Subscription", Text: o.Subscription,
			Href: p.RecordHref(transfer.Record{Kind: "subscription", Number: o.Subscription}),
		},
		{Label: "Placed", Value: ui.Date(p.Date(o.PlacedOn))},
		{Label: "Total", Text: p.Amount(money.Amount{Value: o.Total, Currency: o.Currency})},
		{Label: "External id", Text: o.ExternalID},
	}}
	return p.Render(http.StatusOK, v.Title, views.PlacedOrderPage(v))
}
