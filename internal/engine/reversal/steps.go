package reversal

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"handover/internal/db"
	"handover/internal/engine/flow"
	"handover/internal/ledger"
	"handover/internal/order"
	"handover/internal/record"
)

// ledgerRow is one row of the reversed order's ledger.
type ledgerRow struct {
	ID      int64   `db:"id"`
	Kind    string  `db:"kind"`
	Column  string  `db:"column_name"`
	Created bool    `db:"created"`
	FirstID int64   `db:"first_id"`
	lines   []int64 // of the rows that are undone at once, this one among them
}

// inRuns joins the rows of allocations that follow each other: what a credit settles is
// worked out anew with each statement, which of one memo for many documents is long.
func inRuns(rows []ledgerRow) []ledgerRow {
	var out []ledgerRow
	for _, row := range rows {
		row.lines = []int64{row.ID}
		if last := len(out) - 1; last >= 0 && slices.Contains([]string{"payment_allocation", "credit_allocation"},
			row.Kind) && row.Column == "" &&
			out[last].Kind == row.Kind && out[last].Column == "" && out[last].Created == row.Created {
			out[last].lines = append(out[last].lines, row.ID)
			continue
		}
		out = append(out, row)
	}
	return out
}

// giveBack undoes the ledger of the order from its last row to its first, so that
// dependent records go back before the records they depend on. It ledgers each step in
// turn: a reversal of the reversal reads that.
func giveBack(ctx context.Context, q db.Querier, x *flow.Execution) error {
	var rows []ledgerRow
	err := q.SelectContext(ctx, &rows, `
		select id, kind, column_name, column_name = '' and before[1] is null as created, first_id
		from transfer_ledger where order_id = $1 order by id desc`, x.Reversal.Order.ID)
	if err != nil {
		return fmt.Errorf("read the ledger of %s: %w", x.Reversal.Order.Number, err)
	}
	accounts := map[int64]bool{}
	for _, row := range inRuns(rows) {
		switch {
		case row.Column == "" && row.Created:
			err = takeBack(ctx, q, x, row)
		case row.Column == "":
			err = bringBack(ctx, q, x, row)
		case row.Kind == "customer": // their columns depend on each other
			err = restoreAccounts(ctx, q, x, row, accounts)
		case row.Kind == "journal_entry" && row.Column == "source_id": // with the other columns that go with it
			err = restoreSources(ctx, q, x, row)
		case row.Kind == "journal_entry" && row.Column == "source_kind":
		default:
			err = restore(ctx, q, x, row)
		}
		if err != nil {
			return err
		}
	}
	if err := closePaidSince(ctx, q, x); err != nil {
		return err
	}
	return withdraw(x)
}

// closePaidSince closes what the order had settled and other money settles by now: it came for the
// document meanwhile, and found room only when the order's allocations were taken back.
func closePaidSince(ctx context.Context, q db.Querier, x *flow.Execution) error {
	for _, k := range record.Kinds {
		if k.Settled == nil {
			continue
		}
		err := x.Change(ctx, q, ledger.Change{
			Kind: k.Name, Column: "status", Type: "text", Value: "'" + k.Settled.Status + "'",
			Where: "t.status = 'open' and " + k.Settled.When + " and t.id in " + record.Ledgered(k.Name, "status"),
		}, nil)
		if err != nil {
			return err
		}
	}
	return nil
}

// withdraw records the result for personal data.
func withdraw(x *flow.Execution) error {
	x.PassOn("contacts, terms acceptances, payment methods and fields", 0,
		"they are as before "+x.Reversal.Order.Number+"; copies that were not changed since are removed")
	return nil
}

