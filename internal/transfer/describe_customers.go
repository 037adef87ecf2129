package transfer

import (
	"context"
	"fmt"
	"strings"

	"github.com/lib/pq"
	"github.com/shopspring/decimal"

	"handover/internal/db"
	"handover/internal/money"
)

// FieldPreview is a field of both accounts and whose value stays on the target.
type FieldPreview struct {
	Name   string `json:"name"`
	Source string `json:"source"`
	Target string `json:"target"`
	Kept   string `json:"kept"` // source or target
}

// SplitPreview is a subscription that is cut at the effective date.
type SplitPreview struct {
	Subscription string `json:"subscription"`
	LastDay      string `json:"last_day"` // at the source
	StartsOn     string `json:"starts_on"`
}

// totals are the figures of an account before and what of them moves.
type totals struct {
	Recurring     decimal.Decimal `db:"recurring"`
	Subscriptions int64           `db:"subscriptions"`
	OpenInvoices  int64           `db:"open_invoices"`
	Balance       decimal.Decimal `db:"balance"`
}

// moving counts what of the source is live or open and moves.
func (s *situation) moving(ctx context.Context, q db.Querier) (totals, error) {
	rule := func(kind string) string {
		k, _ := KindOf(kind)
		return "coalesce(" + at(s.rule(k), "r") + ", false)"
	}
	within := func(document, kind string) string {
		k, _ := KindOf(kind)
		return fmt.Sprintf("%s in (select r.id from %s r where r.customer_id = @source and %s)", document, k.View, rule(kind))
	}
	text, values := bind(fmt.Sprintf(`
		select coalesce(sum(r.amount), 0) as recurring, count(*) as subscriptions,
		       (select count(*) from owned_invoices r where r.customer_id = @source and r.status = 'open' and %[2]s) as open_invoices,
		       coalesce((select sum(d.open_amount) from open_documents d where d.customer_id = @source and case d.kind
		           when 'invoice' then %[3]s else %[4]s end), 0)
		       - coalesce((select sum(u.unapplied) from unapplied_credits u where u.customer_id = @source and u.unapplied <> 0 and case u.kind
		           when 'payment' then %[5]s else %[6]s end), 0) as balance
		from owned_subscriptions r where r.customer_id = @source and r.status not in ('cancelled', 'terminated') and %[1]s`,
		rule("subscription"), rule("invoice"), within("d.id", "invoice"), within("d.id", "debit_memo"),
		within("u.id", "payment"), within("u.id", "credit_memo")), s.args())
	var t totals
	if err := q.GetContext(ctx, &t, text, values...); err != nil {
		return t, fmt.Errorf("sum up what moves: %w", err)
	}
	return t, nil
}

// standing counts what is live and open on accounts as they are now, by their ids.
func standing(ctx context.Context, q db.Querier, accounts ...account) (map[int64]totals, error) {
	var ids []int64
	for _, a := range accounts {
		ids = append(ids, a.ID)
	}
	var rows []struct {
		ID int64 `db:"id"`
		totals
	}
	err := q.SelectContext(ctx, &rows, `
		select c.id, coalesce(s.recurring, 0) as recurring, coalesce(s.subscriptions, 0) as subscriptions,
		       (select count(*) from invoices i where i.customer_id = c.id and i.status = 'open') as open_invoices, 0 as balance
		from customers c left join (
		    select r.customer_id, sum(r.amount) as recurring, count(*) as subscriptions from owned_subscriptions r
		    where r.customer_id = any($1) and r.status not in ('cancelled', 'terminated') group by 1) s on s.customer_id = c.id
		where c.id = any($1)`, pq.Array(ids))
	if err != nil {
		return nil, fmt.Errorf("sum up the accounts: %w", err)
	}
	sums := map[int64]totals{}
	for _, r := range rows {
		sums[r.ID] = r.totals
	}
	for _, a := range accounts {
		t := sums[a.ID]
		t.Balance = a.Balance
		sums[a.ID] = t
	}
	return sums, nil
}

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
