package engine

import (
	"context"
	"fmt"
	"strings"

	"handover/internal/db"
	"handover/internal/record"
)

// orderInvariants are about orders and their proofs.
var orderInvariants = []invariant{
	{
		"an order holds accounts exactly while it is under way, and an account is in one open transfer at most",
		`select count(*) from transfer_orders`,
		`select number_of('TO', o.id) || ' is ' || o.status ||
			case when t.order_id is null then ' without its account' else ' and still holds an account' end
		 from transfer_orders o left join open_transfers t on t.order_id = o.id
		 where (o.status in ('awaiting_approval', 'scheduled', 'queued', 'in_progress')) <> (t.order_id is not null)`,
	},
	{
		"every completed order has its proof, and each line of it holds",
		`select (select count(*) from transfer_reconciliation) + (select count(*) from transfer_books)`,
		`select number_of('TO', o.id) || ' has no reconciliation' from transfer_orders o
		 where o.status in ('completed', 'reversed')
		   and not exists (select 1 from transfer_reconciliation where order_id = o.id)
		 union all
		 select number_of('TO', order_id) || ': ' || kind || ' in ' || currency || ' do not reconcile'
		 from transfer_reconciliation
		 where count_before + count_declared <> count_after or amount_before + amount_declared <> amount_after
		 union all
		 select number_of('TO', r.order_id) || ': the declared differences of ' || r.kind || ' in ' || r.currency ||
		     ' do not sum up'
		 from transfer_reconciliation r
		 left join (select order_id, kind, currency, sum(count) as count, sum(amount) as amount
		            from transfer_differences group by 1, 2, 3) d
		   on (d.order_id, d.kind, d.currency) = (r.order_id, r.kind, r.currency)
		 where r.count_declared <> coalesce(d.count, 0) or r.amount_declared <> coalesce(d.amount, 0)
		 union all
		 select number_of('TO', order_id) || ': the control account ' || role || ' of the ' || side || ' in ' ||
		     currency || ' does not reconcile' from transfer_books
		 where ledger_before - sub_ledger_before + declared <> ledger_after - sub_ledger_after
		 union all
		 select number_of('TO', order_id) || ': what the ' || role || ' in ' || currency ||
		     ' loses on one side is not what it gains on the other'
		 from transfer_books group by order_id, distributor_id, role, currency
		 having count(*) = 2 and sum(declared) <> 0`,
	},
}

// verifyLedger compares each record with the last value that a ledger gave it. A row
// that was created must exist, one that was removed must not.
func verifyLedger(ctx context.Context, q db.Querier) (Check, error) {
	c := Check{Name: "every record has what the ledgers of completed orders say"}
	var columns []struct {
		Kind   string `db:"kind"`
		Column string `db:"column_name"`
	}
	// The settlement keeps which status a document takes again, whatever a transfer did to it.
	err := q.SelectContext(ctx, &columns, `
		select distinct kind, column_name from transfer_ledger where column_name <> 'settled_status' order by 1, 2`)
	if err != nil {
		return c, fmt.Errorf("read what the ledgers hold: %w", err)
	}
	for _, column := range columns {
		table := record.TableOf(column.Kind)
		if table == "" {
			c.Broken++
			c.Failures = append(c.Failures, fmt.Sprintf("the ledger speaks of %q, which is no kind of record",
				column.Kind))
			continue
		}
		var rows []struct {
			Sentence *string `db:"sentence"`
		}
		text := ledgerSQL(table, column.Kind, column.Column)
		if err := q.SelectContext(ctx, &rows, text, column.Kind, column.Column); err != nil {
			return c, fmt.Errorf("compare the ledger of %s: %w", column.Kind, err)
		}
		c.Checked += int64(len(rows))
		for _, r := range rows {
			if r.Sentence == nil {
				continue
			}
			c.Broken++
			if len(c.Failures) < shownFailures {
				c.Failures = append(c.Failures, *r.Sentence)
			}
		}
	}
	return c, nil
}

// ledgerSQL returns a row per ledgered record, with a sentence where it differs from the
// last ledger line about it. Only a transfer in effect binds the values it wrote: what a
// reversal gave back may change again. The last ledger line decides whether a row exists,
// whoever wrote it.
func ledgerSQL(table, kind, column string) string {
	bound := "l.bound"
	differs := fmt.Sprintf(`t.id is null or t.%[1]s::text is distinct from l.after`, column)
	if column == "" {
		differs = `(t.id is null) <> (l.after is null)`
		column, bound = "row", "true"
		// one that was linked since is owned through its source
	} else if kind == "journal_entry" && column == "customer_id" {
		differs = `t.id is null or t.source_id is null and t.customer_id::text is distinct from l.after`
	} else if strings.HasSuffix(column, "amount") || column == "price" {
		differs = fmt.Sprintf(`t.id is null or t.%[1]s is distinct from l.after::numeric`, column)
	} else if column == "status" && record.IsDocument(kind) {
		// The settlement opens and closes documents; an import voids one with an override.
		differs = `t.id is null or coalesce(t.settled_status, t.status) is distinct from l.after
			and not (t.status = 'void' and t.amount_amended_after is not null)`
	}
	return fmt.Sprintf(`
		with standing as materialized (
		    select id from transfer_orders o
		    where reverses_id is null and status in ('completed', 'reversed') and transfer_standing(id) is not null),
		last as (
		    select distinct on (r.record_id) r.record_id, g.order_id,
		    bool_or(s.id is not null) over (partition by r.record_id) as bound,
		           r.after
		    from transfer_ledger g join transfer_orders o on o.id = g.order_id and o.status in ('completed', 'reversed')
		    left join standing s on s.id = g.order_id
		    cross join lateral %[6]s as r(record_id, after)
		    where g.kind = $1 and g.column_name = $2 order by r.record_id, g.id desc)
		select case when %[5]s and (%[1]s) then '%[2]s ' || l.record_id || ': %[3]s is not what ' ||
		            number_of('TO', l.order_id) || ' wrote' end as sentence
		from last l left join %[4]s t
		     on t.id = l.record_id`, differs, kind, column, table, bound, record.UnfoldSQL("g", "after"))
}
