package record

import (
	"fmt"
	"strings"
)

// Unfolded selects line, record_id, column_name, before and after of the reversed order's
// ledger of a kind.
func Unfolded(kind string) string {
	return fmt.Sprintf(`(select g.id as line, g.column_name, u.record_id, u.before, u.after
    from transfer_ledger g cross join lateral %s as u(record_id, before, after)
    where g.order_id = @reversed and g.kind = '%s')`, UnfoldSQL("g", "before", "after"), kind)
}

// UnfoldSQL makes rows of a ledger row: record_id and the values of the columns, each of
// which holds one value for all records or one for each. It reads each long value once; by
// its place in the array it would be unpacked anew for every record.
func UnfoldSQL(row string, columns ...string) string {
	parts := []string{row + ".record_ids"}
	for _, c := range columns {
		parts = append(parts, fmt.Sprintf("case when cardinality(%[1]s.%[2]s) = 1 then "+
			"array_fill(%[1]s.%[2]s[1], array[cardinality(%[1]s.record_ids)]) else %[1]s.%[2]s end", row, c))
	}
	return "unnest(" + strings.Join(parts, ", ") + ")"
}

// Given selects, of a column that the order wrote, each record with the value before.
func Given(kind, column string) string {
	return fmt.Sprintf(`(select distinct on (l.record_id) l.record_id, l.before from %s l where l.column_name = '%s'
		order by l.record_id, l.line)`, Unfolded(kind), column)
}

// Ledgered selects the ids of the records of a kind of which the order wrote the column.
func Ledgered(kind, column string) string {
	return fmt.Sprintf(`(select unnest(g.record_ids) from transfer_ledger g
		where g.order_id = @reversed and g.kind = '%s' and g.column_name = '%s')`, kind, column)
}

// Born selects the ids of the rows of a kind that the order created.
func Born(kind string) string {
	return fmt.Sprintf(`(select unnest(g.record_ids) from transfer_ledger g
		where g.order_id = @reversed and g.kind = '%s' and g.column_name = '' and g.before[1] is null)`, kind)
}

// bornInLine selects the ids of the rows of a kind that the order created, or one of the
// orders that it takes back, or those take back.
func bornInLine(kind string) string {
	return fmt.Sprintf(`(with recursive line as (
            select id, reverses_id from transfer_orders where id = @reversed
            union all select o.id, o.reverses_id from transfer_orders o join line l on o.id = l.reverses_id)
        select unnest(g.record_ids) from transfer_ledger g join line l on l.id = g.order_id
        where g.kind = '%s' and g.column_name = '' and g.before[1] is null)`, kind)
}

// itself: a record comes back whose own row the order gave away.
func itself(kind string) string { return `$.id in ` + Ledgered(kind, "customer_id") }

// hanging: a record comes back with its invoice; one that is not billed with its subscription, or
// where the order gave it to a continuation.
func hanging(kind string) string {
	return fmt.Sprintf(`($.invoice_id in %s or $.invoice_id is null and ($.subscription_id in %s or $.id in %s))`,
		Ledgered("invoice", "customer_id"), Ledgered("subscription", "customer_id"), Ledgered(kind, "subscription_id"))
}

// Stays is the condition under which a record r of the account that loses does not come
// back, and is none that the transfers wrote themselves.
func (k Kind) Stays() string {
	condition := fmt.Sprintf(`not coalesce(%s, false)`, At(k.Returns, "r"))
	if k.Written {
		condition += ` and r.id not in ` + bornInLine(k.Name)
	}
	return condition
}
