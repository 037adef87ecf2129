package home

import (
	"net/url"

	"handover/internal/accounts"
	"handover/internal/billing"
	"handover/internal/engine/situation"
	"handover/internal/identity"
	"handover/internal/reconciliation"
	views "handover/views/home"
	"handover/web/page"
)

// finance lists what those who keep the books have to do: periods to close, rates to renew,
// reconciliations that differ. nil = the reader's role keeps no books.
func (h homePages) finance(p *page.Page) (*views.HomeFinance, error) {
	if !p.Staff.Can(identity.PeriodsManage) {
		return nil, nil //nolint:nilnil // there is no such card
	}
	var v views.HomeFinance
	today := p.Frame.Transfers.Now()
	periods, err := billing.NextToClose(p.Ctx(), p.DB(), p.Scope(), today)
	if err != nil {
		return nil, err
	}
	for _, period := range periods {
		number := accounts.Number(accounts.DistributorPrefix, period.DistributorID)
		line := views.HomeLine{
			Href: p.URL("/periods?distributor=" + number), Number: period.Name(),
			Words: []views.HomeWord{{Text: period.Distributor}},
		}
		if period.Waiting > 1 {
			line.Note = p.Plural(int(period.Waiting), "period has ended", "periods have ended")
		}
		v.Periods = append(v.Periods, line)
	}
	if p.MayOpen("/rates") && p.Staff.Can(identity.RatesManage) {
		if v.Rates, err = staleRates(p); err != nil {
			return nil, err
		}
	}
	if p.MayOpen("/reconciliation") {
		if err := differences(p, &v); err != nil {
			return nil, err
		}
	}
	return &v, nil
}

// staleRates are the pairs whose newest rate is so old that a transfer warns of it.
func staleRates(p *page.Page) ([]views.HomeLine, error) {
	pairs, err := billing.StalePairs(p.Ctx(), p.DB(), p.Frame.Transfers.Now(), situation.StaleDays)
	var out []views.HomeLine
	for _, pair := range pairs {
		out = append(out, views.HomeLine{
			Href:   p.URL("/rates?" + url.Values{"currency": {pair.From}, "other": {pair.To}}.Encode()),
			Number: pair.From + " → " + pair.To, Before: "last rate ", When: p.Date(pair.On),
		})
	}
	return out, err
}

// differences are the reconciliations that differ, and when the books were last checked.
func differences(p *page.Page, v *views.HomeFinance) error {
	v.Books = p.URL("/reconciliation")
	results, err := reconciliation.Results(p.Ctx(), p.DB(), p.Scope(), reconciliation.Filter{Differing: true})
	if err != nil {
		return err
	}
	for _, r := range results {
		v.Differing = append(v.Differing, views.HomeLine{
			Href: p.URL("/reconciliation/" + r.Name + "?" + url.Values{
				"distributor": {r.Distributor}, "currency": {r.Currency},
			}.Encode()),
			Number: reconciliation.TitleOf(r.Name), Words: []views.HomeWord{{Text: r.DistributorName}},
			Note: p.Money(r.Difference, r.Currency),
		})
	}
	checked, err := reconciliation.CheckedAt(p.Ctx(), p.DB(), p.Scope(), 0)
	if err == nil && checked != nil {
		v.Checked = p.Moment(*checked)
	}
	return err
}
