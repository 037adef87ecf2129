package transfer

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"handover/internal/db"
	"handover/internal/money"
)

// RatePreview tells how the balance is converted.
type RatePreview struct {
	From       string `json:"from"`
	To         string `json:"to"`
	Rate       string `json:"rate"`
	Source     string `json:"source"`
	On         string `json:"on,omitempty"`
	Derivation string `json:"derivation"`
	Exact      string `json:"exact"`   // balance x rate before rounding
	Rounded    Amount `json:"rounded"` // half-even to the new currency's minor unit
}

// PlanPreview tells what becomes of one subscription. Prices are per billing period
// and unit; PriceAfter is nil while the plan is not settled.
type PlanPreview struct {
	Subscription  string  `json:"subscription"`
	Quantity      string  `json:"quantity"`
	BillingPeriod string  `json:"billing_period"`
	Before        string  `json:"plan_before"`
	After         string  `json:"plan_after"`
	AfterNumber   string  `json:"plan_after_number,omitempty"`
	How           string  `json:"how"` // counterpart, chosen, delegated, "" = needs a choice
	PriceBefore   Amount  `json:"price_before"`
	PriceAfter    *Amount `json:"price_after"`
	Changes       bool    `json:"changes"`
}

// KeptOrNot tells whether something goes along.
type KeptOrNot struct {
	Number string `json:"number"`
	Label  string `json:"label"`
	Kept   bool   `json:"kept"`
}

// MemoPreview is a memo that the transfer will write.
type MemoPreview struct {
	Kind   string `json:"kind"`
	Amount Amount `json:"amount"`
	For    string `json:"for"` // source or target
}

// AllocationRow is a document that the transfer will settle by a credit.
type AllocationRow struct {
	Credit   Record `json:"credit"`
	Document Record `json:"document"`
	Amount   Amount `json:"amount"`
}

// describeDistributor fills the preview of a distributor transfer.
func describeDistributor(ctx context.Context, q db.Querier, s *situation, p *Preview) error {
	now, err := standing(ctx, q, s.source)
	if err != nil {
		return err
	}
	s.describeSides(p, now[s.source.ID].OpenInvoices)
	if s.converts && s.hasRate() {
		p.Rate = &RatePreview{
			From: s.source.Currency, To: s.to.Currency, Rate: money.Plain(s.rate),
			Source: s.ratePlan.Source, On: s.ratePlan.On, Derivation: s.ratePlan.Derivation,
			Exact: money.Plain(s.carry.Net.Mul(s.rate)), Rounded: amountOf(s.carry.Opening, s.to.Currency),
		}
	}
	for _, sub := range s.subscriptions {
		p.Plans = append(p.Plans, s.describePlan(sub))
	}
	for _, a := range s.acceptance {
		p.Terms = append(p.Terms, KeptOrNot{a.Number, a.Title, a.TargetID != nil})
	}
	for _, m := range s.methods {
		p.PaymentMethods = append(p.PaymentMethods, KeptOrNot{m.Number, m.Label, m.kept})
	}
	s.describeCarry(p)
	p.Sentence = s.distributorSentence(p)
	return nil
}

func (s *situation) describePlan(sub movingSubscription) PlanPreview {
	row := PlanPreview{
		Subscription: sub.Number, Quantity: money.Plain(sub.Quantity), BillingPeriod: sub.BillingPeriod,
		Before: sub.PlanName, How: sub.remap.How, PriceBefore: amountOf(sub.Price, s.source.Currency), Changes: s.priceChanges(sub),
	}
	if sub.remap.How != "" {
		after := amountOf(sub.remap.Price, s.to.Currency)
		row.After, row.AfterNumber, row.PriceAfter = sub.remap.Plan.Name, sub.remap.Plan.Number, &after
	}
	return row
}

