package transfer

import (
	"context"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"handover/internal/db"
	"handover/internal/money"
)

// describeCustomers fills the preview of a transfer between customers.
func describeCustomers(ctx context.Context, q db.Querier, s *situation, p *Preview) error {
	now, err := standing(ctx, q, s.source, s.target)
	if err != nil {
		return err
	}
	source, target := now[s.source.ID], now[s.target.ID]
	moving := source
	if s.flow.Kind == Subscriptions || s.effective != nil {
		moving, err = s.moving(ctx, q)
		if err != nil {
			return err
		}
	}
	p.Source = s.side(s.source, s.from, source, moving, -1)
	p.Target = s.side(s.target, s.to, target, moving, 1)
	if s.flow.Kind == Merge {
		p.Source.StatusAfter = "merged"
	}
	p.Linked = append(p.Linked, s.linked...)
	for _, f := range s.fields {
		if f.Source == "" || f.Source == f.Target {
			continue
		}
		kept := "target"
		if f.fromSource {
			kept = "source"
		}
		p.Fields = append(p.Fields, FieldPreview{f.Name, f.Source, f.Target, kept})
	}
	for _, c := range s.selected {
		if c.fateAt(s.effective) == splits {
			p.Splits = append(p.Splits, SplitPreview{c.Number, s.effective.AddDate(0, 0, -1).Format("2006-01-02"), s.effective.Format("2006-01-02")})
		}
	}
	for _, m := range s.methods {
		p.PaymentMethods = append(p.PaymentMethods, KeptOrNot{m.Number, m.Label, false})
	}
	s.describeCarry(p)
	if p.Partial, err = s.leftBehind(ctx, q); err != nil {
		return err
	}
	p.Sentence = s.customersSentence(p)
	return nil
}

// side describes an account before and after; sign says whether it gains or loses.
func (s *situation) side(a account, in company, now, moving totals, sign int64) Side {
	by, settled := decimal.NewFromInt(sign), int64(0)
	if sign < 0 {
		settled = s.carry.Settled
	}
	after := now.Balance.Add(moving.Balance.Mul(by)).Add(s.carry.Net.Mul(by))
	return Side{
		Number: a.Number, Name: a.Name, Distributor: in.Name, StatusBefore: a.Status, StatusAfter: a.Status,
		BalanceBefore: amountOf(now.Balance, a.Currency), BalanceAfter: amountOf(after, a.Currency),
		RecurringBefore: amountOf(now.Recurring, a.Currency), RecurringAfter: amountOf(now.Recurring.Add(moving.Recurring.Mul(by)), a.Currency),
		OpenInvoicesBefore: now.OpenInvoices, OpenInvoicesAfter: now.OpenInvoices + sign*moving.OpenInvoices - settled,
		SubscriptionsBefore: now.Subscriptions, SubscriptionsAfter: now.Subscriptions + sign*moving.Subscriptions,
	}
}

// customersSentence is the sentence at the top of the preview.
func (s *situation) customersSentence(p *Preview) string {
	var b strings.Builder
	if s.flow.Kind == Merge {
		fmt.Fprintf(&b, "%s will be merged into %s", s.source.Name, s.target.Name)
	} else {
		fmt.Fprintf(&b, "%s of %s will be transferred to %s", plural(len(s.selected), "subscription", "subscriptions"), s.source.Name, s.target.Name)
	}
	if s.effective != nil {
		fmt.Fprintf(&b, " as of %s", s.effective.Format(dayForm))
	}
	fmt.Fprintf(&b, ": %s move", p.movingWords())
	if p.Partial != nil {
		fmt.Fprintf(&b, "; %s with %s", p.Partial.words(), s.source.Name)
	}
	b.WriteString(". ")
	switch {
	case !s.carry.Net.IsZero():
		fmt.Fprintf(&b, "The balance of %s that stays open is carried over", money.Amount{Value: s.carry.Net, Currency: s.source.Currency})
		if n := len(s.carry.Items); n > 1 {
			fmt.Fprintf(&b, " in %d items", n)
		}
		b.WriteString(". ")
	case !s.carry.Left.IsZero():
		b.WriteString(s.carrySentence())
	}
	if s.flow.Kind == Merge {
		fmt.Fprintf(&b, "%s becomes Merged and read-only. ", s.source.Number)
	}
	b.WriteString("Nothing is deleted.")
	return b.String()
}
