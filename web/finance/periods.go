package finance

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/accounts"
	"handover/internal/billing"
	"handover/internal/identity"
	views "handover/views/finance"
	"handover/views/ui"
	"handover/web/page"
)

// periodPages are Finance > Financial Periods.
type periodPages struct{ db *sqlx.DB }

// firstYear and lastYear bound the filter's year: what four digits can say.
const firstYear, lastYear = 1000, 9999

func (h periodPages) list(p *page.Page) error {
	l := p.ReadList("")
	q := p.ReadQuery()
	f := billing.PeriodFilter{
		DistributorID: page.ReadNumber(q, "distributor", accounts.DistributorPrefix),
		Year:          q.Int("year", 0, firstYear, lastYear),
		Status:        q.OneOf("status", billing.PeriodOpen, billing.PeriodClosed),
	}
	if f.DistributorID == 0 {
		f.DistributorID = p.Staff.DistributorID
	}
	if err := q.Err(); err != nil {
		return err
	}
	ctx := p.Request().Context()
	distributors, err := page.DistributorChoices(p, p.DB(), f.DistributorID)
	if err != nil {
		return err
	}
	all, err := billing.Periods(ctx, p.DB(), p.Scope(), billing.PeriodFilter{DistributorID: f.DistributorID})
	if err != nil {
		return err
	}
	shown, err := billing.Periods(ctx, p.DB(), p.Scope(), f)
	if err != nil {
		return err
	}
	v := views.Periods{
		List: l.View, Distributors: distributors, Years: yearOptions(all, f.Year),
		Statuses: []ui.Option{
			{Value: billing.PeriodOpen, Label: "Open", Selected: f.Status == billing.PeriodOpen},
			{Value: billing.PeriodClosed, Label: "Closed", Selected: f.Status == billing.PeriodClosed},
		},
		Filtered: f.Year != 0 || f.Status != "" || f.DistributorID != p.Staff.DistributorID,
		Total:    p.Plural(len(shown), "period", "periods"), Shown: periodYears(p, shown),
		CanManage: p.Staff.Can(identity.PeriodsManage),
		AddHref:   p.URL("/periods/new?distributor=" + accounts.Number(accounts.DistributorPrefix, f.DistributorID)),
	}
	return p.Render(http.StatusOK, "Financial Periods", views.PeriodsPage(v))
}

// periodYears groups periods, which come newest first, by the year they begin in.
func periodYears(p *page.Page, periods []billing.Period) []views.PeriodYear {
	var out []views.PeriodYear
	open, today := 0, time.Now().UTC()
	for i, period := range periods {
		year := strconv.Itoa(period.Start.Year())
		if len(out) == 0 || out[len(out)-1].Year != year {
			out, open = append(out, views.PeriodYear{Year: year}), 0
		}
		y := &out[len(out)-1]
		y.Periods = append(y.Periods, views.PeriodRow{
			Name: period.Name(), Start: p.Date(period.Start), End: p.Date(period.End),
			Status: period.Status,
			Now:    !today.Before(period.Start) && today.Before(period.End.AddDate(0, 0, 1)),
			Action: p.URL("/periods/" + strconv.FormatInt(period.ID, 10)), Back: p.Request().URL.RequestURI(),
		})
		if period.Status == billing.PeriodOpen {
			open++
		}
		if i == len(periods)-1 || periods[i+1].Start.Year() != period.Start.Year() {
			y.Note = fmt.Sprintf("%s, %d open", p.Plural(len(y.Periods), "period", "periods"), open)
		}
	}
	return out
}

func yearOptions(periods []billing.Period, selected int) []ui.Option {
	var years []int
	for _, p := range periods {
		years = append(years, p.Start.Year())
	}
	if selected != 0 {
		years = append(years, selected)
	}
	slices.SortFunc(years, func(a, b int) int { return b - a })
	var out []ui.Option
	for _, y := range slices.Compact(years) {
		out = append(out, ui.Option{Value: strconv.Itoa(y), Label: strconv.Itoa(y), Selected: y == selected})
	}
	return out
}

// setStatus closes or opens a period.
func (h periodPages) setStatus(p *page.Page) error {
	id, err := strconv.ParseInt(p.Param("id"), 10, 64)
	if err != nil {
		id = 0
	}
	f := p.ReadForm()
	period, changed, err := billing.SetPeriodStatus(p.Request().Context(), h.db, p.Scope(), p.Actor(), id,
		f.Text("status"))
	if err != nil {
		return err
	}
	if err := p.Flash(periodFlash(period, changed)); err != nil {
		return err
	}
	return p.Context.Redirect(http.StatusSeeOther, page.LocalPath(f.Text("back"), p.URL("/periods")))
}

func periodFlash(period billing.Period, changed bool) ui.Flash {
	what := fmt.Sprintf("%s of %s", period.Name(), period.Distributor)
	switch {
	case !changed:
		return ui.Flash{Tone: ui.Slate, Text: fmt.Sprintf(msgAlreadyInStatus, what, period.Status)}
	case period.Status == billing.PeriodClosed:
		return ui.Flash{Tone: ui.Green, Text: "Closed " + what + msgPeriodClosed}
	default:
		return ui.Flash{Tone: ui.Green, Text: "Opened " + what + msgPeriodOpened}
	}
}

func (h periodPages) newForm(p *page.Page) error {
	id := page.ReadNumber(p.ReadQuery(), "distributor", accounts.DistributorPrefix)
	if id == 0 {
		id = p.Staff.DistributorID
	}
	start, end, err := billing.NextPeriod(p.Request().Context(), p.DB(), p.Scope(), id)
	if err != nil {
		return err
	}
	v := views.NewPeriod{Start: start.Format(time.DateOnly), End: end.Format(time.DateOnly)}
	return h.renderForm(p, v, id)
}

func (h periodPages) renderForm(p *page.Page, v views.NewPeriod, distributor int64) error {
	var err error
	if v.Distributors, err = page.DistributorChoices(p, p.DB(), distributor); err != nil {
		return err
	}
	if v.Distributors == nil { // there is no other to choose
		own := accounts.Number(accounts.DistributorPrefix, p.Staff.DistributorID)
		v.Distributors = []ui.Option{{Value: own, Label: p.Staff.DistributorName, Selected: true}}
	}
	return p.Form(v.Errors, "Add period", views.NewPeriodPage(v))
}

func (h periodPages) add(p *page.Page) error {
	f := p.ReadForm()
	n := billing.NewPeriod{
		DistributorID: page.ReadNumber(f, "distributor", accounts.DistributorPrefix),
		Start:         f.Text("start"), End: f.Text("end"),
	}
	period, err := billing.AddPeriod(p.Request().Context(), h.db, p.Scope(), p.Actor(), n)
	if errs, ok := page.FieldErrors(err); ok {
		return h.renderForm(p, views.NewPeriod{Start: n.Start, End: n.End, Errors: errs}, n.DistributorID)
	}
	if err != nil {
		return err
	}
	number := accounts.Number(accounts.DistributorPrefix, period.DistributorID)
	said := fmt.Sprintf(msgPeriodAdded, period.Name(), period.Distributor)
	return p.Tell(ui.Flash{Tone: ui.Green, Text: said}, "/periods?"+url.Values{"distributor": {number}}.Encode())
}
