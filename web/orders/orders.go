package orders

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"handover/internal/accounts"
	"handover/internal/db"
	"handover/internal/identity"
	"handover/internal/order"
	"handover/internal/record"
	views "handover/views/orders"
	pageviews "handover/views/page"
	"handover/views/ui"
	"handover/web/page"
)

// orderPages are Billing > Operations > Orders.
type orderPages struct{}

// AnotherDistributor replaces a distributor that the reader may not know.
const AnotherDistributor = order.Another

func (h orderPages) list(p *page.Page) error {
	l, f, err := readOrderFilter(p)
	if err != nil {
		return err
	}
	ctx := p.Request().Context()
	part, err := order.List(ctx, p.DB(), p.Scope(), f, l.Page)
	if err != nil {
		return err
	}
	total, err := order.Count(ctx, p.DB(), p.Scope(), f)
	if err != nil {
		return err
	}
	v := views.Orders{
		Paging: l.Paging(part.Before, part.After), Placed: placedOrders(f.Type),
		Types: orderTypes(f.Type), Statuses: page.StatusChoices(order.Statuses, []string{f.Status}),
		From: p.QueryParam("from"), To: p.QueryParam("to"),
	}
	v.Filtered = f != order.Filter{Type: order.Transfer} && f != order.Filter{Type: order.Placed}
	v.Tabs = []ui.Tab{
		{Label: "Transfers", Href: p.URL("/orders"), Current: !v.Placed},
		{Label: "Placed orders", Href: p.URL("/orders?type=" + order.Placed), Current: v.Placed},
	}
	v.Total = p.Total(total, "transfer", "transfers")
	if v.Placed {
		v.Total = p.Total(total, "order", "orders")
	}
	if err := orderList(p, &l, &v); err != nil {
		return err
	}
	if p.Staff.Can(identity.ExportRun) {
		v.ExportHref = page.ExportHref(l.View, p.URL("/orders/export"))
	}
	n := 0
	for _, o := range part.Rows {
		v.Rows = append(v.Rows, Followed(OrderRow(p, o), &n))
	}
	return p.Render(http.StatusOK, "Orders", views.OrdersPage(v), Following(n))
}

// orderList adds views, columns and chips to the list of a tab.
func orderList(p *page.Page, l *page.ListState, v *views.Orders) error {
	name, builtIn := "orders", []ui.View{
		{Name: "All transfers"},
		{Name: "Awaiting approval", Href: "status=awaiting_approval"},
		{Name: "My transfers", Href: "mine=true"},
	}
	if v.Placed {
		name, builtIn = "placed", []ui.View{{Name: "All placed orders", Href: "type=" + order.Placed}}
	}
	err := p.SavedList(l, name, builtIn...)
	chosen := v.Types
	if p.QueryParam("type") == order.Transfer || p.QueryParam("type") == order.Placed { // the tab itself
		chosen = nil
	}
	if chosen != nil {
		p.Chips(l, page.ListFilter{Name: "type", Label: "Type", Options: chosen})
	}
	p.Chips(l, page.ListFilter{Name: "q", Label: "Search"},
		page.ListFilter{Name: "status", Label: "Status", Options: v.Statuses},
		page.ListFilter{Name: "from", Label: "From", Day: true}, page.ListFilter{Name: "to", Label: "To", Day: true},
		page.ListFilter{
			Name: "mine", Label: "Requested by", Options: []ui.Option{{Value: "true", Label: "me"}},
		})
	v.List = l.View
	v.Paging.List = l.View
	return err
}

// placedOrders reports whether a type of the filter means placed orders.
func placedOrders(kind string) bool {
	return kind == order.Placed || kind != order.Transfer &&
		!slices.ContainsFunc(order.Kinds, func(k order.Kind) bool { return k.Code == kind })
}

// readOrderFilter reads the filters of the address; without a type they are transfers.
func readOrderFilter(p *page.Page) (page.ListState, order.Filter, error) {
	l := p.ReadList("-created")
	q := p.ReadQuery()
	f := order.Filter{
		Search: l.Search, Type: cmp.Or(q.Text("type"), order.Transfer), Status: q.Text("status"),
		From: q.Date("from"), To: q.Date("to"),
	}
	if q.Text("type") == "" && strings.HasPrefix(strings.ToUpper(f.Search), "O-") { // the number of a placed one
		f.Type = order.Placed
	}
	if q.Text("type") == order.Transfer { // the list's own address
		l.View.Query.Del("type")
	}
	if q.Bool("mine") {
		f.Mine = p.Staff.ID
	}
	return l, f, q.Err()
}

