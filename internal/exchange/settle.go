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
	return writePlain(ctx, im, l)
}

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
