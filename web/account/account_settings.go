package account

import (
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"handover/internal/accounts"
	"handover/internal/identity"
	views "handover/views/account"
	"handover/views/ui"
	"handover/web/page"
)

// settingsView are the choices for how pages look, each written in its own style.
func settingsView(p *page.Page) (views.AccountSettings, error) {
	own, err := accounts.GetDistributor(p.Ctx(), p.DB(), p.Scope(), p.Staff.DistributorID)
	if err != nil {
		return views.AccountSettings{}, err
	}
	s := p.Staff.Settings
	v := views.AccountSettings{Zone: s.OwnZone, Usual: own.TimeZone, Zones: page.Zones, Keys: s.Keys}
	today, sample := time.Now().In(p.Zone()), decimal.New(-123450, -2)
	for _, style := range identity.DateStyles {
		v.Dates = append(v.Dates, ui.Option{
			Value: style, Selected: style == s.DateStyle,
			Label: page.StyleOf(identity.StaffSettings{DateStyle: style}).Date(today).Text,
		})
	}
	for _, style := range identity.NumberStyles {
		v.Numbers = append(v.Numbers, ui.Option{
			Value: style, Selected: style == s.NumberStyle,
			Label: page.StyleOf(identity.StaffSettings{NumberStyle: style}).Money(sample, own.Currency),
		})
	}
	for _, size := range identity.PageSizes {
		text := strconv.Itoa(size)
		v.Sizes = append(v.Sizes, ui.Option{Value: text, Label: text, Selected: size == s.PageSize})
	}
	return v, nil
}

// saveSettings keeps how pages look to the person.
func (h accountPages) saveSettings(p *page.Page) error {
	f := p.ReadForm()
	s := identity.StaffSettings{
		OwnZone: f.Text("time_zone"), DateStyle: f.Text("date_style"), NumberStyle: f.Text("number_style"),
		PageSize: f.Int("page_size", identity.PageSizes[0], 1, identity.MaxPageSize), Keys: f.Bool("keys"),
	}
	if errs := f.Errors(); len(errs) > 0 {
		return h.render(p, errs)
	}
	err := identity.SaveStaffSettings(p.Ctx(), h.db, p.Actor(), s)
	if errs, ok := page.FieldErrors(err); ok {
		s.TimeZone = p.Staff.Settings.TimeZone
		p.Staff.Settings = s // as it was typed
		return h.render(p, errs)
	}
	if err != nil {
		return err
	}
	return h.done(p, msgSettingsSaved)
}