// OrderRow makes the row of an order in a list.
func OrderRow(p *page.Page, o order.Row) views.OrderRow {
	row := views.OrderRow{
		Number: o.Number, Href: p.URL("/orders/" + o.Number), Type: orderType(o), Status: o.Status,
		RequestedBy: o.RequestedBy,
		Created:     p.Time(o.CreatedAt), Source: orderParty(p, o.SourceID, o.SourceName, o.Source, true),
		Target: orderParty(p, o.TargetID, o.TargetName, o.Target, o.HasTarget),
	}
	if o.Target == o.Source { // within one distributor it is said once
		row.Target.Note = ""
	}
	row.Route = routeOf(p, o, row)
	if !o.Transfer() {
		row.Created, row.Total = p.Date(o.CreatedAt.UTC()), p.Money(o.Total, o.Currency)
	}
	if o.CompletedAt != nil {
		row.Completed = p.Time(*o.CompletedAt)
	}
	if o.RequestedBeyond {
		row.RequestedBy = AnotherDistributor
	}
	if o.ReversesID != nil {
		row.Reverses = accounts.Number("TO", *o.ReversesID)
		row.ReverseHref = p.URL("/orders/" + row.Reverses)
	}
	return row
}

// routeOf says from where to where a transfer goes.
func routeOf(p *page.Page, o order.Row, row views.OrderRow) views.Route {
	r := views.Route{To: row.Target.Name, Href: row.Target.Href}
	switch {
	case !o.Transfer():
		return views.Route{}
	case o.Kind == string(record.Distributor):
		return views.Route{From: cmp.Or(o.Source, AnotherDistributor), To: cmp.Or(o.Target, AnotherDistributor)}
	case r.To == "":
		return views.Route{}
	case o.Kind == string(record.Merge):
		r.Word = "into"
	case o.Contracts == 0:
		r.Word = "contracts to"
	default:
		r.Word = p.Plural(o.Contracts, "contract", "contracts") + " to"
	}
	return r
}

// orderParty is one end of an order: a customer, only its distributor as long as
// there is no customer, or another distributor where the reader may know neither.
func orderParty(p *page.Page, id int64, name, distributor string, exists bool) pageviews.OrderParty {
	switch {
	case id != 0:
		number := accounts.Number(accounts.CustomerPrefix, id)
		return pageviews.OrderParty{Name: name, Number: number, Href: p.URL("/customers/" + number), Note: distributor}
	case distributor != "":
		return pageviews.OrderParty{Name: distributor, Note: "new account"}
	case exists:
		return pageviews.OrderParty{Name: AnotherDistributor}
	default:
		return pageviews.OrderParty{}
	}
}

// orderType returns the type of an order in words; a placed order says its own.
func orderType(o order.Row) string {
	for _, k := range order.Kinds {
		if k.Code == o.Kind && (o.Transfer() || o.Type == "") {
			return k.Label
		}
	}
	return page.UpperFirst(o.Type)
}

// orderTypes are the choices of the filter, and what was asked for if it is none of them.
func orderTypes(selected string) []ui.Option {
	out := []ui.Option{{Value: order.Transfer, Label: "All transfers", Selected: selected == order.Transfer}}
	for _, k := range order.Kinds {
		label := k.Label
		if k.Code == order.Placed {
			label = "Placed orders"
		}
		out = append(out, ui.Option{Value: k.Code, Label: label, Selected: selected == k.Code})
	}
	if selected != "" && !slices.ContainsFunc(out, func(o ui.Option) bool { return o.Selected }) {
		out = append(out, ui.Option{Value: selected, Label: "Placed: " + page.UpperFirst(selected), Selected: true})
	}
	return out
}

func (h orderPages) export(p *page.Page) error {
	l, f, err := readOrderFilter(p)
	if err != nil {
		return err
	}
	head := []string{
		"number", "type", "kind", "status", "source_number", "source_name", "source_distributor",
		"target_number", "target_name", "target_distributor", "requested_by", "created_at", "completed_at", "reverses",
	}
	return page.StreamCSV(p, "orders", head, l.Page, func(page db.Page) ([][]string, string, error) {
		part, err := order.List(p.Request().Context(), p.DB(), p.Scope(), f, page)
		rows := make([][]string, 0, len(part.Rows))
		for _, o := range part.Rows {
			rows = append(rows, orderLine(p, o))
		}
		return rows, part.After, err
	})
}

func orderLine(p *page.Page, o order.Row) []string {
	v := OrderRow(p, o)
	target, completed := v.Target, ""
	if o.TargetID == 0 { // no customer yet: the distributor has its own column
		target.Name = ""
	}
	sourceDistributor, targetDistributor := o.Source, o.Target
	if o.SourceID == 0 {
		sourceDistributor = AnotherDistributor
	}
	if o.HasTarget && o.Target == "" {
		targetDistributor = AnotherDistributor
	}
	if o.CompletedAt != nil {
		completed = o.CompletedAt.UTC().Format(time.RFC3339)
	}
	return []string{
		o.Number, o.Type, o.Kind, o.Status, v.Source.Number, o.SourceName, sourceDistributor, v.Target.Number,
		target.Name, targetDistributor,
		v.RequestedBy, o.CreatedAt.UTC().Format(time.RFC3339), completed, v.Reverses,
	}
}
