package orders

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"handover/internal/auditlog"
	"handover/internal/engine"
	"handover/internal/engine/situation"
	"handover/internal/identity"
	"handover/internal/ledger"
	"handover/internal/order"
	"handover/internal/record"
	"handover/internal/transfer"
	views "handover/views/orders"
	pageviews "handover/views/page"
	"handover/views/ui"
	"handover/web/page"
	"handover/web/preview"
	"handover/web/transfers"
)

// orderPage is the page of one order, with its ledger.
type orderPage struct {
	engine  *engine.Engine
	streams *streams
}

func (h orderPage) show(p *page.Page) error {
	number := strings.ToUpper(p.Param("number"))
	if strings.HasPrefix(number, "O-") {
		return h.showPlaced(p, number)
	}
	return h.page(p, number, http.StatusOK, nil)
}

// page draws the page of a transfer order, with what was wrong in a form of it.
func (h orderPage) page(p *page.Page, number string, status int, errs ui.Errors) error {
	v, err := h.view(p, number)
	if err != nil {
		return err
	}
	v.Errors = errs
	live := 0
	if v.Progress != nil {
		live = 1
	}
	return p.Render(status, v.Title, views.OrderPage(v), Following(live))
}

// view puts together what the reader may see of a transfer order.
func (h orderPage) view(p *page.Page, number string) (views.Order, error) {
	found, sides, err := order.GetOrderFor(p.Ctx(), p.DB(), p.Scope(), number)
	if err != nil {
		return views.Order{}, err
	}
	o := seenOrder{found, sides}
	v := views.Order{
		Number: o.Number, Status: o.Status, Title: o.Number + " · " + KindLabel(o.Kind),
		Facts:  orderFacts(p, found, sides),
		Notice: orderNotice(found), LedgerHref: p.URL("/orders/" + o.Number + "/ledger"),
		PDF: p.URL("/orders/" + o.Number + "/order.pdf"),
	}
	if p.Staff.Can(identity.JournalRead) && o.CompletedAt != nil {
		v.Books = p.URL("/reconciliation/orders/" + o.Number)
	}
	for _, fill := range []func(*page.Page, seenOrder, *views.Order) error{
		h.fillActions, h.fillRate, h.fillProgress, h.fillProof, h.fillTimeline, h.fillLedger, h.fillTrail,
	} {
		if err := fill(p, o, &v); err != nil {
			return v, err
		}
	}
	h.fillResult(p, o, &v)
	if sides.Whole {
		v.Result, v.AuditHead = orderResult(p, found), found.AuditHead
	} else {
		v.Partial = msgOtherSideHidden
	}
	return v, nil
}

// seenOrder is an order with the sides of it that the reader may see.
type seenOrder struct {
	order.Order
	sides order.Sides
}

// KindLabel names a kind of transfer as the list of orders does.
func KindLabel(kind record.FlowKind) string {
	for _, k := range order.Kinds {
		if k.Code == string(kind) {
			return k.Label
		}
	}
	return string(kind)
}

