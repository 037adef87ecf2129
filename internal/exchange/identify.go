package exchange

import (
	"context"
	"fmt"
)

// longestNumber is how many digits an outside id may have to become our number: far
// from the end of what an id can hold.
const longestNumber = 12

// numberedID is an expression for the id in a text of the form of our numbers, null
// where the text has another form.
func numberedID(prefix, text string) string {
	return fmt.Sprintf(
		`nullif(case when %[1]s ~ '^%[2]s-([0-9]{6}|[1-9][0-9]{6,%[3]d})$' then substr(%[1]s, %[4]d)::bigint end, 0)`,
		text, prefix, longestNumber-1, len(prefix)+2)
}

// existing is an expression for the id of the row that a text names: by its outside
// id first, then by our number. It is 0 when several documents bear the number; one
// that was born here goes before those that have an outside id.
func existing(f *file, text string) string {
	byNumber := fmt.Sprintf(`(select n.id from %s n where n.id = %s)`, f.table, numberedID(f.prefix, text))
	if f.numbered {
		byNumber = fmt.Sprintf(`(select case when count(*) filter (where n.external_id is null) = 1
			then min(n.id) filter (where n.external_id is null)
			when count(*) = 1 then min(n.id) when count(*) > 1 then 0 end from %s n
			where n.number = %s)`, f.table, text)
	}
	return fmt.Sprintf(`coalesce((select e.id from %s e where e.external_id = %s), %s)`, f.table, text, byNumber)
}

// identify finds the row of each id, in keys_*: null is a new one. An id twice, two
// ids of one row and a number of several documents are mistakes.
func (im *importer) identify(ctx context.Context) error {
	for _, l := range im.loads {
		if !l.id() {
			continue
		}
		_, err := im.exec(ctx, l.file, `create temp table {keys} on commit drop as
			select s.line, s.id, `+existing(l.file, "s.id")+` as rec_id, false as is_new from {stage} s`)
		if err != nil {
			return err
		}
		err = im.problems(ctx, l.file, "id", msgIDInLine, `select d.line, d.id, d.earlier::text
			from (select line, id, min(line) over (partition by id) as earlier from {keys}) d where d.line > d.earlier`)
		if err != nil {
			return err
		}
		err = im.problems(ctx, l.file, "id", "%q is the same "+l.label+" as %q in line %s", `select d.line, d.id,
			d.other, d.earlier::text
			from (select line, id, rec_id, first_value(id) over w as other, first_value(line) over w as earlier
			      from {keys} where rec_id > 0 window w as (partition by rec_id order by line)) d
			where d.line > d.earlier and d.id <> d.other`)
		if err != nil {
			return err
		}
		err = im.problems(ctx, l.file, "id", "%q is the number of more than one "+l.label+"; write the id of one",
			`select line, id from {keys} where rec_id = 0`)
		if err != nil {
			return err
		}
		if len(im.report.Errors) == 0 {
			continue
		}
		// The first line with an id represents it from here on.
		_, err = im.exec(ctx, l.file, `delete from {keys} k using {keys} e
			where e.line < k.line and (e.id = k.id or e.rec_id = k.rec_id) or k.rec_id = 0 and e.line = k.line`)
		if err != nil {
			return err
		}
	}
	return nil
}

// number gives every new row an id. Where nothing will be kept they are negative, so
// that the sequences stay as they are.
func (im *importer) number(ctx context.Context) error {
	for _, l := range im.loads {
		if !l.id() {
			continue
		}
		give := im.draw
		if im.report.DryRun || len(im.report.Errors) > 0 {
			give = im.negative
		}
		if err := give(ctx, l); err != nil {
			return err
		}
		if _, err := im.exec(ctx, l.file, `analyze {keys}`); err != nil {
			return err
		}
	}
	return nil
}

func (im *importer) negative(ctx context.Context, l *load) error {
	_, err := im.exec(ctx, l.file, `update {keys} k set is_new = true, rec_id = -d.n
		from (select line, row_number() over (order by line) as n from {keys} where rec_id is null) d
		where d.line = k.line`)
	return err
}

// draw takes ids from the table's sequence. An outside id of the form of our number
// gets its own number back; no other new row gets a number that is some row's outside id.
func (im *importer) draw(ctx context.Context, l *load) error {
	var sequence string
	if err := im.tx.GetContext(ctx, &sequence, `select pg_get_serial_sequence($1, 'id')`, l.table); err != nil {
		return fmt.Errorf("find the sequence of %s: %w", l.table, err)
	}
	if !l.numbered {
		own := numberedID(l.prefix, "id")
		if _, err := im.exec(ctx, l.file, `update {keys} set is_new = true, rec_id = `+own+
			` where rec_id is null and `+own+` is not null`); err != nil {
			return err
		}
	}
	for {
		var missing int
		if err := im.tx.GetContext(ctx, &missing,
			sqlFor(l.file, `select count(*) from {keys} where rec_id is null`)); err != nil {
			return fmt.Errorf("count the new rows of %s: %w", l.csv(), err)
		}
		if missing == 0 {
			break
		}
		if _, err := im.exec(ctx, l.file, fmt.Sprintf(drawSQL, l.prefix, sequence, missing)); err != nil {
			return err
		}
	}
	_, err := im.exec(ctx, l.file, fmt.Sprintf(`select setval('%[1]s', max(rec_id)) from {keys}
		where is_new having max(rec_id) > (select last_value from %[1]s)`, sequence))
	return err
}

const drawSQL = `update {keys} k set is_new = true, rec_id = d.id
	from (select v.id, row_number() over (order by v.id) as n
	      from (select nextval('%[2]s') as id from generate_series(1, %[3]d)) v
	      where not exists (select 1 from {table} t where t.external_id = number_of('%[1]s', v.id))
	        and not exists (select 1 from {table} t where t.id = v.id)
	        and not exists (select 1 from {stage} s where s.id = number_of('%[1]s', v.id))) d
	join (select line, row_number() over (order by line) as n from {keys} where rec_id is null) w on w.n = d.n
	where w.line = k.line`
