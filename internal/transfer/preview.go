package transfer

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/shopspring/decimal"

	"handover/internal/db"
	"handover/internal/money"
)

// Engine previews and executes transfers. One is built per process.
type Engine struct {
	DB  *sqlx.DB
	Log *slog.Logger
	Now func() time.Time // the clock; today is its day in a distributor's time zone

	// Silence is how long a lease may go without a heartbeat before another worker may
	// claim the order; 0 = ten seconds. The holder sends five heartbeats in that time.
	Silence time.Duration

	// OrderLink returns the address of an order's page for mails, in the provider's panel or
	// the resellers'; nil = mails name the order only.
	OrderLink func(number string, provider bool) string

	// Enqueue puts the job that executes the order into the queue, in the transaction that
	// queues the order; nil = the caller executes it.
	Enqueue func(ctx context.Context, tx *sqlx.Tx, orderID int64) error
}

// Amount is money in the API's shape.
type Amount struct {
	Amount   string `json:"amount"`
	Currency string `json:"currency"`
}

func amountOf(v decimal.Decimal, currency string) Amount {
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
		return plural(running, "subscription", "subscriptions")
	case running == 0:
		return plural(int(p.Ended), "ended subscription", "ended subscriptions")
	}
	return fmt.Sprintf("%d running and %s", running, plural(int(p.Ended), "ended subscription", "ended subscriptions"))
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

// Preview computes what the request would do. It reads one consistent snapshot and
// writes nothing. A request that no preview can be computed for is an Invalid fault
// naming each field, an unknown account a NotFound fault.
func (e *Engine) Preview(ctx context.Context, req Request) (Preview, error) {
	var p Preview
	err := db.InSnapshot(ctx, e.DB, func(tx *sqlx.Tx) error {
		s, err := e.loadAsked(ctx, tx, req, 0)
		if err != nil {
			return err
		}
		p, err = s.preview(ctx, tx, true)
		return err
	})
	return p, err
}

// preview computes the preview of a loaded situation. An execution needs all that it
// decides by, but not the counts to be shown.
func (s *situation) preview(ctx context.Context, q db.Querier, counts bool) (Preview, error) {
	p := Preview{Executable: true, Linked: []Linked{}, Impact: []Impact{}, RunningTerm: s.term}
	var err error
	if counts {
		if err = s.plan(ctx, q); err != nil {
			return p, err
		}
	}
	if p.Findings, err = s.findings(ctx, q); err != nil {
		return p, err
	}
	found := map[Code]bool{}
	for _, f := range p.Findings {
		found[f.Code] = true
		p.Executable = p.Executable && f.Severity != Blocking
	}
	for _, code := range s.codes() {
		if !found[code] {
			p.Passed = append(p.Passed, code)
		}
	}
	if !s.notCustomer {
		if counts {
			if p.Impact, err = s.impact(ctx, q); err != nil {
				return p, err
			}
		}
		if err := s.flow.Describe(ctx, q, s, &p); err != nil {
			return p, err
		}
	}
	p.Fingerprint, err = s.fingerprint(ctx, q, &p)
	return p, err
}

// impact counts and sums every kind of the source, moving and staying, in one statement.
func (s *situation) impact(ctx context.Context, q db.Querier) ([]Impact, error) {
	list := make([]Impact, 0, len(Kinds))
	place := map[string]int{}
	var statements []string
	for i, k := range Kinds {
		place[k.Name] = i
		list = append(list, Impact{Kind: k.Name, Moving: Part{Amounts: []Amount{}}, Staying: Part{Amounts: []Amount{}}})
		statements = append(statements, impactSQL(k, s.rule(k)))
	}
	text, values := bind(strings.Join(statements, "\nunion all\n")+"\norder by 1, 2, 3", s.args())
	var rows []struct {
		Kind     string          `db:"kind"`
		Moving   bool            `db:"moving"`
		Currency string          `db:"currency"`
		Count    int64           `db:"count"`
		Ended    int64           `db:"ended"`
		Amount   decimal.Decimal `db:"amount"`
	}
	if err := q.SelectContext(ctx, &rows, text, values...); err != nil {
		return nil, fmt.Errorf("count the records: %w", err)
	}
	for _, r := range rows {
		part := &list[place[r.Kind]].Staying
		if r.Moving {
			part = &list[place[r.Kind]].Moving
		}
		part.Count, part.Ended = part.Count+r.Count, part.Ended+r.Ended
		part.Amounts = append(part.Amounts, amountOf(r.Amount, r.Currency))
	}
	return list, nil
}

// impactSQL counts and sums the source's records of a kind by whether they move.
func impactSQL(k Kind, moves string) string {
	if moves == "" {
		moves = "false"
	}
	ended, amount := "0", "sum(r.amount)"
	if k.Ended != "" {
		ended = fmt.Sprintf("count(*) filter (where %s)", k.ended())
		amount = fmt.Sprintf("coalesce(sum(r.amount) filter (where not %s), 0)", k.ended())
	}
	return fmt.Sprintf(`select '%s' as kind, coalesce(%s, false) as moving, r.currency, %s as count, %s as ended, %s as amount
from %s r where r.customer_id = @source group by 2, 3`, k.Name, at(moves, "r"), k.counted(), ended, amount, k.View)
}