// orderFacts is the summary.
func orderFacts(p *page.Page, o order.Order, sides order.Sides) []ui.Fact {
	facts := []ui.Fact{
		{Label: "Status", Value: ui.Status(o.Status)},
		orderEnd(p, "Source", sides.Source, o.SourceName, o.SourceNumber, o.SourceDistributor),
	}
	if o.TargetDistributorID != nil {
		facts = append(facts, orderEnd(p, "Target", sides.Target, o.TargetName, o.TargetNumber, o.TargetDistributor))
	}
	if o.Request.Mode != "" {
		facts = append(facts, ui.Fact{Label: "Mode", Text: transfers.ModeShort(o.Request.Mode)})
	}
	if o.Reverses != "" {
		facts = append(facts, ui.Fact{Label: "Reverses", Text: o.Reverses, Href: p.URL("/orders/" + o.Reverses)})
	} else if o.Kind != record.Distributor && sides.Whole {
		facts = append(facts, transfers.EffectiveFact(p.Style, o.Request))
	}
	if list := o.Request.Subscriptions; len(list) > 0 {
		facts = append(facts, ui.Fact{Label: "Subscriptions", Text: transfers.NamesShort(p.Style, list, 4)})
	}
	facts = append(facts, orderRateFacts(p, o)...)
	if o.Preview != nil && o.Status != "draft" {
		for _, e := range o.Preview.PriceLists {
			facts = append(facts, ui.Fact{
				Label: "Price list of " + e.Distributor, Text: e.Plan + " at " + p.Shown(e.Price),
				Note: "for contracts made from then on",
			})
		}
	}
	if o.Request.Reason != "" {
		facts = append(facts, ui.Fact{Label: "Reason", Text: o.Request.Reason})
	}
	if o.Request.CarryAs != "" {
		facts = append(facts, ui.Fact{Label: "Open balance", Text: transfers.CarryShort(o.Request.CarryAs)})
	}
	facts = append(facts, ui.Fact{Label: "Requested by", Text: o.RequestedByName},
		ui.Fact{Label: "Created", Value: ui.Date(p.Moment(o.CreatedAt))})
	if o.Status == "scheduled" && o.StartAt != nil {
		facts = append(facts, ui.Fact{Label: "Starts", Value: ui.Date(p.Moment(*o.StartAt))})
	}
	if o.CompletedAt != nil {
		facts = append(facts, ui.Fact{Label: "Completed", Value: ui.Date(p.Moment(*o.CompletedAt))})
	}
	if until, ok := o.ReversibleUntil(); ok {
		facts = append(facts, ui.Fact{Label: "Reverse until", Value: ui.Date(p.Moment(until))})
	}
	if o.ReversedBy != "" {
		facts = append(facts, ui.Fact{Label: "Reversed by", Text: o.ReversedBy, Href: p.URL("/orders/" + o.ReversedBy)})
	}
	return facts
}

// orderEnd is one side of the order; what the reader may not see has no name.
func orderEnd(p *page.Page, label string, seen bool, name, number, distributor string) ui.Fact {
	switch {
	case !seen:
		return ui.Fact{Label: label, Text: page.UpperFirst(AnotherDistributor)}
	case number == "":
		return ui.Fact{Label: label, Text: distributor, Note: "new account"}
	}
	href := p.RecordHref(transfer.Record{Kind: "customer", Number: number})
	return ui.Fact{Label: label, Value: pageviews.NamedLink(name, number, href), Note: distributor}
}

// fillProof fills in the reconciliation and what was declared to change.
func (h orderPage) fillProof(p *page.Page, o seenOrder, v *views.Order) error {
	rows, err := order.Reconciliations(p.Ctx(), p.DB(), o.ID)
	if err != nil {
		return err
	}
	if err := h.fillControl(p, o, v); err != nil {
		return err
	}
	if !o.sides.Whole { // the sums are over both accounts: they would reveal the other's
		v.ProofKinds = proofKinds(rows)
		return nil
	}
	for _, r := range rows {
		if r.CountBefore+r.CountAfter+r.CountDeclared == 0 && r.AmountBefore.IsZero() && r.AmountAfter.IsZero() &&
			r.AmountDeclared.IsZero() {
			continue
		}
		declared := ""
		if r.CountDeclared != 0 || !r.AmountDeclared.IsZero() {
			declared = countAndAmount(p, signedCount(p, r.CountDeclared), r.AmountDeclared, r.Currency, true)
		}
		v.Proof = append(v.Proof, views.ProofRow{
			Kind: proofLabel(r.Kind), Currency: r.Currency, Declared: declared, Holds: r.Holds(),
			Before: countAndAmount(p, proofCount(p, r.Kind, r.CountBefore), r.AmountBefore, r.Currency, false),
			After:  countAndAmount(p, proofCount(p, r.Kind, r.CountAfter), r.AmountAfter, r.Currency, false),
		})
	}
	differences, err := order.Differences(p.Ctx(), p.DB(), o.ID)
	for _, d := range differences {
		v.Differences = append(v.Differences, views.DifferenceRow{
			Kind: proofLabel(d.Kind), Reason: d.Words(), Count: signedCount(p, d.Count),
			Amount: countAndAmount(p, "", d.Amount, d.Currency, true),
		})
	}
	v.ProofNote = fmt.Sprintf(proofNote, p.Plural(len(v.Proof), "line", "lines"))
	return err
}

