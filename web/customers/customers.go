package customers

import (
	"net/http"
	"strconv"

	"handover/internal/accounts"
	"handover/internal/db"
	"handover/internal/identity"
	"handover/internal/money"
	"handover/internal/record"
	views "handover/views/customers"
	"handover/views/ui"
	"handover/web/page"
	"handover/web/transfers"
)

// customerPages are Billing > Operations > Customers.
type customerPages struct{}

func (h customerPages) list(p *page.Page) error {
	l := p.ReadList(page.NewestFirst)
	f, err := readCustomerFilter(p, l)
	if err != nil {
		return err
	}
	ctx := p.Request().Context()
	part, err := accounts.ListCustomers(ctx, p.DB(), p.Scope(), f, l.Page)
	if err != nil {
		return err
	}
	total, err := accounts.CountCustomers(ctx, p.DB(), p.Scope(), f)
	if err != nil {
		return err
	}
	distributors, err := page.DistributorChoices(p, p.DB(), f.Distributor)
	if err != nil {
		return err
	}
	statuses := page.StatusChoices(accounts.CustomerStatuses(), f.Statuses)
	if err := p.SavedList(&l, "customers", ui.View{Name: "All customers"},
		ui.View{Name: "Active", Href: "status=active"}); err != nil {
		return err
	}
	p.Chips(&l, page.ListFilter{Name: "q", Label: "Search"},
		page.ListFilter{Name: "status", Label: "Status", Options: statuses},
		page.ListFilter{Name: "distributor", Label: "Distributor", Options: distributors})
	v := views.Customers{
		List: l.View, Paging: l.Paging(part.Before, part.After), Distributors: distributors,
		Statuses: statuses,
		Filtered: f.Search != "" || len(f.Statuses) > 0 || f.Distributor != 0,
		Total:    p.Total(total, "customer", "customers"),
	}
	if p.Staff.Can(identity.ExportRun) {
		v.ExportHref = page.ExportHref(l.View, p.URL("/customers/export"))
	}
	if p.Staff.Can(identity.AccountsTransfer) {
		v.MergeHref = p.URL("/customers/merge")
	}
	for _, c := range part.Rows {
		v.Rows = append(v.Rows, customerRow(p, c))
	}
	return p.Render(http.StatusOK, "Customer Accounts", views.CustomersPage(v))
}

func customerRow(p *page.Page, c accounts.CustomerRow) views.CustomerRow {
	row := views.CustomerRow{
		Number: c.Number(), Href: p.URL("/customers/" + c.Number()), Name: c.Name, Distributor: c.DistributorName,
		Status: c.Status, Subscriptions: p.Count(c.Subscriptions),
		Balance: p.Money(c.Balance, c.Currency),
	}
	if c.Transferable() && p.Staff.Can(identity.AccountsTransfer) {
		row.TransferHref = p.URL(transfers.FlowOf(record.Distributor).Path(c.Number(), ""))
		row.MergeHref = p.URL(transfers.FlowOf(record.Merge).Path(c.Number(), ""))
	}
	return row
}

func (h customerPages) export(p *page.Page) error {
	l := p.ReadList(page.NewestFirst)
	f, err := readCustomerFilter(p, l)
	if err != nil {
		return err
	}
	head := []string{
		"number", "external_id", "name", "email", "crm_id", "distributor", "status", "subscriptions", "balance",
		"currency", "created_on",
	}
	return page.StreamCSV(p, "customers", head, l.Page, func(page db.Page) ([][]string, string, error) {
		part, err := accounts.ListCustomers(p.Request().Context(), p.DB(), p.Scope(), f, page)
		rows := make([][]string, 0, len(part.Rows))
		for _, c := range part.Rows {
			rows = append(rows, []string{
				c.Number(), c.ExternalID, c.Name, c.Email, c.CRMID, c.DistributorName, c.Status,
				strconv.Itoa(c.Subscriptions),
				money.Format(c.Balance, c.Currency), c.Currency, c.CreatedOn,
			})
		}
		return rows, part.After, err
	})
}

func readCustomerFilter(p *page.Page, l page.ListState) (accounts.CustomerFilter, error) {
	q := p.ReadQuery()
	f := accounts.CustomerFilter{
		Search: l.Search, Statuses: page.ReadStatuses(q, accounts.CustomerStatuses()),
		Distributor: page.ReadNumber(q, "distributor", accounts.DistributorPrefix),
	}
	return f, q.Err()
}
