package flow

import (
	"context"
	"fmt"
	"time"

	"github.com/lib/pq"
	"github.com/shopspring/decimal"

	"handover/internal/db"
	"handover/internal/ledger"
	"handover/internal/record"
)

// splitContracts cuts the subscriptions that began before E: each is cancelled at the
// source with E - 1 as its last day, and a continuation begins on E at the target with
// the same plan, price and terms, and the old one's end and status.
func splitContracts(ctx context.Context, q db.Querier, x *Execution) error {
	_, _, _, split := x.Fates()
	if len(split) == 0 {
		return nil
	}
	var sums struct {
		Count  int64           `db:"count"`
		Amount decimal.Decimal `db:"amount"`
	}
	err := q.GetContext(ctx, &sums, `select count(*) as count, sum(amount) as amount from owned_subscriptions
		where id = any($1)`, pq.Array(split))
	if err != nil {
		return fmt.Errorf("sum the subscriptions that are cut: %w", err)
	}
	x.Declare("subscription", x.Source.Currency, sums.Count, sums.Amount, ledger.Continuations, ledger.Facts{})
	var born pq.Int64Array
	if err := q.GetContext(ctx, &born, `select array_agg(next_id('subscriptions', 'S') order by n)
		from generate_series(1, $1::int) n`, len(split)); err != nil {
		return fmt.Errorf("number the continuations: %w", err)
	}
	x.continuations = born
	_, err = x.Create(ctx, q, "subscription", `
		insert into subscriptions (id, customer_id, plan_id, status, start_on, end_on, billing_period, quantity,
		                           price, price_frozen, promotion)
		select u.new, @target, s.plan_id, s.status, @e::date, s.end_on, s.billing_period, s.quantity, s.price,
		       s.price_frozen, s.promotion
		from unnest(@split::bigint[], @continuations::bigint[]) as u(old, new) join subscriptions s on s.id = u.old
		order by u.new`, nil)
	if err != nil {
		return err
	}
	// A subscription that was cut before, at a later day, is continued by the new
	// continuation.
	err = x.Change(ctx, q, ledger.Change{
		Kind: "subscription_continuation", Column: "subscription_id", Type: "bigint",
		Value: continued, Where: `t.subscription_id = any(@split::bigint[])`,
	}, nil)
	if err != nil {
		return err
	}
	_, err = x.Create(ctx, q, "subscription_continuation", `
		insert into subscription_continuations (subscription_id, continuation_id, on_date)
		select u.old, u.new, @e::date from unnest(@split::bigint[], @continuations::bigint[]) as u(old, new)`, nil)
	if err != nil {
		return err
	}
	return x.cut(ctx, q)
}

// cut cancels what is split, with the day before E as its last.
func (x *Execution) cut(ctx context.Context, q db.Querier) error {
	before := x.Effective.AddDate(0, 0, -1).Format(time.DateOnly)
	const cut = `t.id = any(@split::bigint[])`
	for _, c := range []ledger.Change{
		{Kind: "subscription", Column: "status", Type: "text", Value: `'cancelled'`, Where: cut},
		{Kind: "subscription", Column: "end_on", Type: "date", Value: `@before::date`, Where: cut},
	} {
		if err := x.Change(ctx, q, c, record.Args{"before": before}); err != nil {
			return err
		}
	}
	return nil
}

// moveRecords gives the root records that move to the target, in the reverse order of
// Kinds: a record moves before the record it depends on, which decides its move.
func moveRecords(ctx context.Context, q db.Querier, x *Execution) error {
	for i := len(record.Kinds) - 1; i >= 0; i-- {
		k := record.Kinds[i]
		x.begin(k)
		if !k.Root || x.Rule(k) == "" {
			continue
		}
		if err := x.move(ctx, q, k, x.Rule(k)); err != nil {
			return err
		}
	}
	return nil
}

// move gives the records of a root kind to the target whose own row changes owner.
func (x *Execution) move(ctx context.Context, q db.Querier, k record.Kind, moves string) error {
	c := ledger.Change{Kind: k.Name, Column: "customer_id", Type: "bigint", Value: `@target::bigint`, Where: `true`}
	if moves == "true" {
		c.Where = `t.customer_id = @source`
		return x.Change(ctx, q, c, nil)
	}
	condition := record.At(moves, "r")
	if k.Rewritten != "" {
		condition = record.At(k.Rewritten, "r") + " and " + condition
	}
	return x.changeOf(ctx, q, c, k.Ids("r.customer_id = @source and "+condition), nil)
}

// continued is the value of a column that named a subscription which was cut.
const continued = `(@continuations::bigint[])[array_position(@split::bigint[], t.subscription_id)]`

