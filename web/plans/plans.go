package plans

import (
	"net/http"
	"strconv"

	"handover/internal/accounts"
	"handover/internal/catalog"
	"handover/internal/db"
	"handover/internal/identity"
	"handover/internal/money"
	views "handover/views/plans"
	"handover/views/ui"
	"handover/web/orders"
	"handover/web/page"
)

// planPages are Catalog > Service Plans.
type planPages struct{}

// planTree is the order in which plans come below those they are delegated from.
const planTree = "tree"

// deepestLevel is the deepest level of the tree that is drawn as one of its own.
const deepestLevel = 4

func (h planPages) list(p *page.Page) error {
	l, f, err := readPlanFilter(p)
	if err != nil {
		return err
	}
	ctx := p.Request().Context()
	part, err := catalog.Plans(ctx, p.DB(), p.Scope(), f, l.Page)
	if err != nil {
		return err
	}
	total, err := catalog.CountPlans(ctx, p.DB(), p.Scope(), f)
	if err != nil {
		return err
	}
	distributors, err := page.DistributorChoices(p, p.DB(), f.DistributorID)
	if err != nil {
		return err
	}
	v := views.Plans{
		List: l.View, Paging: l.Paging(part.Before, part.After), Distributors: distributors,
		Total:    p.Plural(total, "plan", "plans"),
		Filtered: f.Restricts(), Tree: l.View.Sort == planTree && !f.Restricts(),
		Periods: namedOptions(f.BillingPeriod, "monthly", "Monthly", "quarterly", "Quarterly",
			"yearly", "Yearly"),
		Transferables: namedOptions(f.Transferable, "true", "Yes", "false", "No"),
	}
	if l.View.Sort != planTree {
		v.TreeHref = l.View.With("sort", "")
	}
	if p.Staff.Can(identity.ExportRun) {
		v.ExportHref = page.ExportHref(l.View, p.URL("/plans/export"))
	}
	for _, r := range part.Rows {
		v.Rows = append(v.Rows, servicePlanRow(p, r, v.Tree))
	}
	return p.Render(http.StatusOK, "Service Plans", views.PlansPage(v))
}

func readPlanFilter(p *page.Page) (page.ListState, catalog.PlanFilter, error) {
	l := p.ReadList(planTree)
	q := p.ReadQuery()
	f := catalog.PlanFilter{
		Search: l.Search, DistributorID: page.ReadNumber(q, "distributor", accounts.DistributorPrefix),
		BillingPeriod: q.OneOf("billing", "monthly", "quarterly", "yearly"),
		Transferable:  q.OneOf("transferable", "true", "false"),
	}
	return l, f, q.Err()
}

func servicePlanRow(p *page.Page, r catalog.PlanRow, tree bool) views.ServicePlanRow {
	row := views.ServicePlanRow{
		Number: r.Number, Name: r.Name, Level: strconv.Itoa(min(r.Depth, deepestLevel)), Distributor: r.Distributor,
		Billing: page.UpperFirst(r.BillingPeriod), Price: p.Money(r.Price, r.Currency),
		Transferable: r.Transferable, Root: !r.Delegated,
		Subscriptions: planSubscriptions(r, p.Count),
	}
	switch {
	case r.Above != 0 && tree:
		row.FromNote = accounts.Number(accounts.PlanPrefix, r.Above)
	case r.Above != 0:
		row.From, row.FromNote = r.AboveAt, accounts.Number(accounts.PlanPrefix, r.Above)
	case r.Delegated:
		row.From = orders.AnotherDistributor
	}
	return row
}

// planSubscriptions says how many subscriptions a plan has, up to where they are counted.
func planSubscriptions(r catalog.PlanRow, written func(int) string) string {
	if r.Subscriptions == catalog.CountLimit {
		return written(r.Subscriptions) + "+"
	}
	return written(r.Subscriptions)
}

// namedOptions are the choices of a filter: value, label, value, label.
func namedOptions(selected string, pairs ...string) []ui.Option {
	out := make([]ui.Option, 0, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		out = append(out, ui.Option{Value: pairs[i], Label: pairs[i+1], Selected: pairs[i] == selected})
	}
	return out
}

func (h planPages) export(p *page.Page) error {
	l, f, err := readPlanFilter(p)
	if err != nil {
		return err
	}
	head := []string{
		"number", "external_id", "name", "distributor", "delegated_from", "currency", "billing_period", "price",
		"transferable", "subscriptions",
	}
	return page.StreamCSV(p, "plans", head, l.Page, func(page db.Page) ([][]string, string, error) {
		part, err := catalog.Plans(p.Request().Context(), p.DB(), p.Scope(), f, page)
		rows := make([][]string, 0, len(part.Rows))
		for _, r := range part.Rows {
			above := ""
			if r.Above != 0 {
				above = accounts.Number(accounts.PlanPrefix, r.Above)
			}
			rows = append(rows, []string{
				r.Number, r.ExternalID, r.Name, r.Distributor, above, r.Currency, r.BillingPeriod,
				money.Format(r.Price, r.Currency),
				strconv.FormatBool(r.Transferable), planSubscriptions(r, strconv.Itoa),
			})
		}
		return rows, part.After, err
	})
}
