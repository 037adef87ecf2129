package partners

import (
	"fmt"
	"net/http"
	"time"

	"handover/internal/accounts"
	"handover/internal/fault"
	"handover/internal/identity"
	views "handover/views/partners"
	"handover/views/ui"
	"handover/web/page"
)

// distributorPages are Partners > Distributors.
type distributorPages struct{ controls page.ControlForms }

func (h distributorPages) list(p *page.Page) error {
	found, err := accounts.Distributors(p.Request().Context(), p.DB(), p.Scope())
	if err != nil {
		return err
	}
	v := views.Distributors{Total: p.Plural(len(found), "distributor", "distributors")}
	v.Rows = distributorRows(p, found)
	return p.Render(http.StatusOK, "Distributors", views.DistributorsPage(v))
}

func distributorRows(p *page.Page, found []accounts.Distributor) []views.DistributorRow {
	names := map[int64]string{}
	out := make([]views.DistributorRow, 0, len(found))
	for _, d := range found {
		names[d.ID] = d.Name
		row := views.DistributorRow{
			Number: d.Number(), Href: p.URL("/distributors/" + d.Number()), Name: d.Name, Depth: d.Depth,
			Currency:    d.Currency,
			LegalEntity: d.LegalEntity, Brand: d.Brand, BrandColor: d.BrandColor, Merchant: d.MerchantAccount,
			Customers: p.Count(d.Customers), Listed: p.URL("/customers?distributor=" + d.Number()),
			Status: d.Status,
		}
		if d.ParentID != nil {
			row.Under = names[*d.ParentID]
		}
		out = append(out, row)
	}
	return out
}

// find returns the distributor that the address names.
func (h distributorPages) find(p *page.Page) (accounts.Distributor, error) {
	ref := page.PathParam(p, "number")
	id, ok := accounts.ParseNumber(accounts.DistributorPrefix, ref)
	if !ok {
		return accounts.Distributor{}, fault.New(fault.NotFound, msgNoDistributor, ref)
	}
	return accounts.GetDistributor(p.Request().Context(), p.DB(), p.Scope(), id)
}

func (h distributorPages) show(p *page.Page) error {
	d, err := h.find(p)
	if err != nil {
		return err
	}
	v, err := h.view(p, d)
	if err != nil {
		return err
	}
	return p.Render(http.StatusOK, d.Name, views.DistributorPage(v))
}

func (h distributorPages) view(p *page.Page, d accounts.Distributor) (views.Distributor, error) {
	below, err := accounts.Distributors(p.Request().Context(), p.DB(), accounts.Scope{Root: d.ID})
	if err != nil {
		return views.Distributor{}, err
	}
	v := views.Distributor{
		Number: d.Number(), Name: d.Name, Status: d.Status, TimeZone: d.TimeZone, Zones: page.Zones,
		SecondFactor: d.SecondFactor,
		Approval:     d.RequireApproval, Consent: d.RequireConsent,
		Links: distributorLinks(p, d),
		Facts: []ui.Fact{
			{Label: "Number", Text: d.Number()},
			{Label: "Currency", Text: d.Currency},
			{Label: "Customers", Text: p.Count(d.Customers)},
			{Label: "Service plans", Text: p.Count(d.Plans)},
		},
		Details: []ui.Fact{
			{Label: "Legal entity", Text: d.LegalEntity},
			{Label: "Country", Text: d.Country},
			{Label: "Brand", Text: d.Brand},
			{Label: "Merchant account", Text: d.MerchantAccount},
			{Label: "External id", Text: d.ExternalID},
		},
	}
	if zone, err := time.LoadLocation(d.TimeZone); err == nil {
		v.TodayHere = fmt.Sprintf(labelToday, p.Date(time.Now().In(zone)).Text)
	}
	v.MaySet = p.Staff.Can(identity.SettingsManage)
	if err := h.fillLocks(p, d, &v); err != nil {
		return v, err
	}
	if err := h.controls.Fill(p, d, &v.Controls); err != nil {
		return v, err
	}
	if d.ParentID != nil {
		parent, err := accounts.GetDistributor(p.Request().Context(), p.DB(), p.Scope(), *d.ParentID)
		if err == nil {
			v.Details = append(v.Details, ui.Fact{
				Label: "Sells under", Text: parent.Name,
				Href: p.URL("/distributors/" + parent.Number()),
			})
		} else if !fault.Is(err, fault.NotFound) {
			return v, err
		} else if v.Details, err = withSupplier(p, d, v.Details); err != nil {
			return v, err
		}
	}
	for _, row := range distributorRows(p, below) {
		if row.Depth > 0 {
			row.Depth--
			v.Children = append(v.Children, row)
		}
	}
	return v, nil
}

// withSupplier adds the supplier's name to the reader's own distributor. It is no page of
// theirs, so nothing leads there.
func withSupplier(p *page.Page, d accounts.Distributor, details []ui.Fact) ([]ui.Fact, error) {
	name, err := accounts.Supplier(p.Ctx(), p.DB(), d)
	if fault.Is(err, fault.NotFound) {
		return details, nil
	}
	return append(details, ui.Fact{Label: "Sells under", Text: name}), err
}

// distributorLinks lead to what belongs to the distributor, as far as the panel has
// the page and the reader may open it.
func distributorLinks(p *page.Page, d accounts.Distributor) []views.DistributorLink {
	var out []views.DistributorLink
	for _, l := range []struct{ path, label, note string }{
		{"/customers", "Customers", p.Plural(d.Customers, "account", "accounts")},
		{"/subscriptions", "Subscription contracts", ""},
		{"/plans", "Service plans", p.Plural(d.Plans, "plan", "plans")},
		{"/periods", "Financial periods", ""},
	} {
		if p.MayOpen(l.path) {
			out = append(out, views.DistributorLink{
				Label: l.label, Note: l.note,
				Href: p.URL(l.path + "?distributor=" + d.Number()),
			})
		}
	}
	return out
}