// repoint gives the continuations what they take over: unbilled records, the lines of
// moving invoices and moving memos that named the old subscription, and the links of
// service users. Add-ons at the target get their parent's continuation, else the
// parent if that moved, else none.
func repoint(ctx context.Context, q db.Querier, x *Execution) error {
	const onSplit = `t.subscription_id = any(@split::bigint[])`
	for _, k := range record.Kinds {
		goesOn := k.Continued[x.Flow.Kind]
		if goesOn == "" {
			continue
		}
		c := ledger.Change{Kind: k.Name, Column: "subscription_id", Type: "bigint", Value: continued, Where: onSplit}
		ids := k.Ids("r.customer_id = @source and r.subscription_id = any(@split::bigint[]) and " +
			record.At(goesOn, "r"))
		if err := x.changeOf(ctx, q, c, ids, nil); err != nil {
			return err
		}
	}
	const movedNow = `t.%s in (select unnest(g.record_ids) from transfer_ledger g
		where g.order_id = @order and g.kind = '%s' and g.column_name = 'customer_id')`
	var changes []ledger.Change
	for _, k := range record.Kinds {
		if c := k.Carrier; c != nil {
			went := fmt.Sprintf(movedNow, c.Column, c.Kind)
			changes = append(changes, ledger.Change{
				Kind: k.Name, Column: "subscription_id", Type: "bigint",
				Value: continued, Where: onSplit + " and " + went,
			})
		}
	}
	changes = append(changes, []ledger.Change{
		{
			Kind: "subscription", Column: "parent_subscription_id", Type: "bigint",
			Value: `(select coalesce((@continuations::bigint[])[array_position(@split::bigint[], p.id)],
				case when p.id = any(@whole::bigint[]) then p.id end)
            from subscriptions p where p.id = t.parent_subscription_id)`,
			Where: `t.id = any(@whole::bigint[]) and t.parent_subscription_id is not null`,
		},
		{
			Kind: "subscription", Column: "parent_subscription_id", Type: "bigint",
			Value: `(select coalesce((@continuations::bigint[])[array_position(@split::bigint[], p.id)],
				case when p.id = any(@whole::bigint[]) then p.id end)
            from subscriptions o join subscriptions p on p.id = o.parent_subscription_id
            where o.id = (@split::bigint[])[array_position(@continuations::bigint[], t.id)])`,
			Where: `t.id = any(@continuations::bigint[])`,
		},
	}...)
	for _, c := range changes {
		if err := x.Change(ctx, q, c, nil); err != nil {
			return err
		}
	}
	return nil
}

// moveUsersOfS moves the service users of the moving subscriptions. One that is not
// account-wide and also serves a subscription that stays is copied instead.
func moveUsersOfS(ctx context.Context, q db.Querier, x *Execution) error {
	x.withholdMethods()
	if err := x.withholdPeople(ctx, q); err != nil {
		return err
	}
	var shared pq.Int64Array
	text, values := record.Bind(`
		select coalesce(array_agg(u.id order by u.id), '{}') from service_users u
		where u.customer_id = @source and not u.account_wide
		  and exists (select 1 from service_user_subscriptions l
		              where l.service_user_id = u.id and l.subscription_id = any(@moving::bigint[]))
		  and exists (select 1 from service_user_subscriptions l
		              where l.service_user_id = u.id and l.subscription_id <> all(@moving::bigint[]))`, x.Args())
	if err := q.GetContext(ctx, &shared, text, values...); err != nil {
		return fmt.Errorf("find the service users that are shared: %w", err)
	}
	var copies pq.Int64Array
	if err := q.GetContext(ctx, &copies, `
		select coalesce(array_agg(next_id('service_users', 'SU') order by n), '{}')
		from generate_series(1, $1::int) n`, len(shared)); err != nil {
		return fmt.Errorf("number the copies: %w", err)
	}
	more := record.Args{"shared": []int64(shared), "copies": []int64(copies)}
	_, err := x.Create(ctx, q, "service_user", `
		insert into service_users (id, customer_id, login, account_wide)
		select c.new, @target, u.login, u.account_wide
		from unnest(@shared::bigint[], @copies::bigint[]) as c(old, new) join service_users u on u.id = c.old
		order by c.new`, more)
	if err != nil {
		return err
	}
	for _, c := range []ledger.Change{
		{
			Kind: "service_user", Column: "customer_id", Type: "bigint", Value: `@target::bigint`,
			Where: `t.customer_id = @source and t.id <> all(@shared::bigint[]) and exists (
             select 1 from service_user_subscriptions l
             where l.service_user_id = t.id and l.subscription_id = any(@moving::bigint[]))`,
		},
		{
			Kind: "service_user_subscription", Column: "service_user_id", Type: "bigint",
			Value: `(@copies::bigint[])[array_position(@shared::bigint[], t.service_user_id)]`,
			Where: `t.service_user_id = any(@shared::bigint[]) and t.subscription_id = any(@moving::bigint[])`,
		},
		{
			Kind: "service_user_subscription", Column: "subscription_id", Type: "bigint", Value: continued,
			Where: `t.subscription_id = any(@split::bigint[])`,
		},
	} {
		if err := x.Change(ctx, q, c, more); err != nil {
			return err
		}
	}
	return nil
}
