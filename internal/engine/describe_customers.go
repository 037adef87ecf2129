package engine

import (
	"context"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"handover/internal/db"
	"handover/internal/engine/rules"
	"handover/internal/engine/situation"
	"handover/internal/money"
	"handover/internal/record"
	"handover/internal/transfer"
)

// describeCustomers fills the preview of a transfer between customers.
func describeCustomers(ctx context.Context, q db.Querier, s *situation.Situation, p *transfer.Preview) error {
	now, err := situation.Standing(ctx, q, s.Source, s.Target)
	if err != nil {
		return err
	}
	source, target := now[s.Source.ID], now[s.Target.ID]
	moving := source
	if s.Flow.Kind == record.Subscriptions || s.Effective != nil {
		moving, err = s.Moving(ctx, q)
		if err != nil {
			return err
		}
	}
	p.Source = side(s, s.Source, s.From, source, moving, -1)
	p.Target = side(s, s.Target, s.To, target, moving, 1)
	if s.Flow.Kind == record.Merge {
		p.Source.StatusAfter = "merged"
	}
	p.Linked = append(p.Linked, s.Linked...)
	for _, f := range s.Fields {
		if f.Source == "" || f.Source == f.Target {
			continue
		}
		kept := "target"
		if f.FromSource {
			kept = "source"
		}
		p.Fields = append(p.Fields, transfer.FieldPreview{Name: f.Name, Source: f.Source, Target: f.Target, Kept: kept})
	}
	for _, c := range s.Selected {
		if c.FateAt(s.Effective) == situation.Splits {
			p.Splits = append(p.Splits, transfer.SplitPreview{
				Subscription: c.Number,
				LastDay:      s.Effective.AddDate(0, 0, -1).Format("2006-01-02"),
				StartsOn:     s.Effective.Format("2006-01-02"),
			})
		}
	}
	for _, m := range s.Methods {
		p.PaymentMethods = append(p.PaymentMethods, transfer.KeptOrNot{Number: m.Number, Label: m.Label, Kept: false})
	}
	describeCarry(s, p)
	if p.Partial, err = rules.LeftBehind(ctx, q, s); err != nil {
		return err
	}
	p.Sentence = customersSentence(s, p)
	return nil
}

// side describes an account before and after; sign says whether it gains or loses.
func side(s *situation.Situation, a situation.Account, in situation.Company, now, moving situation.Totals,
	sign int64,
) transfer.Side {
	by, settled := decimal.NewFromInt(sign), int64(0)
	if sign < 0 {
		settled = s.Carry.Settled
	}
	after := now.Balance.Add(moving.Balance.Mul(by)).Add(s.Carry.Net.Mul(by))
	return transfer.Side{
		Number: a.Number, Name: a.Name, Distributor: in.Name, StatusBefore: a.Status, StatusAfter: a.Status,
		BalanceBefore: transfer.AmountOf(now.Balance, a.Currency), BalanceAfter: transfer.AmountOf(after, a.Currency),
		RecurringBefore:    transfer.AmountOf(now.Recurring, a.Currency),
		RecurringAfter:     transfer.AmountOf(now.Recurring.Add(moving.Recurring.Mul(by)), a.Currency),
		OpenInvoicesBefore: now.OpenInvoices, OpenInvoicesAfter: now.OpenInvoices + sign*moving.OpenInvoices - settled,
		SubscriptionsBefore: now.Subscriptions, SubscriptionsAfter: now.Subscriptions + sign*moving.Subscriptions,
	}
}

// customersSentence is the sentence at the top of the preview.
func customersSentence(s *situation.Situation, p *transfer.Preview) string {
	var b strings.Builder
	if s.Flow.Kind == record.Merge {
		fmt.Fprintf(&b, msgMergedInto, s.Source.Name, s.Target.Name)
	} else {
		fmt.Fprintf(&b, msgTransferredTo, transfer.Plural(len(s.Selected), "subscription", "subscriptions"),
			s.Source.Name, s.Target.Name)
	}
	if s.Effective != nil {
		fmt.Fprintf(&b, msgAsOf, s.Effective.Format(transfer.DayForm))
	}
	fmt.Fprintf(&b, ": %s move", p.MovingWords())
	if p.Partial != nil {
		fmt.Fprintf(&b, "; %s with %s", p.Partial.Words(), s.Source.Name)
	}
	b.WriteString(". ")
	switch {
	case !s.Carry.Net.IsZero():
		fmt.Fprintf(&b, msgBalanceCarried, money.Amount{Value: s.Carry.Net, Currency: s.Source.Currency})
		if n := len(s.Carry.Items); n > 1 {
			fmt.Fprintf(&b, msgInItems, n)
		}
		b.WriteString(". ")
	case !s.Carry.Left.IsZero():
		b.WriteString(carrySentence(s))
	}
	if s.Flow.Kind == record.Merge {
		fmt.Fprintf(&b, msgBecomesMerged, s.Source.Number)
	}
	b.WriteString(msgNothingDeleted)
	return b.String()
}