func (s *situation) describeSides(p *Preview, invoices int64) {
	before, after := decimal.Zero, decimal.Zero
	for _, sub := range s.subscriptions {
		before = before.Add(monthly(sub.Price, sub.Quantity, sub.BillingPeriod, s.source.Currency))
		after = after.Add(monthly(sub.remap.Price, sub.Quantity, sub.BillingPeriod, s.to.Currency))
	}
	n := int64(len(s.subscriptions))
	none := amountOf(decimal.Zero, s.source.Currency)
	p.Source = Side{
		Number: s.source.Number, Name: s.source.Name, Distributor: s.from.Name,
		StatusBefore: s.source.Status, StatusAfter: "transferred_out",
		BalanceBefore: amountOf(s.source.Balance, s.source.Currency), BalanceAfter: none,
		RecurringBefore: amountOf(before, s.source.Currency), RecurringAfter: none,
		OpenInvoicesBefore: invoices, OpenInvoicesAfter: invoices - s.carry.Settled, SubscriptionsBefore: n,
	}
	none = amountOf(decimal.Zero, s.to.Currency)
	p.Target = Side{
		Name: s.source.Name, Distributor: s.to.Name, StatusAfter: s.source.Status,
		BalanceBefore: none, BalanceAfter: amountOf(s.carry.Opening, s.to.Currency),
		RecurringBefore: none, RecurringAfter: amountOf(after, s.to.Currency), SubscriptionsAfter: n,
	}
}

func (s *situation) describeCarry(p *Preview) {
	if s.carry.Memo != "" {
		p.Memos = append(p.Memos, MemoPreview{s.carry.Memo, amountOf(s.carry.Net.Abs(), s.source.Currency), "source"})
	}
	if kind := openingMemo(s.carry.Opening); kind != "" {
		p.Memos = append(p.Memos, MemoPreview{kind, amountOf(s.carry.Opening.Abs(), s.to.Currency), "target"})
	}
	names := map[string]string{}
	for _, d := range s.carry.Documents {
		names[fmt.Sprint(d.Kind, d.ID)] = d.Number
	}
	for _, c := range s.carry.Credits {
		names[fmt.Sprint(c.Kind, c.ID)] = c.Number
	}
	for _, a := range s.carry.Allocations {
		p.Allocations = append(p.Allocations, AllocationRow{
			Credit:   Record{a.CreditKind, names[fmt.Sprint(a.CreditKind, a.CreditID)]},
			Document: Record{a.DocumentKind, names[fmt.Sprint(a.DocumentKind, a.DocumentID)]},
			Amount:   amountOf(a.Amount, s.source.Currency),
		})
	}
}

// openingMemo is the kind of memo that opens a balance on the new account: the
// customer owes -> debit memo, has credit -> credit memo, nothing -> none.
func openingMemo(opening decimal.Decimal) string {
	switch opening.Sign() {
	case 1:
		return "debit_memo"
	case -1:
		return "credit_memo"
	}
	return ""
}

// distributorSentence is the sentence at the top of the preview.
func (s *situation) distributorSentence(p *Preview) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s leaves %s for %s. ", s.source.Name, s.from.Name, s.to.Name)
	fmt.Fprintf(&b, "%s", plural(len(s.subscriptions), "subscription moves", "subscriptions move"))
	if more := p.movingBeyond("subscription"); more > 0 {
		fmt.Fprintf(&b, " with %s", plural(int(more), "unbilled record", "unbilled records"))
	}
	b.WriteString(" to a new account; issued documents stay where they are. ")
	switch {
	case s.carry.Net.IsZero():
		b.WriteString("There is no balance to carry. ")
	case !s.hasRate():
		fmt.Fprintf(&b, "The balance of %s is carried at the rate still to be given. ", money.Amount{Value: s.carry.Net, Currency: s.source.Currency})
	default:
		fmt.Fprintf(&b, "The balance of %s opens the new account as %s. ",
			money.Amount{Value: s.carry.Net, Currency: s.source.Currency}, money.Amount{Value: s.carry.Opening, Currency: s.to.Currency})
	}
	fmt.Fprintf(&b, "%s becomes Transferred Out and read-only. Nothing is deleted.", s.source.Number)
	return b.String()
}

// movingWords names what moves: its subscriptions, its invoices and how many records beside.
func (p *Preview) movingWords() string {
	parts := map[string]Part{}
	for _, i := range p.Impact {
		parts[i.Kind] = i.Moving
	}
	return fmt.Sprintf("%s, %s and %s", parts["subscription"].Subscriptions(), plural(int(parts["invoice"].Count), "invoice", "invoices"),
		plural(int(p.movingBeyond("subscription")-parts["invoice"].Count), "other record", "other records"))
}

// movingBeyond counts the records that move, other than those of the kind.
func (p *Preview) movingBeyond(kind string) int64 {
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
