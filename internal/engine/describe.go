package engine

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"handover/internal/db"
	"handover/internal/engine/flow"
	"handover/internal/engine/rules"
	"handover/internal/engine/situation"
	"handover/internal/money"
	"handover/internal/record"
	"handover/internal/transfer"
)

// describeDistributor fills the preview of a distributor transfer.
func describeDistributor(ctx context.Context, q db.Querier, s *situation.Situation, p *transfer.Preview) error {
	now, err := situation.Standing(ctx, q, s.Source)
	if err != nil {
		return err
	}
	describeSides(s, p, now[s.Source.ID].OpenInvoices)
	if s.Converts && s.HasRate() {
		p.Rate = s.RateCheck.Preview()
		p.Rate.Exact, p.Rate.Rounded = money.Plain(s.Carry.Net.Mul(s.Rate)),
			transfer.AmountOf(s.Carry.Opening, s.To.Currency)
		p.Rate.Rounding = money.Plain(s.Carry.Opening.Sub(s.Carry.Net.Mul(s.Rate)))
	}
	for _, sub := range s.Subscriptions {
		p.Plans = append(p.Plans, describePlan(s, sub))
	}
	for _, d := range s.Delegations {
		for _, level := range d.Levels {
			p.PriceLists = append(p.PriceLists, transfer.PriceListEntry{
				Plan: d.Plan.Name, Number: record.Number(record.PlanPrefix, d.PlanID), Distributor: level.Name,
				Price: transfer.AmountOf(d.Prices[level.ID], level.Currency),
			})
		}
	}
	for _, a := range s.Acceptance {
		p.Terms = append(p.Terms, transfer.KeptOrNot{Number: a.Number, Label: a.Title, Kept: a.TargetID != nil})
	}
	for _, m := range s.Methods {
		p.PaymentMethods = append(p.PaymentMethods, transfer.KeptOrNot{Number: m.Number, Label: m.Label, Kept: m.Kept})
	}
	describeCarry(s, p)
	p.Sentence = distributorSentence(s, p)
	return nil
}

func describePlan(s *situation.Situation, sub situation.MovingSubscription) transfer.PlanPreview {
	row := transfer.PlanPreview{
		Subscription: sub.Number, Quantity: money.Plain(sub.Quantity), BillingPeriod: sub.BillingPeriod,
		Before: sub.PlanName, How: sub.Remap.How, PriceBefore: transfer.AmountOf(sub.Price, s.Source.Currency),
		Changes: rules.PriceChanges(s, sub),
	}
	if sub.Remap.How != "" {
		after := transfer.AmountOf(sub.Remap.Price, s.To.Currency)
		row.After, row.AfterNumber, row.PriceAfter = sub.Remap.Plan.Name, sub.Remap.Plan.Number, &after
	}
	if sub.Remap.How == situation.ByDelegation {
		list := transfer.AmountOf(sub.Remap.Plan.Price, s.To.Currency)
		row.ListPrice = &list
	}
	return row
}

func describeSides(s *situation.Situation, p *transfer.Preview, invoices int64) {
	before, after := decimal.Zero, decimal.Zero
	for _, sub := range s.Subscriptions {
		before = before.Add(situation.Monthly(sub.Price, sub.Quantity, sub.BillingPeriod, s.Source.Currency))
		after = after.Add(situation.Monthly(sub.Remap.Price, sub.Quantity, sub.BillingPeriod, s.To.Currency))
	}
	n := int64(len(s.Subscriptions))
	none := transfer.AmountOf(decimal.Zero, s.Source.Currency)
	p.Source = transfer.Side{
		Number: s.Source.Number, Name: s.Source.Name, Distributor: s.From.Name,
		StatusBefore: s.Source.Status, StatusAfter: "transferred_out",
		BalanceBefore:   transfer.AmountOf(s.Source.Balance, s.Source.Currency),
		BalanceAfter:    transfer.AmountOf(s.Carry.Left, s.Source.Currency),
		RecurringBefore: transfer.AmountOf(before, s.Source.Currency), RecurringAfter: none,
		OpenInvoicesBefore: invoices, OpenInvoicesAfter: invoices - s.Carry.Settled, SubscriptionsBefore: n,
	}
	none = transfer.AmountOf(decimal.Zero, s.To.Currency)
	p.Target = transfer.Side{
		Name: s.Source.Name, Distributor: s.To.Name, StatusAfter: s.Source.Status,
		BalanceBefore: none, BalanceAfter: transfer.AmountOf(s.Carry.Opening, s.To.Currency),
		RecurringBefore: none, RecurringAfter: transfer.AmountOf(after, s.To.Currency), SubscriptionsAfter: n,
	}
}

