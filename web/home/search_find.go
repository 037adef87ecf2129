package home

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"handover/internal/accounts"
	"handover/internal/billing"
	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/order"
	views "handover/views/home"
	pageviews "handover/views/page"
	"handover/views/ui"
	"handover/web/orders"
	"handover/web/page"
)

// verbs are the words before a name that say what is to be done with it.
var verbs = []string{"transfer", "merge", "move"}

// question finds the number in a question: "what happened to INV-0007?"
var question = regexp.MustCompile(`(?i)^(?:what happened to|where is|what is)\s+(.+?)\s*\?*$`)

func newFinder(p *page.Page, typed string) *finder {
	f := &finder{Page: p, typed: typed}
	if m := question.FindStringSubmatch(typed); m != nil {
		f.typed = m[1]
	}
	if verb, rest, ok := strings.Cut(f.typed, " "); ok && slices.Contains(verbs, strings.ToLower(verb)) {
		f.verb, f.typed = strings.ToLower(verb), strings.TrimSpace(rest)
	}
	return f
}

// exactly returns the addresses of the records that bear what was typed as their number or id.
func (f *finder) exactly() ([]string, error) {
	var out []string
	if id, err := accounts.FindCustomer(f.Ctx(), f.DB(), f.Scope(), f.typed); err == nil {
		out = append(out, f.URL("/customers/"+accounts.Number(accounts.CustomerPrefix, id)))
	} else if !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	row, ok, err := contractNumbered(f.Page, f.typed)
	if err != nil {
		return nil, err
	}
	if ok {
		out = append(out, row.Href)
	}
	if id, ok := accounts.ParseNumber("TO", f.typed); ok {
		rows, err := order.Few(f.Ctx(), f.DB(), f.Scope(), []int64{id}, nil, 1)
		if err != nil {
			return nil, err
		}
		for _, o := range rows {
			out = append(out, f.URL("/orders/"+o.Number))
		}
	}
	documents, err := billing.FindDocumentsBeginning(f.Ctx(), f.DB(), f.Scope(), f.typed, 2)
	for _, d := range documents {
		if strings.EqualFold(d.Number, f.typed) {
			out = append(out, f.URL(page.DocumentPath(d.Kind, d.ID)))
		}
	}
	return out, err
}

func (f *finder) findCustomers() ([]views.Suggestion, error) {
	var err error
	if f.customers, err = accounts.FindAlike(f.Ctx(), f.DB(), f.Scope(), f.typed, suggested); err != nil {
		return nil, err
	}
	var out []views.Suggestion
	for _, c := range f.customers {
		out = append(out, customerRow(f.Page, c))
	}
	return out, nil
}

// customerRow offers the account that owns the records today; a former one is named behind it.
func customerRow(p *page.Page, c accounts.Alike) views.Suggestion {
	former := ""
	if c.FormerID != 0 {
		former = "formerly " + c.FormerName + ", " + c.Former()
	}
	row := views.Suggestion{
		Icon: ui.IconUsers, Label: c.Name, Number: c.Number(), Href: p.URL("/customers/" + c.Number()),
		Note: page.Note(c.Distributor, former, c.CRMID),
	}
	if !c.Live() {
		row.Status = c.Status
	}
	return row
}

// customerActions are what the reader may do with the customers that were found.
func (f *finder) customerActions() []views.Suggestion {
	var out []views.Suggestion
	few := f.customers[:min(len(f.customers), 1)]
	if f.verb != "" {
		few = f.customers[:min(len(f.customers), 3)]
	}
	for _, c := range few {
		if !c.Live() {
			continue
		}
		for _, a := range []struct {
			verbs, label, route string
			icon                ui.IconName
		}{
			{"transfer move", "Transfer %s to another distributor", "/customers/:number/transfer", ui.IconTransfer},
			{"merge", "Merge %s with another customer", "/customers/:number/merge", ui.IconMerge},
		} {
			if f.MayOpen(a.route) && (f.verb == "" || strings.Contains(a.verbs, f.verb)) {
				out = append(out, views.Suggestion{
					Icon: a.icon, Label: fmt.Sprintf(a.label, c.Name), Number: c.Number(),
					Href: f.URL(strings.Replace(a.route, ":number", c.Number(), 1)),
				})
			}
		}
	}
	return out
}

// contractNumbered offers the contract of a number or external id, if the reader sees it.
func contractNumbered(p *page.Page, typed string) (views.Suggestion, bool, error) {
	if _, numbered := accounts.ParseNumber(accounts.SubscriptionPrefix, typed); !numbered {
		number, err := accounts.NumberOfExternalID(p.Ctx(), p.DB(), accounts.SubscriptionPrefix, typed)
		if err != nil || number == "" {
			return views.Suggestion{}, false, err
		}
		typed = number
	}
	s, err := accounts.FindSubscription(p.Ctx(), p.DB(), p.Scope(), typed)
	if fault.Is(err, fault.NotFound) {
		return views.Suggestion{}, false, nil
	}
	return contractRow(p, s.SubscriptionRow), err == nil, err
}

func contractRow(p *page.Page, s accounts.SubscriptionRow) views.Suggestion {
	return views.Suggestion{
		Icon: ui.IconContract, Label: s.PlanName, Number: s.Number(), Status: s.Status,
		Note: page.Note(s.CustomerName, s.DistributorName), Href: p.URL("/subscriptions/" + s.Number()),
	}
}

