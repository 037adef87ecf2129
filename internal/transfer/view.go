package transfer

import (
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"handover/internal/money"
)

// Amount is money in the API's shape.
type Amount struct {
	Amount   string `json:"amount"`
	Currency string `json:"currency"`
}

// AmountOf writes an amount with the digits of its currency.
func AmountOf(v decimal.Decimal, currency string) Amount {
	return Amount{Amount: money.Format(v, currency), Currency: currency}
}

// Preview is the computed effect of a transfer that has not happened.
type Preview struct {
	Fingerprint string    `json:"fingerprint"`
	Executable  bool      `json:"executable"`         // no blocking finding
	Sentence    string    `json:"sentence"`           // what will happen, for people
	Reverses    string    `json:"reverses,omitempty"` // the order that is taken back, "" = none
	Findings    []Finding `json:"findings"`
	Passed      []Code    `json:"passed"` // the checks that found nothing
	Impact      []Impact  `json:"impact"`
	Source      Side      `json:"source"`
	Target      Side      `json:"target"`
	Linked      []Linked  `json:"linked_subscriptions"`

	Fields []FieldPreview `json:"fields,omitempty"`
	Splits []SplitPreview `json:"splits,omitempty"`

	RunningTerm *RunningTerm `json:"running_term,omitempty"` // what is billed beyond the cut day; nil = nothing

	Partial *Partial `json:"partial_transfer,omitempty"` // what stays because it is dated before E

	Rate  *RatePreview  `json:"rate,omitempty"`
	Plans []PlanPreview `json:"plans,omitempty"`

	PriceLists []PriceListEntry `json:"price_lists,omitempty"` // plans that are delegated inside the transfer

	Terms          []KeptOrNot     `json:"terms,omitempty"`
	PaymentMethods []KeptOrNot     `json:"payment_methods,omitempty"`
	Memos          []MemoPreview   `json:"memos,omitempty"`
	PostingOn      string          `json:"posting_on,omitempty"` // the date of memos and entries, if it ran today
	Allocations    []AllocationRow `json:"allocations,omitempty"`
}

// Impact counts and sums one record kind of the source.
type Impact struct {
	Kind    string `json:"kind"`
	Moving  Part   `json:"moving"`
	Staying Part   `json:"staying"`
}

// Part is a number of records and their amounts per currency. Of subscriptions Ended says how
// many of Count have ended; Amounts are per month and of the running ones (docs/domain.md,
// "Preview, then exactly that").
type Part struct {
	Count   int64    `json:"count"`
	Ended   int64    `json:"ended,omitempty"`
	Amounts []Amount `json:"amounts"`
}

// Subscriptions names the part's subscriptions, running and ended apart: "2 running and 1
// ended subscription", "3 subscriptions" where none has ended.
func (p Part) Subscriptions() string {
	running := int(p.Count - p.Ended)
	switch {
	case p.Ended == 0:
		return Plural(running, "subscription", "subscriptions")
	case running == 0:
		return Plural(int(p.Ended), "ended subscription", "ended subscriptions")
	}
	return fmt.Sprintf("%d running and %s", running, Plural(int(p.Ended), "ended subscription", "ended subscriptions"))
}

// Side is one account before and after. Number is empty for an account that does not
// exist yet. Recurring is per month.
type Side struct {
	Number              string `json:"number"`
	Name                string `json:"name"`
	Distributor         string `json:"distributor"`
	StatusBefore        string `json:"status_before"`
	StatusAfter         string `json:"status_after"`
	BalanceBefore       Amount `json:"balance_before"`
	BalanceAfter        Amount `json:"balance_after"`
	RecurringBefore     Amount `json:"recurring_before"`
	RecurringAfter      Amount `json:"recurring_after"`
	OpenInvoicesBefore  int64  `json:"open_invoices_before"`
	OpenInvoicesAfter   int64  `json:"open_invoices_after"`
	SubscriptionsBefore int64  `json:"subscriptions_before"`
	SubscriptionsAfter  int64  `json:"subscriptions_after"`
}

// Linked is a subscription that the preview added to the selection, and why.
type Linked struct {
	Number string `json:"number"`
	Reason string `json:"reason"`
}

// Finding returns the preview's finding of that code, and whether there is one.
func (p *Preview) Finding(code Code) (Finding, bool) {
	for _, f := range p.Findings {
		if f.Code == code {
			return f, true
		}
	}
	return Finding{}, false
}

// Blocking returns the findings that forbid execution.
func (p *Preview) Blocking() []Finding { return p.bySeverity(Blocking) }

// Unacknowledged returns the warnings that the request does not accept.
func (p *Preview) Unacknowledged(req Request) []Finding {
	var open []Finding
	for _, f := range p.bySeverity(Warning) {
		if !req.Acknowledges(f.Code) {
			open = append(open, f)
		}
	}
	return open
}

func (p *Preview) bySeverity(s Severity) []Finding {
	var list []Finding
	for _, f := range p.Findings {
		if f.Severity == s {
			list = append(list, f)
		}
	}
	return list
}

// MovingWords names what moves: its subscriptions, its invoices and how many records beside.
func (p *Preview) MovingWords() string {
	parts := map[string]Part{}
	for _, i := range p.Impact {
		parts[i.Kind] = i.Moving
	}
	return fmt.Sprintf("%s, %s and %s", parts["subscription"].Subscriptions(),
		Plural(int(parts["invoice"].Count), "invoice", "invoices"),
		Plural(int(p.MovingBeyond("subscription")-parts["invoice"].Count), "other record", "other records"))
}

// MovingBeyond counts the records that move, other than those of the kind.
func (p *Preview) MovingBeyond(kind string) int64 {
	n := int64(0)
	for _, i := range p.Impact {
		if i.Kind != kind {
			n += i.Moving.Count
		}
	}
	return n
}

// Moving returns the kinds of which something moves, in the order of Kinds.
func (p *Preview) Moving() []Impact {
	return slices.DeleteFunc(slices.Clone(p.Impact), func(i Impact) bool { return i.Moving.Count == 0 })
}