// restore gives records their value before. What the order created itself is settled
// with its row; what was billed since keeps its value, with the invoice that bills it.
func restore(ctx context.Context, q db.Querier, x *flow.Execution, row ledgerRow) error {
	table := record.TableOf(row.Kind)
	var columnType string
	err := q.GetContext(ctx, &columnType, `select format_type(atttypid, atttypmod) from pg_attribute
		where attrelid = $1::regclass and attname = $2`, table, row.Column)
	if err != nil {
		return fmt.Errorf("read the type of %s.%s: %w", table, row.Column, err)
	}
	own := ""
	if record.IsMemo(row.Kind) {
		own = ` and t.id not in ` + record.Born(row.Kind)
	}
	if row.Kind == "service_user_subscription" {
		own = unlinkedStill(row.Column)
	}
	if row.Kind == "journal_entry" && row.Column == "customer_id" { // restoreSources does those that lost their source
		own = ownEntries + ` and t.id not in ` + record.Ledgered("journal_entry", "source_id")
	}
	c := ledger.Change{Kind: row.Kind, Column: row.Column}
	values := x.Args()
	values["line"] = row.ID
	text, list := record.Bind(fmt.Sprintf(`with slice as materialized (
    select t.id, t.%[2]s::text as before, l.before as after
    from %[1]s t join %[4]s l on l.record_id = t.id and l.line = @line
    where t.%[2]s::text is distinct from l.before%[5]s%[6]s for no key update of t
), rewritten as (
    update %[1]s t set %[2]s = slice.after::%[3]s
    from slice where t.id = slice.id
    returning t.id, slice.before, slice.after
), noted as (
%[7]s
)
select count(*) from rewritten`, table, row.Column, columnType, record.Unfolded(row.Kind), own, unbilledStill(row.Kind),
		ledger.NotedSQL(c, ledger.OneOrAll("before"), ledger.OneOrAll("after"))), values)
	var n int
	if err := q.GetContext(ctx, &n, text, list...); err != nil {
		return fmt.Errorf("give back %s of the %s records: %w", row.Column, row.Kind, err)
	}
	if row.Column != "status" || !record.IsDocument(row.Kind) {
		return nil
	}
	// Clear the status to return to on documents that the settlement has opened already.
	return x.Change(ctx, q, ledger.Change{
		Kind: row.Kind, Column: "settled_status", Type: "text", Value: "null::text",
		Where: fmt.Sprintf(`t.settled_status is not null
			and t.id in (select l.record_id from %s l
			             where l.line = @line and l.before = t.status)%s`, record.Unfolded(row.Kind), own),
	}, record.Args{"line": row.ID})
}

// ownEntries narrows entries t to those that carry their customer still: one that was linked
// to its schedule line since is owned through it.
const ownEntries = ` and t.source_id is null`

// unlinkedStill leaves a link as it is if its former value was entered again.
func unlinkedStill(column string) string {
	other := "subscription_id"
	if column == other {
		other = "service_user_id"
	}
	return fmt.Sprintf(` and not exists (select 1 from service_user_subscriptions o
		where o.%[1]s::text = l.before and o.%[2]s = t.%[2]s)`, column, other)
}

// restoreAccounts gives each account of the row all its values before in one statement.
func restoreAccounts(ctx context.Context, q db.Querier, x *flow.Execution, row ledgerRow, done map[int64]bool) error {
	var values []struct {
		ID     int64   `db:"record_id"`
		Column string  `db:"column_name"`
		Type   string  `db:"type"`
		Before *string `db:"before"`
	}
	text, list := record.Bind(fmt.Sprintf(`
		select distinct on (l.record_id, l.column_name) l.record_id, l.column_name, l.before,
		format_type(a.atttypid, a.atttypmod) as type
		from %s l join pg_attribute a on a.attrelid = 'customers'::regclass and a.attname = l.column_name
		where l.record_id = any((select record_ids from transfer_ledger where id = %d)::bigint[])
		  and l.column_name <> ''
		order by l.record_id, l.column_name, l.line`, record.Unfolded("customer"), row.ID), x.Args())
	if err := q.SelectContext(ctx, &values, text, list...); err != nil {
		return fmt.Errorf("read the accounts before: %w", err)
	}
	byAccount := map[int64][]ledger.Assignment{}
	var order []int64
	for _, v := range values {
		if done[v.ID] || x.Reversal.GoesOn && v.ID == x.Source.ID && v.Column == "status" {
			continue
		}
		if byAccount[v.ID] == nil {
			order = append(order, v.ID)
		}
		var before any
		if v.Before != nil {
			before = *v.Before
		}
		byAccount[v.ID] = append(byAccount[v.ID], ledger.Assignment{Column: v.Column, Type: v.Type, Value: before})
	}
	for _, id := range order {
		done[id] = true
		if err := x.Writer.Assign(ctx, q, "customer", id, byAccount[id]); err != nil {
			return err
		}
	}
	return nil
}

