package finance

import (
	"cmp"
	"net/http"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"handover/internal/accounts"
	"handover/internal/billing"
	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/identity"
	"handover/internal/money"
	views "handover/views/finance"
	"handover/web/orders"
	"handover/web/page"
)

// journalPages are Finance > Journal.
type journalPages struct{}

func (h journalPages) list(p *page.Page) error {
	l, f, err := h.readFilter(p)
	if err != nil {
		return err
	}
	part, err := billing.Journal(p.Request().Context(), p.DB(), p.Scope(), f, l.Page)
	if err != nil {
		return err
	}
	distributors, err := page.DistributorChoices(p, p.DB(), f.DistributorID)
	if err != nil {
		return err
	}
	v := views.Journal{
		List: l.View, Paging: l.Paging(part.Before, part.After), Distributors: distributors,
		Filtered: f != billing.JournalFilter{},
		Customer: p.QueryParam("customer"), Account: f.Account, From: p.QueryParam("from"), To: p.QueryParam("to"),
		Totals: journalTotals(p, part.Rows),
	}
	if p.Staff.Can(identity.ExportRun) {
		v.ExportHref = page.ExportHref(l.View, p.URL("/journal/export"))
	}
	for _, e := range part.Rows {
		v.Entries = append(v.Entries, journalEntry(p, e))
	}
	return p.Render(http.StatusOK, "Journal", views.JournalPage(v))
}

// readFilter reads the filters of the address. A customer that is not found keeps
// the list empty.
func (h journalPages) readFilter(p *page.Page) (page.ListState, billing.JournalFilter, error) {
	l := p.ReadList("-date")
	q := p.ReadQuery()
	f := billing.JournalFilter{
		DistributorID: page.ReadNumber(q, "distributor", accounts.DistributorPrefix), Account: q.Text("account"),
		Search: l.Search,
		From:   q.Date("from"), To: q.Date("to"),
	}
	if err := q.Err(); err != nil {
		return l, f, err
	}
	typed := q.Text("customer")
	if typed == "" {
		return l, f, nil
	}
	id, err := accounts.FindCustomer(p.Request().Context(), p.DB(), p.Scope(), typed)
	if fault.Is(err, fault.NotFound) {
		id, err = noRecord, nil
	}
	f.CustomerID = id
	return l, f, err
}

// noRecord is an id that no record has.
const noRecord = -1

func journalEntry(p *page.Page, e billing.Entry) views.JournalEntry {
	v := views.JournalEntry{
		Number: e.Number(), PostedOn: p.Date(e.PostedOn), Memo: e.Memo, Restricted: e.Restricted,
		Distributor: e.Distributor,
		Source:      sourceLabel(e), Customer: e.Customer,
	}
	if e.CustomerID != 0 { // who may not see the owner may not see the document either
		v.CustomerHref = p.URL("/customers/" + accounts.Number(accounts.CustomerPrefix, e.CustomerID))
		switch {
		case e.Subscription != 0:
			v.SourceHref = p.URL("/subscriptions/" + accounts.Number(accounts.SubscriptionPrefix, e.Subscription) +
				"/revenue-schedule")
		case e.SourceKind != "" && e.SourceKind != "revenue_schedule":
			v.SourceHref = p.URL(page.DocumentPath(e.SourceKind, e.SourceID))
		}
	}
	if e.OrderID != 0 {
		v.Order = accounts.Number("TO", e.OrderID)
		v.OrderHref = p.URL("/orders/" + v.Order)
	}
	for _, line := range e.Lines {
		row := views.JournalLine{
			Account: line.Account, Debit: amountOrNone(p, line.Debit, line.Currency),
			Credit: amountOrNone(p, line.Credit, line.Currency),
		}
		if line.Between {
			row.Party, row.Original = partyWords(line), originalWords(p, line)
		}
		v.Lines = append(v.Lines, row)
	}
	return v
}

