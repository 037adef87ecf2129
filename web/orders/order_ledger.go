package orders

import (
	"net/http"
	"strconv"
	"strings"

	"handover/internal/db"
	"handover/internal/identity"
	"handover/internal/ledger"
	"handover/internal/order"
	"handover/internal/record"
	"handover/internal/transfer"
	views "handover/views/orders"
	"handover/views/ui"
	"handover/web/page"
)

// ledgerPage is how many lines a page of the ledger shows.
const ledgerPage = 100

// ledgerColumns name the columns whose own name says too little.
var ledgerColumns = map[string]string{"customer_id": "Owner", "crm_id": "CRM id", "succeeded_on": "Succeeded on"}

// ledger lists what the order changed, value by value.
func (h orderPage) ledger(p *page.Page) error {
	o, sides, err := order.GetOrderFor(p.Ctx(), p.DB(), p.Scope(), strings.ToUpper(p.Param("number")))
	if err != nil {
		return err
	}
	q := p.ReadQuery()
	kind := q.Text("kind")
	lines, err := sides.Ledger(p.Scope(), p.Staff.Can(identity.JournalRead)).Lines(p.Ctx(), p.DB(), o.ID, kind,
		q.Text("after"), ledgerPage+1)
	if err != nil {
		return err
	}
	kinds, err := sides.Ledger(p.Scope(), p.Staff.Can(identity.JournalRead)).Kinds(p.Ctx(), p.DB(), o.ID)
	if err != nil {
		return err
	}
	list := ui.List{Path: p.Request().URL.Path, Query: p.QueryParams()}
	v := views.OrderLedger{Number: o.Number, Kinds: []ui.Tab{{Label: "All", Href: list.Path, Current: kind == ""}}}
	for _, k := range kinds {
		v.Kinds = append(v.Kinds, ui.Tab{
			Label: k.Label, Count: p.Count(int(k.Records)),
			Href: list.With("kind", k.Kind), Current: kind == k.Kind,
		})
	}
	if len(lines) > ledgerPage {
		lines = lines[:ledgerPage]
		v.Next = list.With("after", lines[ledgerPage-1].Cursor)
	}
	for _, l := range lines {
		v.Rows = append(v.Rows, ledgerRow(p, l))
	}
	if p.Staff.Can(identity.ExportRun) {
		v.CSV = list.Path + ".csv"
		if kind != "" {
			v.CSV += "?kind=" + kind
		}
	}
	return p.Render(http.StatusOK, "Ledger of "+o.Number, views.OrderLedgerPage(v))
}

func ledgerRow(p *page.Page, l ledger.Line) views.LedgerRow {
	row := views.LedgerRow{
		Kind: record.LabelOf(l.Kind), Number: l.Number,
		Href: p.RecordHref(transfer.Record{Kind: l.Kind, Number: l.Number}),
		What: ledgerWhat(l), Before: p.Value(orEmpty(l.Before)), After: p.Value(orEmpty(l.After)),
	}
	if l.Column == "" {
		row.Row = row.Before + row.After
	}
	return row
}

// ledgerWhat says in words what happened to the record.
func ledgerWhat(l ledger.Line) string {
	switch {
	case l.Column == "" && l.Before == nil:
		return "Created"
	case l.Column == "":
		return "Removed"
	}
	if word, ok := ledgerColumns[l.Column]; ok {
		return word
	}
	return page.UpperFirst(strings.ReplaceAll(strings.TrimSuffix(l.Column, "_id"), "_", " "))
}

func orEmpty(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

// exportLedger sends the ledger as a file.
func (h orderPage) exportLedger(p *page.Page) error {
	o, sides, err := order.GetOrderFor(p.Ctx(), p.DB(), p.Scope(), strings.ToUpper(p.Param("number")))
	if err != nil {
		return err
	}
	kind := p.ReadQuery().Text("kind")
	head := []string{"kind", "number", "record_id", "column", "before", "after"}
	return page.StreamOrderCSV(p, o.ID, "ledger-"+o.Number, head, db.Page{},
		func(page db.Page) ([][]string, string, error) {
			lines, err := sides.Ledger(p.Scope(), p.Staff.Can(identity.JournalRead)).Lines(p.Ctx(), p.DB(), o.ID, kind,
				page.After, page.Size)
			rows := make([][]string, 0, len(lines))
			for _, l := range lines {
				rows = append(rows, []string{
					l.Kind, l.Number, strconv.FormatInt(l.RecordID, 10), l.Column,
					orEmpty(l.Before), orEmpty(l.After),
				})
			}
			after := ""
			if len(lines) == page.Size {
				after = lines[len(lines)-1].Cursor
			}
			return rows, after, err
		})
}
