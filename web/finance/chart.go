package finance

import (
	"fmt"
	"net/http"
	"strings"

	"handover/internal/accounts"
	"handover/internal/billing"
	"handover/internal/fault"
	"handover/internal/identity"
	"handover/internal/settings"
	views "handover/views/finance"
	"handover/web/page"
)

// chartPages are Finance > Chart of accounts.
type chartPages struct{ controls page.ControlForms }

// chartForm is the name of the page's form.
const chartForm = string(settings.Chart)

func (h chartPages) show(p *page.Page) error {
	q := p.ReadQuery()
	id := page.ReadNumber(q, "distributor", accounts.DistributorPrefix)
	if err := q.Err(); err != nil {
		return err
	}
	if id == 0 {
		id = p.Staff.DistributorID
	}
	d, err := accounts.GetDistributor(p.Ctx(), p.DB(), p.Scope(), id)
	if err != nil {
		return err
	}
	v, err := h.view(p, d)
	if err != nil {
		return err
	}
	return p.Render(http.StatusOK, "Chart of Accounts", views.ChartPage(v))
}

// view is the chart of a distributor as it takes effect.
func (h chartPages) view(p *page.Page, d accounts.Distributor) (views.Chart, error) {
	chart, err := billing.ChartOf(p.Ctx(), p.DB(), d.ID)
	if err != nil {
		return views.Chart{}, err
	}
	l := p.ReadList("")
	v := views.Chart{
		List: l.View, Distributor: d.Name, InSum: chart.RecognitionInSum, MaySet: p.Staff.Can(identity.SettingsManage),
		Action: p.URL("/chart/" + d.Number()),
	}
	if v.Distributors, err = page.DistributorChoices(p, p.DB(), d.ID); err != nil {
		return v, err
	}
	for _, r := range chart.Roles {
		v.Roles = append(v.Roles, views.ChartRole{
			Key: string(r.Role), Label: r.Role.Label(), Accounts: strings.Join(r.Accounts, ", "), PostsTo: r.Said,
			Effective: chart.Account(r.Role), Kept: r.Kept,
		})
	}
	waiting, err := settings.Pending(p.Ctx(), p.DB(), p.Scope(), d.ID, h.controls.Desk.Now())
	if err != nil {
		return v, err
	}
	for _, ch := range waiting {
		if ch.Control.Name == settings.Chart {
			v.WaitingHref = p.URL("/distributors/" + d.Number())
		}
	}
	if !v.MaySet {
		return v, nil
	}
	return v, h.controls.FillConfirm(p, d, &v.Controls, p.URL("/chart?distributor="+d.Number()))
}

// save changes the chart of the distributor that the address names.
func (h chartPages) save(p *page.Page) error {
	ref := page.PathParam(p, "number")
	id, ok := accounts.ParseNumber(accounts.DistributorPrefix, ref)
	if !ok {
		return fault.New(fault.NotFound, msgNoDistributor, ref)
	}
	d, err := accounts.GetDistributor(p.Ctx(), p.DB(), p.Scope(), id)
	if err != nil {
		return err
	}
	c, err := settings.ControlOf(settings.Chart)
	if err != nil {
		return err
	}
	f := p.ReadForm()
	values := page.ReadValues(f, c)
	flash, err := h.controls.Change(p, f, d, settings.Chart, values)
	if err == nil {
		return p.Tell(flash, "/chart?distributor="+d.Number())
	}
	return h.again(p, d, f, values, err)
}

// again shows the page with what was typed and what is wrong.
func (h chartPages) again(p *page.Page, d accounts.Distributor, f *page.Form, values settings.Values, err error) error {
	status, errs, ok := page.ShownAgain(err)
	if !ok {
		return err
	}
	v, err := h.view(p, d)
	if err != nil {
		return err
	}
	v.Form, v.Errors, v.Reason = chartForm, errs, f.Text("reason")
	v.InSum = values[settings.ChartInSum] == true
	for i := range v.Roles {
		role := billing.Role(v.Roles[i].Key)
		v.Roles[i].Accounts = fmt.Sprint(values[settings.ChartAccounts(role)])
		v.Roles[i].PostsTo = fmt.Sprint(values[settings.ChartPostsTo(role)])
	}
	return p.Render(status, "Chart of Accounts", views.ChartPage(v))
}
