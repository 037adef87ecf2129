package home

import (
	"net/http"
	"slices"

	views "handover/views/home"
	"handover/views/ui"
	"handover/web/orders"
	"handover/web/page"
)

// homePages are the first page after sign-in.
type homePages struct{}

// starts are what one begins with; shown where the page exists and may be read.
var starts = []struct {
	Path     string
	Label    string
	Sentence string
	Icon     ui.IconName
}{
	{
		"/customers", "Find a customer", "Transfer an account to another distributor, or merge two accounts.",
		ui.IconUsers,
	},
	{"/subscriptions", "Find a subscription", "Transfer contracts from one customer to another.", ui.IconContract},
	{
		"/orders", "Follow an order", "See what was transferred, what runs, and what waits for approval.",
		ui.IconClipboard,
	},
	{"/rates", "Look up an exchange rate", "The rates by which balances are converted.", ui.IconTransfer},
	{"/periods", "Check a financial period", "Which months are open, and which are closed.", ui.IconCalendarTime},
}

func (h homePages) show(p *page.Page) error {
	v := views.Home{Title: "Home"}
	for _, s := range starts {
		if p.MayOpen(s.Path) {
			v.Starts = append(v.Starts, views.Start{
				Label: s.Label, Sentence: s.Sentence, Href: p.URL(s.Path),
				Icon: s.Icon,
			})
		}
	}
	var err error
	if v.Orders, err = h.orders(p); err != nil {
		return err
	}
	if err := h.attention(p, &v.Orders); err != nil {
		return err
	}
	if v.Weeks, err = h.weeks(p); err != nil {
		return err
	}
	return p.Render(http.StatusOK, v.Title, views.HomePage(v),
		orders.Following(slices.IndexFunc(v.Orders.Last, func(o views.HomeOrder) bool {
			return o.Progress != ""
		})+1))
}