// fillControl fills in ledger less sub-ledger of each side that the reader sees.
func (h orderPage) fillControl(p *page.Page, o seenOrder, v *views.Order) error {
	rows, err := situation.BookProofs(p.Ctx(), p.DB(), o.sides, o.ID)
	for _, r := range rows {
		change := ""
		if !r.Declared.IsZero() {
			change = countAndAmount(p, "", r.Declared, r.Currency, true)
		}
		v.Control = append(v.Control, views.ControlRow{
			Kind: ledger.ControlLabel(r.Role), Account: r.Customer, Currency: r.Currency, Holds: r.Holds(),
			Before: p.Money(r.Before(), r.Currency), Change: change,
			After: p.Money(r.After(), r.Currency),
		})
	}
	return err
}

// proofKinds names what was proved, without counts and amounts.
func proofKinds(rows []ledger.Reconciliation) []views.ProofKind {
	var out []views.ProofKind
	for _, r := range rows {
		label := proofLabel(r.Kind)
		at := slices.IndexFunc(out, func(k views.ProofKind) bool { return k.Kind == label })
		if at < 0 {
			out = append(out, views.ProofKind{Kind: label, Holds: r.Holds()})
			continue
		}
		out[at].Holds = out[at].Holds && r.Holds()
	}
	return out
}

// balanceKind is the line of the proof that is no record kind.
const balanceKind = "balance"

func proofLabel(kind string) string {
	if kind == balanceKind {
		return "Customer balances"
	}
	return record.LabelOf(kind)
}

func proofCount(p *page.Page, kind string, n int64) string {
	if kind == balanceKind {
		return ""
	}
	return p.Count(int(n))
}

func signedCount(p *page.Page, n int64) string {
	switch {
	case n == 0:
		return ""
	case n > 0:
		return "+" + p.Count(int(n))
	}
	return p.Count(int(n))
}

// countAndAmount writes "24 · € 1,200.00"; a change with its sign.
func countAndAmount(p *page.Page, count string, amount decimal.Decimal, currency string, change bool) string {
	text := p.Money(amount, currency)
	if change && amount.IsPositive() {
		text = "+" + text
	}
	if count == "" {
		return text
	}
	return count + " · " + text
}

func (h orderPage) fillTimeline(p *page.Page, o seenOrder, v *views.Order) error {
	events, err := order.EventsFor(p.Ctx(), p.DB(), p.Scope(), o.sides, o.ID)
	for _, e := range events {
		look, ok := eventLooks[e.Code]
		if !ok {
			look.icon, look.tone = ui.IconInfo, ui.Slate
		}
		v.Timeline = append(v.Timeline, views.TimelineRow{
			Icon: look.icon, Tone: look.tone, Event: e.Label, Detail: e.Detail, When: p.Moment(e.At),
			Who: e.ActorName,
		})
	}
	return err
}

func (h orderPage) fillLedger(p *page.Page, o seenOrder, v *views.Order) error {
	kinds, err := o.sides.Ledger(p.Scope(), p.Staff.Can(identity.JournalRead)).Kinds(p.Ctx(), p.DB(), o.ID)
	for _, k := range kinds {
		v.Ledger = append(v.Ledger, views.LedgerKindRow{
			Kind: k.Label, Count: p.Count(int(k.Records)),
			Href: v.LedgerHref + "?kind=" + k.Kind,
		})
	}
	if p.Staff.Can(identity.ExportRun) {
		v.LedgerCSV = v.LedgerHref + ".csv"
	}
	return err
}

