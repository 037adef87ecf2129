package subscriptions

import (
	"net/http"
	"time"

	"handover/internal/accounts"
	"handover/internal/db"
	"handover/internal/identity"
	"handover/internal/money"
	views "handover/views/subscriptions"
	"handover/views/ui"
	"handover/web/page"
)

// subscriptionPages are Contracts & Orders > Subscription Contracts.
type subscriptionPages struct{}

func (h subscriptionPages) list(p *page.Page) error {
	l := p.ReadList(page.NewestFirst)
	f, err := ReadFilter(p, l)
	if err != nil {
		return err
	}
	ctx := p.Request().Context()
	part, err := accounts.ListSubscriptions(ctx, p.DB(), p.Scope(), f, l.Page)
	if err != nil {
		return err
	}
	total, err := accounts.CountSubscriptions(ctx, p.DB(), p.Scope(), f)
	if err != nil {
		return err
	}
	distributors, err := page.DistributorChoices(p, p.DB(), f.Distributor)
	if err != nil {
		return err
	}
	statuses := page.StatusChoices(accounts.SubscriptionStatuses(), f.Statuses)
	if err := p.SavedList(&l, "subscriptions", ui.View{Name: "All subscriptions"},
		ui.View{Name: "Active", Href: "status=active"}); err != nil {
		return err
	}
	p.Chips(&l, page.ListFilter{Name: "q", Label: "Search"},
		page.ListFilter{Name: "status", Label: "Status", Options: statuses},
		page.ListFilter{Name: "distributor", Label: "Distributor", Options: distributors},
		page.ListFilter{Name: "customer", Label: "Customer"})
	v := views.Subscriptions{
		List: l.View, Paging: l.Paging(part.Before, part.After), Distributors: distributors,
		Statuses: statuses,
		Filtered: f.Search != "" || len(f.Statuses) > 0 || f.Distributor != 0 || f.Customer != 0,
		Total:    p.Total(total, "subscription", "subscriptions"),
	}
	if f.Customer != 0 {
		v.Of = accounts.Number(accounts.CustomerPrefix, f.Customer)
	}
	if p.Staff.Can(identity.ExportRun) {
		v.ExportHref = page.ExportHref(l.View, p.URL("/subscriptions/export"))
	}
	if p.Staff.Can(identity.AccountsTransfer) {
		v.TransferHref = p.URL("/subscriptions/transfer")
		if part.Before != "" || part.After != "" {
			v.Whole = v.Total
		}
	}
	for _, s := range part.Rows {
		v.Rows = append(v.Rows, SubscriptionRow(p, s))
	}
	return p.Render(http.StatusOK, "Subscription Contracts", views.SubscriptionsPage(v))
}

func (h subscriptionPages) export(p *page.Page) error {
	l := p.ReadList(page.NewestFirst)
	f, err := ReadFilter(p, l)
	if err != nil {
		return err
	}
	head := []string{
		"number", "external_id", "customer", "customer_name", "distributor", "plan", "status", "start_on", "end_on",
		"billing_period", "quantity", "price", "currency",
	}
	return page.StreamCSV(p, "subscriptions", head, l.Page, func(page db.Page) ([][]string, string, error) {
		part, err := accounts.ListSubscriptions(p.Request().Context(), p.DB(), p.Scope(), f, page)
		rows := make([][]string, 0, len(part.Rows))
		for _, s := range part.Rows {
			end := ""
			if s.EndOn != nil {
				end = s.EndOn.Format(time.DateOnly)
			}
			rows = append(rows, []string{
				s.Number(), s.ExternalID, s.Customer(), s.CustomerName, s.DistributorName, s.PlanName, s.Status,
				s.StartOn.Format(time.DateOnly), end, s.BillingPeriod, money.Plain(s.Quantity),
				money.Format(s.Price, s.Currency), s.Currency,
			})
		}
		return rows, part.After, err
	})
}

// ReadFilter reads the filters of the list from the address.
func ReadFilter(p *page.Page, l page.ListState) (accounts.SubscriptionFilter, error) {
	q := p.ReadQuery()
	f := accounts.SubscriptionFilter{
		Search: l.Search, Statuses: page.ReadStatuses(q, accounts.SubscriptionStatuses()),
		Distributor: page.ReadNumber(q, "distributor", accounts.DistributorPrefix),
		Customer:    page.ReadNumber(q, "customer", accounts.CustomerPrefix),
	}
	return f, q.Err()
}
