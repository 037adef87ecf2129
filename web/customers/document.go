package customers

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"

	"handover/internal/accounts"
	"handover/internal/billing"
	"handover/internal/identity"
	views "handover/views/customers"
	"handover/views/ui"
	"handover/web/orders"
	"handover/web/page"
)

// show is the page of one document.
func (h documentPages) show(p *page.Page) error {
	d, elsewhere, err := h.find(p)
	if err != nil {
		return err
	}
	if elsewhere != "" {
		return p.Context.Redirect(http.StatusFound, p.URL(elsewhere))
	}
	title := documentLabel(d.Kind) + " " + d.Number
	customer := p.URL("/customers/" + d.Customer())
	v := views.Document{
		Title: title, Number: d.Number, Status: d.Status, Customer: d.Customer(), CustomerHref: customer,
		DocumentsTab: customer + "/documents",
		Facts:        documentFacts(p, d), Restricted: d.Restricted, Printed: printedFacts(d),
		Total:    p.Money(d.Amount, d.Currency),
		Settling: settling[d.Kind], HasLines: d.Kind == "invoice", HasRefunds: d.Kind == "payment",
	}
	if d.RefundKind == "chargeback" {
		v.Note = msgChargeback
	}
	if d.Purpose == "transfer" {
		v.Note = billing.TransferNote
	}
	for _, read := range []func(*page.Page, billing.Document, *views.Document) error{
		h.lines, h.settlements, h.refunds,
		h.entries, h.moves,
	} {
		if err := read(p, d, &v); err != nil {
			return err
		}
	}
	return p.Render(http.StatusOK, title, views.DocumentPage(v))
}

// settling heads the allocations of each kind that has some.
var settling = map[string]string{
	"invoice": "Settled by", "debit_memo": "Settled by", "payment": "Settles", "credit_memo": "Settles",
}

// openLabels name what is open of each kind.
var openLabels = map[string]string{
	"invoice": "Still to be paid", "debit_memo": "Still to be paid", "payment": "Not used yet",
	"credit_memo": "Not used yet",
}

func documentFacts(p *page.Page, d billing.Document) []ui.Fact {
	facts := append(originFacts(p, d), []ui.Fact{
		{Label: "Customer", Text: d.CustomerName, Href: p.URL("/customers/" + d.Customer()), Note: d.Customer()},
		{Label: "Date", Value: ui.Date(p.Date(d.OnDate))},
	}...)
	if d.DueOn != nil && d.OriginNumber == "" {
		facts = append(facts, ui.Fact{
			Label: "Due", Value: ui.Date(p.Day(d.DueOn)), Note: overdue(p, d.Kind, d.DueOn, d.Open),
		})
	}
	facts = append(facts, ui.Fact{Label: "Amount", Value: ui.Money(p.Money(d.Amount, d.Currency))})
	if d.Open.Valid {
		facts = append(facts, ui.Fact{
			Label: openLabels[d.Kind],
			Value: ui.Money(p.Money(d.Open.Decimal, d.Currency)),
		})
	}
	if d.OfID != nil {
		facts = append(facts, ui.Fact{
			Label: documentLabel(d.OfKind), Text: d.OfNumber,
			Href: p.URL(page.DocumentPath(d.OfKind, *d.OfID)),
		})
	}
	if d.PaysOutID != nil {
		facts = append(facts, ui.Fact{
			Label: "Pays out", Text: d.PaysOutNumber,
			Href: p.URL(page.DocumentPath("credit_memo", *d.PaysOutID)),
		})
	}
	if d.SubscriptionID != nil {
		facts = append(facts, ui.Fact{Label: "Subscription", Text: accounts.Number(accounts.SubscriptionPrefix,
			*d.SubscriptionID)})
	}
	for _, f := range []ui.Fact{
		{Label: "Reason", Text: d.Reason},
		{Label: "Payment method", Text: d.Method},
		{Label: "External id", Text: d.ExternalID},
	} {
		if f.Text != "" {
			facts = append(facts, f)
		}
	}
	return facts
}

// originFacts are what a carried item says first: the document that it carries, and when that
// is due.
func originFacts(p *page.Page, d billing.Document) []ui.Fact {
	if d.OriginNumber == "" {
		return nil
	}
	note := ""
	if d.OriginIssuedOn != nil {
		note = "of " + p.Date(*d.OriginIssuedOn).Text
	}
	if d.OriginDistributor != "" {
		note = strings.TrimSpace(note + ", " + d.OriginDistributor)
	}
	facts := []ui.Fact{{
		Label: "Carries", Text: strings.TrimSpace(documentLabel(d.OriginKind) + " " + d.OriginNumber),
		Note: strings.TrimPrefix(note, ", "),
	}}
	if d.DueOn != nil {
		facts = append(facts, ui.Fact{
			Label: "Due", Value: ui.Date(p.Day(d.DueOn)), Note: overdue(p, d.Kind, d.DueOn, d.Open),
		})
	}
	return facts
}

// printedFacts are the buyer as the document was issued to; nil for kinds on which
// nothing is printed.
func printedFacts(d billing.Document) []ui.Fact {
	if d.BuyerName == "" {
		return nil
	}
	return []ui.Fact{
		{Label: "Buyer", Text: d.BuyerName},
		{Label: "Address", Text: d.BuyerAddress},
		{Label: "Tax id", Text: d.BuyerTaxID},
	}
}