// fillTrail fills in the mails and the audit entries.
func (h orderPage) fillTrail(p *page.Page, o seenOrder, v *views.Order) error {
	mails, err := order.Mails(p.Ctx(), p.DB(), o.sides, o.ID)
	if err != nil {
		return err
	}
	for _, m := range mails {
		v.Mails = append(v.Mails, views.MailRow{
			Recipient: m.Recipient, Subject: m.Subject, State: m.State,
			When: p.Moment(m.CreatedAt),
		})
	}
	if p.MayOpen("/outbox") {
		v.MailsHref = p.URL("/outbox")
	}
	v.Audit, err = p.AuditOf(auditlog.Filter{OrderID: o.ID}, url.Values{"order": {o.Number}})
	return err
}

// fillResult fills in what only an order that was submitted or completed has.
func (h orderPage) fillResult(p *page.Page, o seenOrder, v *views.Order) {
	switch accepted := o.Preview; {
	case o.SubmittedAt == nil || accepted == nil || o.Status == "draft":
	case !o.sides.Whole && o.sides.Source:
		side := preview.SideView(p.Style, accepted.Source, "source")
		v.OwnSide = &side
	case !o.sides.Whole:
		side := preview.SideView(p.Style, accepted.Target, "target")
		v.OwnSide = &side
	default:
		whole := preview.View(*accepted, preview.Place{
			Style: p.Style, Acknowledged: o.Request.Acknowledged, Link: p.RecordHref,
		})
		v.Preview = &whole
	}
	if o.Result == nil {
		return
	}
	h.fillMemos(p, o, v)
	for _, d := range o.Result.Personal {
		row := views.PersonalRow{What: page.UpperFirst(d.What), Went: d.Went, Why: page.UpperFirst(d.Why) + "."}
		if d.Basis != "" {
			row.Why += " Lawful basis: " + d.Basis + "."
		}
		if d.Count > 0 {
			row.Count = "(" + p.Count(d.Count) + ")"
		}
		v.Personal = append(v.Personal, row)
	}
	v.Recipient = recipientWords(o.Result.Recipient)
}

// fillMemos fills in the memos that the order wrote.
func (h orderPage) fillMemos(p *page.Page, o seenOrder, v *views.Order) {
	for _, m := range o.Result.Memos[:min(len(o.Result.Memos), preview.CarriedRows)] {
		row := views.PostedMemoRow{
			Memo: p.RecordLink(preview.MemoWords[m.Kind].Name+" "+m.Number,
				transfer.Record{Kind: m.Kind, Number: m.Number}),
			Account: p.RecordLink(m.Customer, transfer.Record{Kind: "customer", Number: m.Customer}), Entry: m.Entry,
			Amount:   p.Shown(m.Amount),
			Accounts: preview.EntryWords(m.Debit, m.Credit), Origin: m.Origin,
		}
		if !p.Staff.Can(identity.JournalRead) {
			row.Entry, row.Accounts = "", ""
		}
		if m.DueOn != "" {
			row.Due = "due " + p.DayText(m.DueOn)
		}
		if m.Original.Currency != "" && m.Original.Currency != m.Amount.Currency {
			row.Original = "for " + p.Shown(m.Original)
		}
		v.Memos = append(v.Memos, row)
		if m.PostedOn != "" {
			v.MemosNote = "posted on " + p.DayText(m.PostedOn) + " in all books"
		}
	}
	v.MemosMore = preview.MoreRows(p.Style, len(o.Result.Memos))
	if o.Preview != nil && o.sides.Whole {
		v.MemosSum = preview.CarrySum(*o.Preview, p.Style)
	}
}

// recipientWords name who holds the personal data after a transfer, and in which country.
func recipientWords(r *transfer.Recipient) string {
	if r == nil {
		return ""
	}
	words := "Recipient: " + r.LegalEntity + ", " + cmp.Or(r.Country, "country not stated") + "."
	if r.Same {
		words += " It is the legal entity that held the data before."
	}
	return words
}