// partyWords name the other side of a line that a transfer wrote between two books, with its
// legal entity where the reader may know it.
func partyWords(l billing.EntryLine) string {
	if l.Party == "" {
		return orders.AnotherDistributor
	}
	if l.PartyEntity == "" || l.PartyEntity == l.Party {
		return l.Party
	}
	return l.Party + " (" + l.PartyEntity + ")"
}

// originalWords give the amount of such a line on the side that gave, and its rate in
// another currency: "€ 120.05 at 0.8612".
func originalWords(p *page.Page, l billing.EntryLine) string {
	if !l.Original.Valid {
		return ""
	}
	words := p.Money(l.Original.Decimal, l.OriginalCurrency)
	if l.OriginalCurrency != l.Currency && l.Rate.Valid {
		words += " at " + p.Number(l.Rate.Decimal)
	}
	return words
}

// sourceLabel names the source of an entry: "Credit memo CM-7", or the schedule lines that an
// entry for several recognises.
func sourceLabel(e billing.Entry) string {
	switch {
	case e.Recognises != "":
		return "Revenue schedule " + e.Recognises
	case e.SourceKind == "":
		return ""
	}
	return page.UpperFirst(strings.ReplaceAll(e.SourceKind, "_", " ")) + " " + e.SourceNumber
}

// amountOrNone leaves the empty side of a line empty.
func amountOrNone(p *page.Page, v decimal.Decimal, currency string) string {
	if v.IsZero() {
		return ""
	}
	return p.Money(v, currency)
}

// journalTotals are the sums of the page's entries per currency, debits beside credits.
func journalTotals(p *page.Page, entries []billing.Entry) []views.JournalTotal {
	debits, credits := billing.Totals(entries)
	var out []views.JournalTotal
	for _, sum := range debits.Amounts() {
		out = append(out, views.JournalTotal{
			Currency: sum.Currency, Debit: p.Amount(sum), Credit: p.Money(credits[sum.Currency],
				sum.Currency),
		})
	}
	return out
}

func (h journalPages) export(p *page.Page) error {
	l, f, err := h.readFilter(p)
	if err != nil {
		return err
	}
	head := []string{
		"entry", "posted_on", "distributor", "customer_number", "customer", "memo", "source_kind", "source_number",
		"order", "restricted",
		"account", "debit", "credit", "currency", "counterparty", "counterparty_entity", "original_amount",
		"original_currency", "rate",
	}
	return page.StreamCSV(p, "journal", head, l.Page, func(page db.Page) ([][]string, string, error) {
		part, err := billing.Journal(p.Request().Context(), p.DB(), p.Scope(), f, page)
		var rows [][]string
		for _, e := range part.Rows {
			rows = append(rows, journalLines(e)...)
		}
		return rows, part.After, err
	})
}

// journalLines are the lines of an entry as rows of a file, each with what the entry says.
func journalLines(e billing.Entry) [][]string {
	customer, order := "", ""
	if e.CustomerID != 0 {
		customer = accounts.Number(accounts.CustomerPrefix, e.CustomerID)
	}
	if e.OrderID != 0 {
		order = accounts.Number("TO", e.OrderID)
	}
	var rows [][]string
	for _, l := range e.Lines {
		party, original, rate := "", "", ""
		if l.Between {
			party = cmp.Or(l.Party, orders.AnotherDistributor)
		}
		if l.Original.Valid {
			original = money.Format(l.Original.Decimal, l.OriginalCurrency)
		}
		if l.Rate.Valid {
			rate = money.Plain(l.Rate.Decimal)
		}
		rows = append(rows, []string{
			e.Number(), e.PostedOn.Format(time.DateOnly), e.Distributor, customer, e.Customer, e.Memo, e.SourceKind,
			e.SourceNumber, order, e.Restricted,
			l.Account, money.Format(l.Debit, l.Currency), money.Format(l.Credit, l.Currency), l.Currency,
			party, l.PartyEntity, original, l.OriginalCurrency, rate,
		})
	}
	return rows
}