func (h documentPages) lines(p *page.Page, d billing.Document, v *views.Document) error {
	if !v.HasLines {
		return nil
	}
	lines, err := billing.Lines(p.Request().Context(), p.DB(), p.Scope(), d.ID)
	for _, l := range lines {
		row := views.LineRow{
			Description: cmp.Or(l.Description, "Line without a description"), Quantity: p.Number(l.Quantity),
			Price: p.Money(l.UnitPrice, d.Currency), Amount: p.Money(l.Amount, d.Currency),
			Service: servicePeriod(p, l),
		}
		if l.SubscriptionID != nil {
			row.Sub = accounts.Number(accounts.SubscriptionPrefix, *l.SubscriptionID)
			if l.Seen {
				row.SubHref = p.URL("/subscriptions/" + row.Sub)
			}
			if l.OwnedBy != d.CustomerID {
				row.SubNote = labelOtherAccountNow
			}
		}
		v.Lines = append(v.Lines, row)
	}
	return err
}

func servicePeriod(p *page.Page, l billing.Line) string {
	start, end := p.Day(l.Start).Text, p.Day(l.End).Text
	switch {
	case start != "" && end != "":
		return start + " to " + end
	case start != "":
		return "from " + start
	case end != "":
		return "until " + end
	default:
		return ""
	}
}

func (h documentPages) settlements(p *page.Page, d billing.Document, v *views.Document) error {
	allocations, err := billing.Allocations(p.Request().Context(), p.DB(), p.Scope(), d.Kind, d.ID)
	for _, a := range allocations {
		row := views.SettlementRow{
			Number: cmp.Or(a.Number, "of "+orders.AnotherDistributor), Kind: documentLabel(a.Kind),
			Date: p.Date(a.OnDate), Amount: p.Money(a.Amount, d.Currency),
		}
		row.Note = uncountedNote(p, d, a, row.Number)
		if a.Seen {
			row.Href = p.URL(page.DocumentPath(a.Kind, a.ID))
		}
		if a.OrderID != nil {
			row.Order = accounts.Number("TO", *a.OrderID)
			row.OrderHref = p.URL("/orders/" + row.Order)
		}
		v.Allocations = append(v.Allocations, row)
	}
	return err
}

// uncounted says why an allocation does not count, or not as a whole.
var uncounted = map[string]string{
	"failed": whyFailed, "processing": whyInProgress, "requires_action": whyNeedsCustomer,
	billing.UncountedVoid: whyVoid, billing.UncountedParted: whyParted,
	billing.UncountedPaidBack: whyPaidBack, billing.UncountedUsed: whyUsed, billing.UncountedNoRoom: whyNoRoom,
}

// uncountedNote says what of an allocation does not count and why, "" where all does.
func uncountedNote(p *page.Page, d billing.Document, a billing.Allocation, number string) string {
	if a.Idle == "" {
		return ""
	}
	note := "not counted: " + uncounted[a.Idle]
	if a.Counts.IsPositive() {
		note = fmt.Sprintf(labelCounted, p.Money(a.Counts, d.Currency), note)
	}
	if d.Kind == "payment" || d.Kind == "credit_memo" {
		note = "for " + number + ", " + note
	}
	return note
}

func (h documentPages) refunds(p *page.Page, d billing.Document, v *views.Document) error {
	refunds, err := billing.Refunds(p.Request().Context(), p.DB(), d.Kind, d.ID)
	for _, f := range refunds {
		row := views.DocumentRow{
			Number: f.Number, Href: p.URL(page.DocumentPath("refund", f.ID)), Kind: documentLabel("refund"),
			Date:   p.Date(f.OnDate),
			Amount: p.Money(f.Amount, d.Currency), Status: f.Status,
		}
		if f.Kind == "chargeback" {
			row.Kind = "Chargeback"
		} else if f.Memo != "" && d.Kind == "payment" {
			row.Kind += " of " + f.Memo
		}
		v.Refunds = append(v.Refunds, row)
	}
	v.HasRefunds = v.HasRefunds || len(refunds) > 0
	return err
}

// entries reads the journal entries of the document, for those who may read the journal.
func (h documentPages) entries(p *page.Page, d billing.Document, v *views.Document) error {
	if !p.Staff.Can(identity.JournalRead) {
		return nil
	}
	entries, err := billing.EntriesOf(p.Request().Context(), p.DB(), p.Scope(), d.Kind, d.ID)
	for _, e := range entries {
		card := views.EntryCard{Number: e.Number, Date: p.Date(e.PostedOn), Memo: e.Memo, Books: e.Distributor}
		for _, l := range e.Lines {
			row := views.EntryRow{Account: l.Account}
			if !l.Debit.IsZero() {
				row.Debit = p.Money(l.Debit, l.Currency)
			}
			if !l.Credit.IsZero() {
				row.Credit = p.Money(l.Credit, l.Currency)
			}
			card.Lines = append(card.Lines, row)
		}
		v.Entries = append(v.Entries, card)
	}
	return err
}

// moves reads what transfers changed of the document; a refund goes with its payment.
func (h documentPages) moves(p *page.Page, d billing.Document, v *views.Document) error {
	kind, id := d.Kind, d.ID
	if kind == "refund" && d.OfID != nil {
		kind, id = d.OfKind, *d.OfID
	}
	moves, err := accounts.Moves(p.Request().Context(), p.DB(), p.Scope(), kind, id)
	if err != nil {
		return err
	}
	v.Moves = page.MoveRows(p, moves)
	for _, m := range moves {
		if m.Between() && d.BuyerName != "" {
			v.Owned = fmt.Sprintf(labelIssuedTo, d.BuyerName, d.CustomerName, d.Customer())
			v.OwnedOrder, v.OwnedHref = m.Order(), p.URL("/orders/"+m.Order())
			break
		}
	}
	return nil
}