func describeCarry(s *situation.Situation, p *transfer.Preview) {
	if posters := s.Posters(); len(posters) > 0 {
		p.PostingOn = s.PostsOn().Format(time.DateOnly)
	}
	if s.Carry.Memo != "" {
		net := transfer.AmountOf(s.Carry.Net.Abs(), s.Source.Currency)
		debit, credit := s.AccountsOf(s.Carry.Memo, s.From, s.To)
		p.Memos = append(p.Memos, transfer.MemoPreview{
			Kind: s.Carry.Memo, Amount: net, For: "source", Original: net,
			Debit: debit, Credit: credit,
		})
	}
	for _, i := range s.Carry.Items {
		debit, credit := s.AccountsOf(i.Kind, s.To, s.From)
		m := transfer.MemoPreview{
			Kind: i.Kind, Amount: transfer.AmountOf(i.Amount, s.To.Currency), For: "target",
			Original: transfer.AmountOf(i.Original, s.Source.Currency),
			DueOn:    flow.DateText(i.DueOn), Carries: len(i.Numbers), Debit: debit, Credit: credit,
		}
		if i.Origin.Kind != "" {
			m.Origin = &transfer.OriginDocument{
				Kind: i.Origin.Kind, Number: i.Origin.Number,
				IssuedOn: flow.DateText(i.Origin.IssuedOn),
			}
		}
		p.Memos = append(p.Memos, m)
	}
	names := map[string]string{}
	for _, d := range s.Carry.Documents {
		names[fmt.Sprint(d.Kind, d.ID)] = d.Number
	}
	for _, c := range s.Carry.Credits {
		names[fmt.Sprint(c.Kind, c.ID)] = c.Number
	}
	for _, a := range s.Carry.Allocations {
		p.Allocations = append(p.Allocations, transfer.AllocationRow{
			Credit:   transfer.Record{Kind: a.CreditKind, Number: names[fmt.Sprint(a.CreditKind, a.CreditID)]},
			Document: transfer.Record{Kind: a.DocumentKind, Number: names[fmt.Sprint(a.DocumentKind, a.DocumentID)]},
			Amount:   transfer.AmountOf(a.Amount, s.Source.Currency),
		})
	}
}

// distributorSentence is the sentence at the top of the preview.
func distributorSentence(s *situation.Situation, p *transfer.Preview) string {
	var b strings.Builder
	fmt.Fprintf(&b, msgLeavesFor, s.Source.Name, s.From.Name, s.To.Name)
	fmt.Fprintf(&b, "%s", transfer.Plural(len(s.Subscriptions), oneSubscriptionMoves, manySubscriptionMoves))
	if more := p.MovingBeyond("subscription"); more > 0 {
		fmt.Fprintf(&b, " with %s", transfer.Plural(int(more), oneUnbilledRecord, manyUnbilledRecord))
	}
	b.WriteString(msgToNewAccount)
	b.WriteString(carrySentence(s))
	fmt.Fprintf(&b, msgBecomesTransferredOut, s.Source.Number)
	return b.String()
}

// carrySentence describes the result for the balance in one or two sentences.
func carrySentence(s *situation.Situation) string {
	net := money.Amount{Value: s.Carry.Net, Currency: s.Source.Currency}
	switch {
	case !s.Carry.Left.IsZero():
		left := money.Amount{Value: s.Carry.Left, Currency: s.Source.Currency}
		if s.Flow.Kind != record.Distributor {
			return fmt.Sprintf(msgBalanceStaysOn, left, s.Source.Number)
		}
		return fmt.Sprintf(msgBalanceStaysWith, left, s.From.Name)
	case s.Carry.Net.IsZero():
		return msgNoBalance
	case !s.HasRate():
		return fmt.Sprintf(msgBalanceAtOpenRate, net)
	}
	text := fmt.Sprintf(msgBalanceOpensAccount, net, money.Amount{Value: s.Carry.Opening, Currency: s.To.Currency})
	if n := len(s.Carry.Items); n > 1 {
		text += fmt.Sprintf(msgInItems, n)
	}
	return text + ". " + assigned(s, net)
}

// assigned says between two legal entities whose the claims and credits are from now on.
func assigned(s *situation.Situation, net money.Amount) string {
	if s.From.SameEntity(s.To) {
		return ""
	}
	net.Value = net.Value.Abs()
	if s.Carry.Memo == "debit_memo" {
		return fmt.Sprintf(msgTakesOverCredit, s.To.EntityName(), net, s.From.EntityName())
	}
	return fmt.Sprintf(msgAssignsClaims, s.From.EntityName(), net, s.To.EntityName())
}
