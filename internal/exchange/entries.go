package exchange

import (
	"context"
	"fmt"
	"strings"
)

// entryOwner is an expression for the owner of a journal entry: of its source document,
// else its own.
func entryOwner(row string) string {
	var cases strings.Builder
	for _, s := range sources {
		fmt.Fprintf(&cases, " when '%s' then (%s%s.source_id)", s.kind, s.owner, row)
	}
	return fmt.Sprintf("case %[1]s.source_kind%[2]s else %[1]s.customer_id end", row, cases.String())
}

// claims sets aside what the file says about the owner of entries with a source: they
// store none. An entry that was linked to its schedule line stays linked, and one whose source
// a transfer took away stays without. A source that the file brings later must belong to who
// owns the entry now.
func (im *importer) claims(ctx context.Context) error {
	l := im.find("journal_entries")
	if l == nil {
		return nil
	}
	unlinked := `select u.id from transfer_ledger g
		join transfer_orders o on o.id = g.order_id and o.reverses_id is null and transfer_standing(o.id) is not null
		cross join lateral unnest(g.record_ids) u(id) where g.kind = 'journal_entry' and g.column_name = 'source_id'`
	for _, statement := range []string{
		`update {load} l set source_kind = t.source_kind, source_id = t.source_id from {table} t
		 where t.id = l.rec_id and not l.is_new and l.source_kind is null and t.source_kind = 'revenue_schedule'`,
		`update {load} l set source_kind = null, source_id = null, customer_id = t.customer_id from {table} t
		 where t.id = l.rec_id and not l.is_new and t.source_kind is null and t.id in (` + unlinked + `)`,
		`create temp table claims on commit drop as select line, customer_id, source_kind, source_id
		 from {load} where source_id is not null and customer_id is not null and not bad`,
		`insert into claims select l.line, t.customer_id, l.source_kind, l.source_id from {load} l
			join {table} t on t.id = l.rec_id
		 where not l.is_new and not l.bad and l.source_id is not null and t.customer_id is not null
		   and l.customer_id is null`,
		`update {load} l set customer_id = null where l.source_kind is not null`,
	} {
		if _, err := im.exec(ctx, l.file, statement); err != nil {
			return err
		}
	}
	return nil
}

// scheduleOwner is an expression for the owner of a schedule line as it will be: of its
// invoice line, else of its subscription.
func (im *importer) scheduleOwner(id string) string {
	invoice := im.current("invoice_lines", "invoice_id", im.current("revenue_schedules", "invoice_line_id", id))
	return "coalesce(" + im.current("invoices", "customer_id", invoice) + ", " +
		im.current("subscriptions", "customer_id", im.current("revenue_schedules", "subscription_id", id)) + ")"
}

// foreignSource finds entries whose customer is neither the owner of the source, nor a
// former one by a ledger, nor an account that ended in one of them.
func foreignSource(im *importer) string {
	var cases strings.Builder
	for _, s := range sources {
		owner := im.current(s.file, "customer_id", "c.source_id")
		switch s.kind {
		case "refund":
			owner = im.current("payments", "customer_id", im.current("refunds", "payment_id", "c.source_id"))
		case "revenue_schedule":
			owner = im.scheduleOwner("c.source_id")
		}
		fmt.Fprintf(&cases, " when '%s' then %s", s.kind, owner)
	}
	return `with claim as materialized (
		select c.line, c.customer_id, c.source_kind, c.source_id,
		       case c.source_kind` + cases.String() + ` end as owner from claims c
	), wrong as materialized (
		select c.line, c.customer_id, c.owner, c.source_kind, c.source_id,
		       case c.source_kind when 'refund' then 'payment' else c.source_kind end as kind,
		       case c.source_kind when 'refund' then ` + im.current("refunds", "payment_id", "c.source_id") + `
		            else c.source_id end as document_id
		from claim c
		where c.owner is not null and c.owner <> c.customer_id
		  and not exists (select 1 from gone g where g.id = c.customer_id and g.successor_id = c.owner)
	), hangs as (` + hangsSQL + `), former as (
		select h.line, u.before::bigint as customer_id
		from transfer_ledger g join transfer_orders o on o.id = g.order_id
		     and case when o.reverses_id is null then transfer_standing(o.id) is not null
		              else o.status = 'completed' end
		cross join lateral unnest(g.record_ids, case when cardinality(g.before) = 1
			then array_fill(g.before[1], array[cardinality(g.record_ids)]) else g.before end) as u(id, before)
		join hangs h on h.kind = g.kind and h.id = u.id
		where g.kind in ('invoice', 'payment', 'credit_memo', 'debit_memo', 'subscription')
		  and g.column_name = 'customer_id'
		  and exists (select 1 from wrong)
		union all
		select h.line, s.customer_id from hangs h join subscriptions s on h.kind = 'subscription' and s.id = h.id
	)
	select w.line, ` + im.called(im.declaration("customers"), "w.owner") + `
	from wrong w
	where not exists (select 1 from former f where f.line = w.line and (f.customer_id = w.customer_id
		or exists (select 1 from gone g where g.id = w.customer_id and g.successor_id = f.customer_id)))`
}

// hangsSQL lists what an entry's owner came through: its document, or of a schedule line its
// invoice, its subscription, and the subscriptions that this one continues.
const hangsSQL = `
		select line, kind, document_id as id from wrong where source_kind <> 'revenue_schedule'
		union all
		select w.line, 'invoice', l.invoice_id from wrong w join revenue_schedules r on r.id = w.source_id
		join invoice_lines l on l.id = r.invoice_line_id
		where w.source_kind = 'revenue_schedule'
		union all
		select w.line, 'subscription', r.subscription_id from wrong w join revenue_schedules r on r.id = w.source_id
		where w.source_kind = 'revenue_schedule' and r.invoice_line_id is null
		union all
		select w.line, 'subscription', c.subscription_id from wrong w join revenue_schedules r on r.id = w.source_id
		join went c on c.continuation_id = r.subscription_id
		where w.source_kind = 'revenue_schedule' and r.invoice_line_id is null`
