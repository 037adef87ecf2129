package finance

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/jmoiron/sqlx"

	"handover/internal/accounts"
	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/identity"
	"handover/internal/money"
	"handover/internal/reconciliation"
	views "handover/views/finance"
	"handover/views/ui"
	"handover/web/page"
)

// reconciliationPages are Finance > Reconciliation. They read what the last check of the books
// kept; opening one checks again, unless that takes long.
type reconciliationPages struct{ db *sqlx.DB }

// manyResults is from how many results on the page lists only those that differ, where it is not
// asked for one distributor.
const manyResults = 200

// filter reads which results the address asks for.
func (h reconciliationPages) filter(p *page.Page) (reconciliation.Filter, error) {
	q := p.ReadQuery()
	f := reconciliation.Filter{
		DistributorID: page.ReadNumber(q, "distributor", accounts.DistributorPrefix),
		Differing:     q.OneOf("show", "differing") == "differing",
	}
	return f, q.Err()
}

// results refreshes the check and reads what it gave.
func (h reconciliationPages) results(p *page.Page, f reconciliation.Filter) ([]reconciliation.Result, error) {
	if err := reconciliation.Refresh(p.Ctx(), h.db, p.Scope()); err != nil {
		return nil, err
	}
	return reconciliation.Results(p.Ctx(), p.DB(), p.Scope(), f)
}

func (h reconciliationPages) list(p *page.Page) error {
	f, err := h.filter(p)
	if err != nil {
		return err
	}
	results, err := h.results(p, f)
	if err != nil {
		return err
	}
	distributors, err := page.DistributorChoices(p, p.DB(), f.DistributorID)
	if err != nil {
		return err
	}
	at, err := reconciliation.CheckedAt(p.Ctx(), p.DB(), p.Scope(), f.DistributorID)
	if err != nil {
		return err
	}
	l := p.ReadList("")
	v := views.Reconciliation{
		List: l.View, Distributors: distributors, Filtered: f != reconciliation.Filter{},
		CheckAction: p.URL("/reconciliation"),
		Shows:       []ui.Option{{Value: "differing", Label: "Only what differs", Selected: f.Differing}},
		Lead:        msgLead,
	}
	if at != nil {
		v.CheckedAt = p.Moment(*at)
	}
	if p.Staff.Can(identity.ExportRun) {
		v.ExportHref = page.ExportHref(l.View, p.URL("/reconciliation/export"))
	}
	off := 0
	for _, r := range results {
		if !r.OK {
			off++
		}
	}
	v.Total = p.Plural(off, "difference", "differences")
	for _, name := range reconciliation.Names() {
		if c, ok := checkView(p, name, results, len(results) > manyResults && f.DistributorID == 0); ok {
			v.Checks = append(v.Checks, c)
		}
	}
	return p.Render(http.StatusOK, "Reconciliation", views.ReconciliationPage(v))
}

// checkView is a comparison with its results, and whether there are any; brief leaves out what agrees.
func checkView(p *page.Page, name string, results []reconciliation.Result,
	brief bool,
) (views.ReconciliationCheck, bool) {
	check, _ := reconciliation.ByName(name)
	v := views.ReconciliationCheck{ID: name, Title: reconciliation.TitleOf(name), Explain: check.Explain}
	off, agree := 0, 0
	for _, r := range results {
		if r.Name != name {
			continue
		}
		if !r.OK {
			off++
		} else if agree++; brief {
			continue
		}
		v.Rows = append(v.Rows, resultRow(p, check, r))
	}
	v.Agrees, v.State = off == 0, p.Plural(off, "difference", "differences")
	if v.Agrees {
		v.State = "Agrees"
	}
	if brief && agree > 0 {
		v.Rest = p.Plural(agree, oneAgrees, manyAgree) + ". Choose a " +
			msgListThem
	}
	return v, off+agree > 0
}

func resultRow(p *page.Page, check reconciliation.Check, r reconciliation.Result) views.ReconciliationRow {
	row := views.ReconciliationRow{
		Distributor: r.DistributorName, DistributorHref: p.URL("/distributors/" + r.Distributor), Currency: r.Currency,
		Checked: p.Count(int(r.Checked)), Differing: p.Count(int(r.Differing)),
		Difference: p.Money(r.Difference, r.Currency),
		Agrees:     r.OK, Since: p.Day(r.Since),
	}
	if r.FirstSeen != nil {
		row.FirstSeen = p.Moment(*r.FirstSeen)
	}
	if r.Differing > 0 || check.Lists {
		q := url.Values{"distributor": {r.Distributor}, "currency": {r.Currency}}
		row.ItemsHref, row.ItemsLabel = p.URL("/reconciliation/"+r.Name+"?"+q.Encode()), labelShowRecords
	}
	return row
}

// check runs a check now, however long it takes.
func (h reconciliationPages) check(p *page.Page) error {
	err := reconciliation.Run(p.Ctx(), h.db, p.Scope())
	if fault.Is(err, fault.Conflict) {
		return p.Tell(ui.Flash{
			Tone: ui.Slate,
			Text: msgCheckedMeanwhile,
		}, "/reconciliation")
	}
	if err != nil {
		return err
	}
	return p.Tell(ui.Flash{
		Tone: ui.Green,
		Text: msgChecked,
	}, "/reconciliation")
}

func (h reconciliationPages) export(p *page.Page) error {
	f, err := h.filter(p)
	if err != nil {
		return err
	}
	head := []string{
		"name", "title", "distributor", "distributor_name", "currency", "compared", "differing", "difference",
		"ok", "since", "first_seen", "checked_at",
	}
	return page.StreamCSV(p, "reconciliation", head, db.Page{}, func(db.Page) ([][]string, string, error) {
		results, err := h.results(p, f)
		rows := make([][]string, 0, len(results))
		for _, r := range results {
			rows = append(rows, []string{
				r.Name, reconciliation.TitleOf(r.Name), r.Distributor, r.DistributorName, r.Currency,
				strconv.FormatInt(r.Checked, 10), strconv.FormatInt(r.Differing, 10),
				money.Format(r.Difference, r.Currency), strconv.FormatBool(r.OK), fileDay(r.Since),
				fileMoment(r.FirstSeen),
				fileMoment(&r.CheckedAt),
			})
		}
		return rows, "", err
	})
}
