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
// store none.
func (im *importer) claims(ctx context.Context) error {
	l := im.find("journal_entries")
	if l == nil {
		return nil
	}
	for _, statement := range []string{
		`create temp table claims on commit drop as select line, customer_id, source_kind, source_id
		 from {load} where source_id is not null and customer_id is not null and not bad`,
		`update {load} set customer_id = null where source_kind is not null`,
	} {
		if _, err := im.exec(ctx, l.file, statement); err != nil {
			return err
		}
	}
	return nil
}

// foreignSource finds entries whose customer is neither the owner of the source, nor a
// former one by a ledger, nor an account that ended in one of them.
func foreignSource(im *importer) string {
	var cases strings.Builder
	for _, s := range sources {
		owner := im.current(s.file, "customer_id", "c.source_id")
		if s.kind == "refund" {
			owner = im.current("payments", "customer_id", im.current("refunds", "payment_id", "c.source_id"))
		}
		fmt.Fprintf(&cases, " when '%s' then %s", s.kind, owner)
	}
	return `with claim as materialized (
		select c.line, c.customer_id, c.source_kind, c.source_id, case c.source_kind` + cases.String() + ` end as owner from claims c
	), wrong as materialized (
		select c.line, c.customer_id, c.owner, case c.source_kind when 'refund' then 'payment' else c.source_kind end as kind,
		       case c.source_kind when 'refund' then ` + im.current("refunds", "payment_id", "c.source_id") + ` else c.source_id end as document_id
		from claim c
		where c.owner is not null and c.owner <> c.customer_id
		  and not exists (select 1 from gone g where g.id = c.customer_id and g.successor_id = c.owner)
	), former as (
		select w.line, u.before::bigint as customer_id
		from transfer_ledger g join transfer_orders o on o.id = g.order_id
		     and case when o.reverses_id is null then transfer_standing(o.id) is not null else o.status = 'completed' end
		cross join lateral unnest(g.record_ids, case when cardinality(g.before) = 1
			then array_fill(g.before[1], array[cardinality(g.record_ids)]) else g.before end) as u(id, before)
		join wrong w on w.kind = g.kind and w.document_id = u.id
		where g.kind in ('invoice', 'payment', 'credit_memo', 'debit_memo') and g.column_name = 'customer_id'
		  and exists (select 1 from wrong)
	)
	select w.line, ` + im.called(im.declaration("customers"), "w.owner") + `
	from wrong w
	where not exists (select 1 from former f where f.line = w.line and (f.customer_id = w.customer_id
		or exists (select 1 from gone g where g.id = w.customer_id and g.successor_id = f.customer_id)))`
}
