package exchange

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// writeJournalLines writes the lines of each entry together: all of an entry whose lines
// differ from the file's are replaced. What only Handover knows of a line (the order that
// wrote it, the legal entity on the other side) and the optional columns that the file lacks
// are kept on a line that is the same otherwise.
func writeJournalLines(ctx context.Context, im *importer, l *load) error {
	var given, absent []string
	for _, c := range l.columns {
		switch {
		case !c.optional:
		case slices.Contains(l.absent, c.name):
			absent = append(absent, c.name)
		default:
			given = append(given, c.name)
		}
	}
	text := `string_agg(concat_ws(E'\x1f', account, trim_scale(debit), trim_scale(credit), currency` + asText(given) +
		`), E'\x1e'
		order by account collate "C", debit, credit, currency` + commas(given) + `) as text`
	for _, statement := range []string{
		`create temp table entries on commit drop as
		 with given as (select entry_id, ` + text + ` from {load} group by entry_id),
		 present as (select entry_id, ` + text + ` from {table} where entry_id in (select entry_id from given)
		             group by entry_id)
		 select g.entry_id, p.entry_id is null as is_new from given g left join present p on p.entry_id = g.entry_id
		 where g.text is distinct from p.text`,
		`create temp table replaced on commit drop as
		 select t.*, ` + nthAlike("id") + ` as n from {table} t
		 where entry_id in (select entry_id from entries where not is_new)`,
		`delete from {table} where entry_id in (select entry_id from entries where not is_new)`,
	} {
		if _, err := im.exec(ctx, l.file, statement); err != nil {
			return err
		}
	}
	values := ""
	for _, name := range given {
		values += ", l." + name
	}
	for _, name := range absent {
		values += ", r." + name
	}
	counterparty := "l.counterparty_distributor_id"
	if slices.Contains(absent, "counterparty_distributor_id") {
		counterparty = "r.counterparty_distributor_id"
	}
	n, err := im.exec(ctx, l.file, `insert into {table} (entry_id, account, debit, credit, currency, order_id,
		counterparty_entity`+commas(given)+commas(absent)+`)
		select l.entry_id, l.account, l.debit, l.credit, l.currency, r.order_id,
		       coalesce(r.counterparty_entity,
		                (select coalesce(nullif(d.legal_entity, ''), d.name) from distributors d
		                 where d.id = `+counterparty+`))`+values+`
		from (select l.*, `+nthAlike("line")+` as n from {load} l) l join entries e on e.entry_id = l.entry_id
		left join replaced r on (r.entry_id, r.account, r.debit, r.credit, r.currency, r.n)
		                        = (l.entry_id, l.account, l.debit, l.credit, l.currency, l.n)
		order by l.line`)
	if err != nil {
		return err
	}
	err = im.tx.GetContext(ctx, &l.added, sqlFor(l.file, `select count(*) from {load} l
		join entries e on e.entry_id = l.entry_id where e.is_new`))
	l.updated = n - l.added
	return err
}

// nthAlike numbers the lines of an entry that say the same.
func nthAlike(order string) string {
	return `row_number() over (partition by entry_id, account, debit, credit, currency order by ` + order + `)`
}

// commas lists columns after others.
func commas(columns []string) string {
	if len(columns) == 0 {
		return ""
	}
	return ", " + strings.Join(columns, ", ")
}

// asText lists columns after others as texts that distinguish null from every value.
func asText(columns []string) string {
	text := ""
	for _, c := range columns {
		value := c + "::text"
		if c == "original_amount" || c == "rate" {
			value = "trim_scale(" + c + ")::text"
		}
		text += ", coalesce(" + value + ", '-')"
	}
	return text
}

// writeRecognitionLines writes the schedule lines that each entry recognises: those of an
// entry in the file are as the file says, but a transfer that took one away is not undone.
func writeRecognitionLines(ctx context.Context, im *importer, l *load) error {
	statements := []string{
		`delete from {table} t using (select distinct entry_id from {load}) g
			where g.entry_id = t.entry_id
			  and not exists (select 1 from {load} l
			                  where (l.entry_id, l.revenue_schedule_id) = (t.entry_id, t.revenue_schedule_id))`,
		`update {table} t set amount = l.amount from {load} l
		 where (l.entry_id, l.revenue_schedule_id) = (t.entry_id, t.revenue_schedule_id) and t.amount <> l.amount`,
		`insert into {table} (entry_id, revenue_schedule_id, amount)
			select l.entry_id, l.revenue_schedule_id, l.amount from {load} l
		 where not exists (select 1 from {table} t
		                   where (t.entry_id, t.revenue_schedule_id) = (l.entry_id, l.revenue_schedule_id))
		                   order by l.line`,
	}
	if im.past.Transfers {
		_, err := im.exec(ctx, l.file, `delete from {load} l using (
			select (b.row ->> 'entry_id')::bigint as entry_id,
			       (b.row ->> 'revenue_schedule_id')::bigint as revenue_schedule_id
			from transfer_ledger g join transfer_orders o on o.id = g.order_id and o.reverses_id is null
			  and transfer_standing(o.id) is not null
			cross join lateral (select u::jsonb as row from unnest(g.before) u where u is not null) b
			where g.kind = 'recognition_line' and g.column_name = '') d
			where (l.entry_id, l.revenue_schedule_id) = (d.entry_id, d.revenue_schedule_id)`)
		if err != nil {
			return err
		}
	}
	for i, statement := range statements {
		n, err := im.exec(ctx, l.file, statement)
		if err != nil {
			return err
		}
		switch i {
		case 1:
			l.updated = n
		case 2:
			l.added = n
		}
	}
	return nil
}

// linkRecognition names in entries without a source the schedule line that they recognise,
// where there is no doubt (docs/import.md), and marks the entries of memos that carry a
// balance as written by a transfer.
func (im *importer) linkRecognition(ctx context.Context) error {
	concerned := []string{
		"journal_entries", "journal_lines", "recognition_lines", "revenue_schedules",
		"invoice_lines", "invoices",
	}
	if !slices.ContainsFunc(concerned, func(name string) bool { return im.find(name) != nil }) {
		return nil
	}
	for _, statement := range []string{
		`update journal_entries e set by_transfer = true from credit_memos m
		 where e.source_kind = 'credit_memo' and e.source_id = m.id and m.purpose = 'transfer' and not e.by_transfer`,
		`update journal_entries e set by_transfer = true from debit_memos m
		 where e.source_kind = 'debit_memo' and e.source_id = m.id and m.purpose = 'transfer' and not e.by_transfer`,
		`select handover_link_recognition()
		 where exists (select 1 from journal_entries
		               where source_id is null and customer_id is not null and on_revenue > 0 and not by_transfer)`,
	} {
		if _, err := im.tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("link recognition entries: %w", err)
		}
	}
	return nil
}
