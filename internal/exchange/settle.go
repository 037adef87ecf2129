package exchange

import (
	"context"
	"fmt"
	"strings"
)

// writeAllocations matches each line with an allocation between the same records: of
// the same amount first, then any other that no transfer wrote; what is left is new.
func writeAllocations(ctx context.Context, im *importer, l *load) error {
	var same []string
	for _, k := range l.key {
		same = append(same, fmt.Sprintf("x.%[1]s is not distinct from y.%[1]s", k))
	}
	for _, round := range []struct{ by, free string }{{"amount", "true"}, {"line", "t.order_id is null"}} {
		keys, on := strings.Join(l.key, ", "), strings.Join(same, " and ")
		partition, order := keys, "line"
		if round.by == "amount" {
			partition, on = keys+", amount", on+" and x.amount = y.amount"
		}
		_, err := im.exec(ctx, l.file, fmt.Sprintf(`update {load} l set rec_id = m.id, is_new = false
			from (select x.line, y.id
			      from (select l.*, row_number() over (partition by %[1]s order by %[2]s) as n from {load} l where l.rec_id is null) x
			      join (select t.*, row_number() over (partition by %[1]s order by t.id) as n from {table} t
			            where %[3]s and t.%[4]s in (select %[4]s from {load})
			              and not exists (select 1 from {load} u where u.rec_id = t.id)) y on %[5]s and x.n = y.n) m
			where m.line = l.line`, partition, order, round.free, l.key[0], on))
		if err != nil {
			return err
		}
	}
	if err := im.fit(ctx, l); err != nil {
		return err
	}
	return writePlain(ctx, im, l)
}

// fit leaves out what finds no room beside the allocations of a transfer: where one
// has settled a document, or used up a payment, the money that still arrives for it
// stays unapplied. Without a transfer too much is a mistake (see allocated).
func (im *importer) fit(ctx context.Context, l *load) error {
	if !im.past.Transfers {
		return nil
	}
	for _, total := range totals {
		if !l.has(total.column) {
			continue
		}
		used, byTransfer := "0", "false"
		for _, name := range settling {
			f := im.declaration(name)
			if !f.many || !f.has(total.column) {
				continue
			}
			free := ""
			if name == l.name {
				free = "and not exists (select 1 from free x where x.rec_id = a.id)"
			}
			used += fmt.Sprintf(" + coalesce((select sum(a.amount) from %s a where a.%s = d.id %s), 0)", f.table, total.column, free)
			byTransfer += fmt.Sprintf(" or exists (select 1 from %s a where a.%s = d.id and a.order_id is not null)", f.table, total.column)
		}
		for _, statement := range []string{
			fmt.Sprintf(fitSQL, total.column, im.declaration(total.file).table, total.amount, used, byTransfer),
			`update {load} l set amount = t.amount from {table} t where t.id = l.rec_id and l.amount <= 0`,
			`delete from {load} where is_new and amount <= 0`,
		} {
			if _, err := im.exec(ctx, l.file, statement); err != nil {
				return err
			}
		}
	}
	return nil
}

// fitSQL cuts the lines that are new or differ to what is left, first line first.
const fitSQL = `with free as (
		select l.line, l.rec_id, l.is_new, l.%[1]s as id, l.amount
		from {load} l left join {table} t on t.id = l.rec_id
		where l.%[1]s is not null and (l.is_new or t.amount <> l.amount)
	), room as (
		select d.id, %[3]s - (%[4]s) as amount from %[2]s d
		where d.id in (select id from free) and (%[5]s)
	), fitting as (
		select f.line, least(f.amount, r.amount - sum(f.amount) over w + f.amount) as amount
		from free f join room r on r.id = f.id window w as (partition by f.id order by f.is_new, f.line)
	)
	update {load} l set amount = f.amount from fitting f where f.line = l.line and f.amount < l.amount`

// writeJournalLines writes the lines of each entry together: all of an entry whose
// lines differ from the file's are replaced.
func writeJournalLines(ctx context.Context, im *importer, l *load) error {
	for _, statement := range []string{
		`create temp table entries on commit drop as
		 with given as (
			select entry_id, string_agg(concat_ws(E'\x1f', account, trim_scale(debit), trim_scale(credit), currency), E'\x1e'
			       order by account collate "C", debit, credit, currency) as text
			from {load} group by entry_id
		 ), present as (
			select entry_id, string_agg(concat_ws(E'\x1f', account, trim_scale(debit), trim_scale(credit), currency), E'\x1e'
			       order by account collate "C", debit, credit, currency) as text
			from {table} where entry_id in (select entry_id from given) group by entry_id
		 )
		 select g.entry_id, p.entry_id is null as is_new from given g left join present p on p.entry_id = g.entry_id
		 where g.text is distinct from p.text`,
		`delete from {table} where entry_id in (select entry_id from entries where not is_new)`,
	} {
		if _, err := im.exec(ctx, l.file, statement); err != nil {
			return err
		}
	}
	n, err := im.exec(ctx, l.file, `insert into {table} (entry_id, account, debit, credit, currency)
		select l.entry_id, l.account, l.debit, l.credit, l.currency from {load} l
		join entries e on e.entry_id = l.entry_id order by l.line`)
	if err != nil {
		return err
	}
	err = im.tx.GetContext(ctx, &l.added, sqlFor(l.file, `select count(*) from {load} l join entries e on e.entry_id = l.entry_id where e.is_new`))
	l.updated = n - l.added
	return err
}
