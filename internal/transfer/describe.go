package transfer

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"handover/internal/db"
	"handover/internal/money"
)

// describeDistributor fills the preview of a distributor transfer.
func describeDistributor(ctx context.Context, q db.Querier, s *situation, p *Preview) error {
	now, err := standing(ctx, q, s.source)
	if err != nil {
		return err
	}
	s.describeSides(p, now[s.source.ID].OpenInvoices)
	if s.converts && s.hasRate() {
		p.Rate = s.rateCheck.preview()
		p.Rate.Exact, p.Rate.Rounded = money.Plain(s.carry.Net.Mul(s.rate)), amountOf(s.carry.Opening, s.to.Currency)
		p.Rate.Rounding = money.Plain(s.carry.Opening.Sub(s.carry.Net.Mul(s.rate)))
	}
	for _, sub := range s.subscriptions {
		p.Plans = append(p.Plans, s.describePlan(sub))
	}
	for _, d := range s.delegations {
		for _, level := range d.levels {
			p.PriceLists = append(p.PriceLists, PriceListEntry{
				d.plan.Name, Number(planPrefix, d.planID), level.Name, amountOf(d.prices[level.ID], level.Currency),
			})
		}
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
	if sub.remap.How == byDelegation {
		list := amountOf(sub.remap.Plan.Price, s.to.Currency)
		row.ListPrice = &list
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
		BalanceBefore: amountOf(s.source.Balance, s.source.Currency), BalanceAfter: amountOf(s.carry.Left, s.source.Currency),
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
	if posters := s.posters(); len(posters) > 0 {
		p.PostingOn = s.postsOn().Format(time.DateOnly)
	}
	if s.carry.Memo != "" {
		net := amountOf(s.carry.Net.Abs(), s.source.Currency)
		debit, credit := s.accountsOf(s.carry.Memo, s.from, s.to)
		p.Memos = append(p.Memos, MemoPreview{Kind: s.carry.Memo, Amount: net, For: "source", Original: net, Debit: debit, Credit: credit})
	}
	for _, i := range s.carry.Items {
		debit, credit := s.accountsOf(i.Kind, s.to, s.from)
		m := MemoPreview{
			Kind: i.Kind, Amount: amountOf(i.Amount, s.to.Currency), For: "target", Original: amountOf(i.Original, s.source.Currency),
			DueOn: dateText(i.DueOn), Carries: len(i.Numbers), Debit: debit, Credit: credit,
		}
		if i.origin.Kind != "" {
			m.Origin = &OriginDocument{Kind: i.origin.Kind, Number: i.origin.Number, IssuedOn: dateText(i.origin.IssuedOn)}
		}
		p.Memos = append(p.Memos, m)
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

// distributorSentence is the sentence at the top of the preview.
func (s *situation) distributorSentence(p *Preview) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s leaves %s for %s. ", s.source.Name, s.from.Name, s.to.Name)
	fmt.Fprintf(&b, "%s", plural(len(s.subscriptions), "subscription moves", "subscriptions move"))
	if more := p.movingBeyond("subscription"); more > 0 {
		fmt.Fprintf(&b, " with %s", plural(int(more), "unbilled record", "unbilled records"))
	}
	b.WriteString(" to a new account; issued documents stay where they are. ")
	b.WriteString(s.carrySentence())
	fmt.Fprintf(&b, "%s becomes Transferred Out and read-only. Nothing is deleted.", s.source.Number)
	return b.String()
}

// carrySentence describes the result for the balance in one or two sentences.
func (s *situation) carrySentence() string {
	net := money.Amount{Value: s.carry.Net, Currency: s.source.Currency}
	switch {
	case !s.carry.Left.IsZero():
		left := money.Amount{Value: s.carry.Left, Currency: s.source.Currency}
		if s.flow.Kind != Distributor {
			return fmt.Sprintf("The balance of %s stays on %s and is settled there. ", left, s.source.Number)
		}
		return fmt.Sprintf("The balance of %s stays with %s, which collects and refunds it. ", left, s.from.Name)
	case s.carry.Net.IsZero():
		return "There is no balance to carry. "
	case !s.hasRate():
		return fmt.Sprintf("The balance of %s is carried at the rate still to be given. ", net)
	}
	text := fmt.Sprintf("The balance of %s opens the new account as %s", net, money.Amount{Value: s.carry.Opening, Currency: s.to.Currency})
	if n := len(s.carry.Items); n > 1 {
		text += fmt.Sprintf(" in %d items", n)
	}
	return text + ". " + s.assigned(net)
}

// assigned says between two legal entities whose the claims and credits are from now on.
func (s *situation) assigned(net money.Amount) string {
	if s.from.sameEntity(s.to) {
		return ""
	}
	net.Value = net.Value.Abs()
	if s.carry.Memo == "debit_memo" {
		return fmt.Sprintf("%s takes over the customer's credit of %s from %s. ", s.to.entityName(), net, s.from.entityName())
	}
	return fmt.Sprintf("%s assigns its claims of %s to %s. ", s.from.entityName(), net, s.to.entityName())
}