// findContracts are the contract of what was typed, and those of the customer who fits best.
func (f *finder) findContracts() ([]views.Suggestion, error) {
	row, ok, err := contractNumbered(f.Page, f.typed)
	switch {
	case err != nil:
		return nil, err
	case ok:
		return []views.Suggestion{row}, nil
	case len(f.customers) == 0 || f.verb == "merge":
		return nil, nil
	}
	part, err := accounts.ListSubscriptions(f.Ctx(), f.DB(), f.Scope(),
		accounts.SubscriptionFilter{Customer: f.customers[0].ID}, db.Page{Size: 3})
	var out []views.Suggestion
	for _, s := range part.Rows {
		out = append(out, contractRow(f.Page, s))
	}
	return out, err
}

// findOrders are the order of the number, and the last ones of the customers that fit.
func (f *finder) findOrders() ([]views.Suggestion, error) {
	var ids, customers []int64
	if id, ok := accounts.ParseNumber("TO", f.typed); ok {
		ids = append(ids, id)
	}
	for _, c := range f.customers[:min(len(f.customers), 3)] {
		customers = append(customers, c.ID)
		if c.FormerID != 0 {
			customers = append(customers, c.FormerID)
		}
	}
	rows, err := order.Few(f.Ctx(), f.DB(), f.Scope(), ids, customers, 3)
	var out []views.Suggestion
	for _, o := range rows {
		out = append(out, orderSuggestion(f.Page, o))
	}
	return out, err
}

func orderSuggestion(p *page.Page, o order.Row) views.Suggestion {
	row := orders.OrderRow(p, o)
	label := row.Type
	if row.Reverses != "" {
		label = "Reversal of " + row.Reverses
	}
	return views.Suggestion{
		Icon: ui.IconClipboard, Label: label, Number: o.Number, Status: o.Status, Href: row.Href,
		Note: cmp.Or(endWords(row.Source), order.Another) + " → " +
			cmp.Or(endWords(row.Target), "not chosen yet") + ", " + p.Date(o.CreatedAt.In(p.Zone())).Text,
	}
}

// amountTyped is an amount with its decimals, and with or without its currency and separators.
var amountTyped = regexp.MustCompile(
	`^(?:[A-Z]{3}|[€£$¥₹₩₪₺₴₫])?\s*(\d{1,3}(?:,\d{3})+|\d+)(\.\d{1,3})\s*(?:[A-Z]{3})?$`)

// findDocuments are those whose number is or begins so, or that are of exactly the amount.
func (f *finder) findDocuments() ([]views.Suggestion, error) {
	var found []billing.Found
	var err error
	if m := amountTyped.FindStringSubmatch(strings.ToUpper(f.typed)); m != nil {
		amount, bad := decimal.NewFromString(strings.ReplaceAll(m[1], ",", "") + m[2])
		if bad == nil {
			found, err = billing.FindDocumentsOf(f.Ctx(), f.DB(), f.Scope(), amount, suggested)
		}
	} else if strings.ContainsAny(f.typed, "0123456789") && len(f.typed) >= 4 {
		found, err = billing.FindDocumentsBeginning(f.Ctx(), f.DB(), f.Scope(), f.typed, suggested)
	}
	if err != nil {
		return nil, err
	}
	var out []views.Suggestion
	for _, d := range found {
		row, err := f.documentRow(d, len(found) <= 2)
		if err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, nil
}

// documentRow says in one line whose the document is, and which order brought it there.
func (f *finder) documentRow(d billing.Found, whole bool) (views.Suggestion, error) {
	kind, err := billing.DocumentKindOf(d.Kind)
	if err != nil {
		return views.Suggestion{}, err
	}
	customer := accounts.Number(accounts.CustomerPrefix, d.CustomerID)
	row := views.Suggestion{
		Icon: ui.IconReceipt, Label: kind.Label + " " + d.Number, Status: d.Status,
		Number: f.Money(d.Amount, d.Currency), Href: f.URL(page.DocumentPath(d.Kind, d.ID)),
		Note: page.Note(d.CustomerName+" ("+customer+")", f.Date(d.IssuedOn).Text),
	}
	if !whole {
		return row, nil
	}
	moves, err := accounts.Moves(f.Ctx(), f.DB(), f.Scope(), d.Kind, d.ID)
	if err != nil {
		return row, err
	}
	row.Note = d.CustomerName + " (" + customer + "). " + whereabouts(f.Page, moves) + "."
	return row, nil
}

// whereabouts says what the last order did with a record: where it moved it to, or what became of it.
func whereabouts(p *page.Page, moves []accounts.Move) string {
	if len(moves) == 0 {
		return msgNeverMoved
	}
	last := moves[0]
	for _, m := range moves {
		if m.OrderID == moves[0].OrderID && (m.Between() || m.Column == "status" && !last.Between()) {
			last = m
		}
	}
	rows := page.MoveRows(p, []accounts.Move{last})
	if len(rows) == 0 {
		return msgNeverMoved
	}
	sentence := rows[0].Sentence
	if last.Column == "status" && last.After != nil && *last.After == "transferred" && !last.Reversal {
		sentence = msgCarried
	}
	if last.At == nil {
		return sentence + " with " + last.Order()
	}
	return sentence + " with " + last.Order() + " on " + p.Date(last.At.In(p.Zone())).Text
}

// endWords names one end of an order on a line: "Kestrel Labs GmbH, Aurora Cloud".
func endWords(e pageviews.OrderParty) string {
	if e.Name != "" && e.Note != "" {
		return e.Name + ", " + e.Note
	}
	return e.Name
}
