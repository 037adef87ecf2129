package finance

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"handover/internal/accounts"
	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/identity"
	"handover/internal/money"
	"handover/internal/reconciliation"
	views "handover/views/finance"
	pageviews "handover/views/page"
	"handover/views/ui"
	"handover/web/orders"
	"handover/web/page"
)

// items lists what a comparison found for one distributor and currency.
func (h reconciliationPages) items(p *page.Page) error {
	name, check, f, err := h.itemFilter(p)
	if err != nil {
		return err
	}
	result, err := h.result(p, f)
	if err != nil {
		return err
	}
	l := p.ReadList("-difference")
	part, err := reconciliation.Items(p.Ctx(), p.DB(), p.Scope(), f, l.Page)
	if err != nil {
		return err
	}
	v := views.ReconciliationItems{
		List: l.View, Paging: l.Paging(part.Before, part.After), Title: reconciliation.TitleOf(name),
		Explain: check.Explain,
		Books:   check.Books, Records: check.Records, Facts: resultFacts(p, result),
		Pairs: slices.ContainsFunc(part.Rows, func(i reconciliation.Item) bool { return i.OtherID != 0 || i.Masked }),
	}
	if p.Staff.Can(identity.ExportRun) && len(part.Rows) > 0 {
		v.ExportHref = page.ExportHref(l.View, p.URL("/reconciliation/"+name+"/export"))
	}
	if kept := int64(reconciliation.KeptItems); result.Differing > kept {
		v.Rest = p.Plural(int(result.Differing-kept), "more record differs", "more records differ") + msgByLess +
			msgLargestOnly
	}
	for _, i := range part.Rows {
		v.Rows = append(v.Rows, itemRow(p, i))
	}
	return p.Render(http.StatusOK, v.Title, views.ReconciliationItemsPage(v))
}

// result refreshes the check and reads what it gave for one distributor and currency.
func (h reconciliationPages) result(p *page.Page, f reconciliation.ItemFilter) (reconciliation.Result, error) {
	if err := reconciliation.Refresh(p.Ctx(), h.db, p.Scope()); err != nil {
		return reconciliation.Result{}, err
	}
	return reconciliation.GetResult(p.Ctx(), p.DB(), p.Scope(), f)
}

// itemFilter reads which result the address names.
func (h reconciliationPages) itemFilter(p *page.Page) (string, reconciliation.Check, reconciliation.ItemFilter, error) {
	name := page.PathParam(p, "name")
	check, ok := reconciliation.ByName(name)
	if !ok {
		return "", check, reconciliation.ItemFilter{}, fault.New(fault.NotFound, msgNoReconciliation, name)
	}
	q := p.ReadQuery()
	f := reconciliation.ItemFilter{
		Name: name, DistributorID: page.ReadNumber(q, "distributor", accounts.DistributorPrefix),
		Currency: strings.ToUpper(q.Text("currency")),
	}
	return name, check, f, q.Err()
}

func resultFacts(p *page.Page, r reconciliation.Result) []ui.Fact {
	facts := []ui.Fact{
		{Label: "Distributor", Text: r.DistributorName, Href: p.URL("/distributors/" + r.Distributor)},
		{Label: "Compared", Text: p.Count(int(r.Checked))},
		{Label: "Differ", Text: p.Count(int(r.Differing))},
		{Label: "Difference", Value: ui.Money(p.Money(r.Difference, r.Currency))},
	}
	if r.Since != nil {
		facts = append(facts, ui.Fact{Label: "Differs since", Value: ui.Date(p.Date(*r.Since))})
	}
	if r.FirstSeen != nil {
		facts = append(facts, ui.Fact{Label: "First seen", Value: ui.Date(p.Moment(*r.FirstSeen))})
	}
	return append(facts, ui.Fact{Label: "Checked", Value: ui.Date(p.Moment(r.CheckedAt))})
}

