package customers

import (
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"handover/internal/accounts"
	"handover/internal/billing"
	"handover/internal/db"
	"handover/internal/fault"
	views "handover/views/customers"
	"handover/views/ui"
	"handover/web/page"
)

// documentPages are the pages of single documents.
type documentPages struct{}

// earlierShown is how many documents of a predecessor its successor's page shows.
const earlierShown = 10

// documents is the Documents tab of a customer.
func (h customerPages) documents(o *opened) error {
	l := o.ReadList("-date")
	q := o.ReadQuery()
	kind := q.OneOf("kind", documentKindNames()...)
	if err := q.Err(); err != nil {
		return err
	}
	ctx, c := o.Request().Context(), o.customer
	part, err := billing.ListDocuments(ctx, o.DB(), o.Scope(), billing.DocumentsOf{
		Customer: c.ID, Kind: kind,
		Page: l.Page,
	})
	if err != nil {
		return err
	}
	n, err := billing.CountDocuments(ctx, o.DB(), c.ID, kind)
	if err != nil {
		return err
	}
	v := views.CustomerDocuments{
		Head: o.head, List: l.View, Paging: l.Paging(part.Before, part.After), Kinds: documentKindOptions(kind),
		Filtered: kind != "", Total: o.Plural(n, "document", "documents"),
	}
	for _, d := range part.Rows {
		v.Rows = append(v.Rows, documentRow(o.Page, d))
	}
	v.Earlier, err = h.earlier(o)
	if err != nil {
		return err
	}
	return o.show(c.Name+": Documents", views.CustomerDocumentsPage(v))
}

// earlier returns the last documents of each account that this one followed and
// that still owns some.
func (h customerPages) earlier(o *opened) ([]views.EarlierDocuments, error) {
	var out []views.EarlierDocuments
	ctx := o.Request().Context()
	for _, r := range o.came {
		part, err := billing.ListDocuments(ctx, o.DB(), o.Scope(),
			billing.DocumentsOf{Customer: r.ID, Page: db.Page{Size: earlierShown}})
		if err != nil {
			return nil, err
		}
		if len(part.Rows) == 0 {
			continue
		}
		n, err := billing.CountDocuments(ctx, o.DB(), r.ID, "")
		if err != nil {
			return nil, err
		}
		before := "transfer"
		if r.Status == accounts.Merged {
			before = "merge"
		}
		e := views.EarlierDocuments{
			Title: fmt.Sprintf("Documents of %s before the %s", r.Number(), before),
			All:   "All " + o.Plural(n, "document", "documents") + " of " + r.Name,
			Href:  o.URL("/customers/" + r.Number() + "/documents"),
		}
		for _, d := range part.Rows {
			e.Rows = append(e.Rows, documentRow(o.Page, d))
		}
		out = append(out, e)
	}
	return out, nil
}

func documentRow(p *page.Page, d billing.DocumentRow) views.DocumentRow {
	row := views.DocumentRow{
		Origin: d.Origin, Due: p.Day(d.DueOn), Number: d.Number, Kind: documentLabel(d.Kind),
		Date: p.Date(d.OnDate), Amount: p.Money(d.Amount, d.Currency),
		Status: d.Status, Restricted: d.Restricted, Href: p.URL(page.DocumentPath(d.Kind, d.ID)),
	}
	row.Overdue = overdue(p, d.Kind, d.DueOn, d.Open)
	// A document with nothing open shows no open amount.
	if d.Open.Valid && !d.Open.Decimal.IsZero() {
		row.Open = p.Money(d.Open.Decimal, d.Currency)
	}
	return row
}

// overdue says for how many days an amount that is still to be paid is due, "" = it is not. The day is that of
// the reader's time zone.
func overdue(p *page.Page, kind string, due *time.Time, open decimal.NullDecimal) string {
	owed := kind == "invoice" || kind == "debit_memo"
	if !owed || due == nil || !open.Valid || !open.Decimal.IsPositive() {
		return ""
	}
	now := time.Now().In(p.Zone())
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	days := int(today.Sub(due.UTC().Truncate(24*time.Hour)).Hours() / 24)
	if days <= 0 {
		return ""
	}
	return "Overdue " + p.Plural(days, "day", "days")
}

func documentLabel(kind string) string {
	for _, k := range billing.DocumentKinds() {
		if k.Name == kind {
			return k.Label
		}
	}
	return kind
}

func documentKindNames() []string {
	var names []string
	for _, k := range billing.DocumentKinds() {
		names = append(names, k.Name)
	}
	return names
}

func documentKindOptions(chosen string) []ui.Option {
	var out []ui.Option
	for _, k := range billing.DocumentKinds() {
		out = append(out, ui.Option{Value: k.Name, Label: k.Plural, Selected: k.Name == chosen})
	}
	return out
}

// find returns the document that the address names: by its id, or by its number,
// which then leads to the id.
func (h documentPages) find(p *page.Page) (billing.Document, string, error) {
	ctx, kind, ref := p.Request().Context(), p.Param("kind"), page.PathParam(p, "ref")
	if id, err := strconv.ParseInt(ref, 10, 64); err == nil {
		d, err := billing.GetDocument(ctx, p.DB(), p.Scope(), kind, id)
		return d, "", err
	}
	ids, err := billing.DocumentsNumbered(ctx, p.DB(), p.Scope(), kind, ref)
	if err != nil {
		return billing.Document{}, "", err
	}
	switch len(ids) {
	case 0:
		return billing.Document{}, "", fault.New(fault.NotFound, msgNoDocument, ref)
	case 1:
		return billing.Document{}, page.DocumentPath(kind, ids[0]), nil
	default:
		return billing.Document{}, "/search?q=" + url.QueryEscape(ref), nil
	}
}