// bringBack inserts rows that the order removed, as they were.
func bringBack(ctx context.Context, q db.Querier, x *flow.Execution, row ledgerRow) error {
	table := record.TableOf(row.Kind)
	there := ""
	if row.Kind == "service_user_subscription" {
		there = ` and not exists (select 1 from service_user_subscriptions o
			where o.service_user_id = n.service_user_id and o.subscription_id = n.subscription_id)`
	}
	_, err := x.Create(ctx, q, row.Kind, fmt.Sprintf(`
		insert into %[1]s select n.* from %[2]s l
		cross join lateral jsonb_populate_record(null::%[1]s, l.before::jsonb) n
		where l.line = any(@lines)%[3]s order by l.line,
		l.record_id`, table, record.Unfolded(row.Kind), there), record.Args{"lines": row.lines})
	return err
}

// markReversed ends the order that is taken back, in the same transaction.
func markReversed(ctx context.Context, q db.Querier, x *flow.Execution) error {
	o := x.Reversal.Order
	return order.ApplyTransition(ctx, q, o, order.TransitionReverse,
		order.TransitionData{
			Actor: x.Actor, At: time.Now(), Facts: order.Facts{Number: x.Number},
			After: map[string]any{"by": x.Number},
		})
}

// declareReturn computes, before anything goes back, how the sums over both accounts
// will differ: prices, and what leaves one currency for the other.
func declareReturn(ctx context.Context, q db.Querier, x *flow.Execution) error {
	subs, _ := record.KindOf("subscription")
	text, values := record.Bind(fmt.Sprintf(`
		select count(*) as count, coalesce(sum(r.amount), 0) as before,
		       coalesce(sum(round_half_even(coalesce(l.before::numeric,
		                                             s.price) * s.quantity / months_of(s.billing_period),
		                                             y.minor_units)), 0) as after
		from owned_subscriptions r join subscriptions s on s.id = r.id join currencies y on y.code = @currency
		left join %s l on l.record_id = r.id
		where r.customer_id = @source and %s`, record.Given("subscription", "price"), record.At(subs.Returns, "r")),
		x.With(record.Args{"currency": x.Target.Currency}))
	var sums struct {
		Count  int64           `db:"count"`
		Before decimal.Decimal `db:"before"`
		After  decimal.Decimal `db:"after"`
	}
	if err := q.GetContext(ctx, &sums, text, values...); err != nil {
		return fmt.Errorf("sum the subscriptions that come back: %w", err)
	}
	if x.Converts {
		x.Declare("subscription", x.Source.Currency, -sums.Count, sums.Before.Neg(), ledger.BackIntoCurrency,
			ledger.Facts{Currency: x.Target.Currency})
		x.Declare("subscription", x.Target.Currency, sums.Count, sums.After, ledger.FromCurrencyOldPrices,
			ledger.Facts{Currency: x.Source.Currency})
	} else {
		x.Declare("subscription", x.Target.Currency, 0, sums.After.Sub(sums.Before), ledger.OldPrices, ledger.Facts{})
	}
	for _, k := range record.Kinds {
		if !flow.RewritesAmounts(x.Situation, k) {
			continue
		}
		text, values := record.Bind(fmt.Sprintf(`
			select count(*) as count, coalesce(sum(r.amount), 0) as before,
			       coalesce(sum(coalesce(l.before::numeric, r.amount)), 0) as after
			from %s r left join %s l on l.record_id = r.id
			where r.customer_id = @source
			  and %s`, k.View, record.Given(k.Name, "amount"), record.At(k.Returns, "r")), x.Args())
		if err := q.GetContext(ctx, &sums, text, values...); err != nil {
			return fmt.Errorf("sum the %s that come back: %w", k.Plural, err)
		}
		if !x.Converts {
			x.Declare(k.Name, x.Target.Currency, 0, sums.After.Sub(sums.Before), ledger.OldAmounts, ledger.Facts{})
			continue
		}
		x.Declare(k.Name, x.Source.Currency, -sums.Count, sums.Before.Neg(), ledger.BackIntoCurrency,
			ledger.Facts{Currency: x.Target.Currency})
		x.Declare(k.Name, x.Target.Currency, sums.Count, sums.After, ledger.FromCurrencyOldAmounts,
			ledger.Facts{Currency: x.Source.Currency})
	}
	return nil
}