func itemRow(p *page.Page, i reconciliation.Item) views.ReconciliationItem {
	row := views.ReconciliationItem{
		Account: i.Customer, Other: i.Other, Books: p.Money(i.Books, i.Currency),
		RecordsSay: p.Money(i.Records, i.Currency),
		Difference: p.Money(i.Difference, i.Currency), Differs: i.Differs, Since: p.Day(i.Since),
	}
	if i.FirstSeen != nil {
		row.FirstSeen = p.Moment(*i.FirstSeen)
	}
	if i.CustomerID != 0 {
		row.AccountHref = p.URL("/reconciliation/accounts/" + accounts.Number(accounts.CustomerPrefix, i.CustomerID))
	}
	if i.Masked {
		row.Other = page.UpperFirst(orders.AnotherDistributor)
	}
	record := reconciledRecord(p, i.Kind, i.RecordID, i.Number)
	if i.Kind == "distributor" && i.Masked {
		record = pageviews.RecordLink{Label: page.UpperFirst(orders.AnotherDistributor)}
	}
	row.Record, row.RecordHref = record.Label, record.Href
	return row
}

// reconciledRecord names a record that a check is about, and leads to its page.
func reconciledRecord(p *page.Page, kind string, id int64, number string) pageviews.RecordLink {
	switch kind {
	case "customer":
		return pageviews.RecordLink{Label: number, Href: p.URL("/reconciliation/accounts/" + number)}
	case "transfer_order":
		if number == "" {
			return pageviews.RecordLink{Label: "Lines without an order"}
		}
		return pageviews.RecordLink{Label: number, Href: p.URL("/reconciliation/orders/" + number)}
	case "distributor":
		return pageviews.RecordLink{Label: number, Href: p.URL("/distributors/" + number)}
	case "journal_entry":
		return pageviews.RecordLink{Label: number, Href: p.URL("/journal?q=" + url.QueryEscape(number) + "#" + number)}
	case "revenue_schedule":
		return pageviews.RecordLink{Label: "Revenue schedule line " + number}
	}
	label := page.UpperFirst(strings.ReplaceAll(kind, "_", " "))
	return pageviews.RecordLink{
		Label: strings.TrimSpace(label + " " + number),
		Href:  p.URL(page.DocumentPath(kind, id)),
	}
}

func (h reconciliationPages) exportItems(p *page.Page) error {
	name, _, f, err := h.itemFilter(p)
	if err != nil {
		return err
	}
	if _, err := h.result(p, f); err != nil {
		return err
	}
	head := []string{
		"kind", "number", "customer_number", "customer", "other_side", "books", "records", "difference", "currency",
		"differs", "since", "first_seen",
	}
	order := p.ReadList("-difference").Page
	return page.StreamCSV(p, "reconciliation-"+name, head, order, func(page db.Page) ([][]string, string, error) {
		part, err := reconciliation.Items(p.Ctx(), p.DB(), p.Scope(), f, page)
		rows := make([][]string, 0, len(part.Rows))
		for _, i := range part.Rows {
			number, customer, other := i.Number, "", i.Other
			if i.CustomerID != 0 {
				customer = accounts.Number(accounts.CustomerPrefix, i.CustomerID)
			}
			if i.Masked {
				other = orders.AnotherDistributor
				if i.Kind == "distributor" {
					number = ""
				}
			}
			rows = append(rows, []string{
				i.Kind, number, customer, i.Customer, other, money.Format(i.Books, i.Currency),
				money.Format(i.Records, i.Currency),
				money.Format(i.Difference, i.Currency), i.Currency, strconv.FormatBool(i.Differs), fileDay(i.Since),
				fileMoment(i.FirstSeen),
			})
		}
		return rows, part.After, err
	})
}

// fileDay writes a day as files have it, "" where there is none.
func fileDay(day *time.Time) string {
	if day == nil {
		return ""
	}
	return day.Format(time.DateOnly)
}

// fileMoment writes a moment as files have it, "" where there is none.
func fileMoment(at *time.Time) string {
	if at == nil {
		return ""
	}
	return at.UTC().Format(time.RFC3339)
}
