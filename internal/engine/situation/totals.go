package situation

import (
	"context"
	"fmt"

	"github.com/lib/pq"
	"github.com/shopspring/decimal"

	"handover/internal/db"
	"handover/internal/record"
)

// Totals are the figures of an account before and what of them moves.
type Totals struct {
	Recurring     decimal.Decimal `db:"recurring"`
	Subscriptions int64           `db:"subscriptions"`
	OpenInvoices  int64           `db:"open_invoices"`
	Balance       decimal.Decimal `db:"balance"`
}

// Moving counts what of the source is live or open and moves.
func (s *Situation) Moving(ctx context.Context, q db.Querier) (Totals, error) {
	rule := func(kind string) string {
		k, _ := record.KindOf(kind)
		return "coalesce(" + record.At(s.Rule(k), "r") + ", false)"
	}
	within := func(document, kind string) string {
		k, _ := record.KindOf(kind)
		return fmt.Sprintf("%s in (select r.id from %s r where r.customer_id = @source and %s)", document, k.View,
			rule(kind))
	}
	text, values := record.Bind(fmt.Sprintf(`
		select coalesce(sum(r.amount), 0) as recurring, count(*) as subscriptions,
		       (select count(*) from owned_invoices r
		        where r.customer_id = @source and r.status = 'open' and %[2]s) as open_invoices,
		       coalesce((select sum(d.open_amount) from open_documents d
		                 where d.customer_id = @source and case d.kind when 'invoice' then %[3]s else %[4]s end), 0)
		       - coalesce((select sum(u.unapplied) from unapplied_credits u
		                   where u.customer_id = @source and u.unapplied <> 0 and case u.kind
		           when 'payment' then %[5]s else %[6]s end), 0) as balance
		from owned_subscriptions r where r.customer_id = @source and r.status not in ('cancelled', 'terminated')
		  and %[1]s`,
		rule("subscription"), rule("invoice"), within("d.id", "invoice"), within("d.id", "debit_memo"),
		within("u.id", "payment"), within("u.id", "credit_memo")), s.Args())
	var t Totals
	if err := q.GetContext(ctx, &t, text, values...); err != nil {
		return t, fmt.Errorf("sum up what moves: %w", err)
	}
	return t, nil
}

// Standing counts what is live and open on accounts as they are now, by their ids.
func Standing(ctx context.Context, q db.Querier, accounts ...Account) (map[int64]Totals, error) {
	var ids []int64
	for _, a := range accounts {
		ids = append(ids, a.ID)
	}
	var rows []struct {
		ID int64 `db:"id"`
		Totals
	}
	err := q.SelectContext(ctx, &rows, `
		select c.id, coalesce(s.recurring, 0) as recurring, coalesce(s.subscriptions, 0) as subscriptions,
		       (select count(*) from invoices i where i.customer_id = c.id and i.status = 'open') as open_invoices,
		       0 as balance
		from customers c left join (
		    select r.customer_id, sum(r.amount) as recurring, count(*) as subscriptions from owned_subscriptions r
		    where r.customer_id = any($1) and r.status not in ('cancelled', 'terminated')
		    group by 1) s on s.customer_id = c.id
		where c.id = any($1)`, pq.Array(ids))
	if err != nil {
		return nil, fmt.Errorf("sum up the accounts: %w", err)
	}
	sums := map[int64]Totals{}
	for _, r := range rows {
		sums[r.ID] = r.Totals
	}
	for _, a := range accounts {
		t := sums[a.ID]
		t.Balance = a.Balance
		sums[a.ID] = t
	}
	return sums, nil
}
