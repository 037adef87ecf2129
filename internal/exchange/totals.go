package exchange

import (
	"context"
	"fmt"
	"slices"
)

// checkWritten checks what is easiest to see in the data as it has become: the
// transaction is not committed yet.
func (im *importer) checkWritten(ctx context.Context) error {
	for _, l := range im.loads {
		if err := im.cycles(ctx, l); err != nil {
			return err
		}
		if err := im.minorUnits(ctx, l); err != nil {
			return err
		}
	}
	return im.allocated(ctx)
}

// cycles finds rows from which a chain of parents leads back to themselves.
func (im *importer) cycles(ctx context.Context, l *load) error {
	var column, id string
	switch {
	case l.name == "account_successors" || l.name == "subscription_continuations":
		column, id = l.columns[1].name, l.columns[0].name
	default:
		for _, c := range l.columns {
			if c.to == l.name {
				column, id = c.name, "rec_id"
			}
		}
	}
	if column == "" {
		return nil
	}
	named := im.declaration(l.column(column).to)
	return im.problems(ctx, l.file, column, msgChainLeadsBack, fmt.Sprintf(`
		with recursive chain as (
			select l.line, l.%[1]s as start, l.%[2]s as id, array[l.%[1]s] as path from {load} l
			where l.%[2]s is not null
			union all
			select c.line, c.start, t.%[3]s, c.path || c.id from chain c join {table} t on t.%[4]s = c.id
			where t.%[3]s is not null and c.id <> all(c.path)
		)
		select line, (select string_agg(%[5]s, ', ' order by n.place)
		              from unnest(path || id) with ordinality as n(id, place)) from chain where id = start`,
		id, column, im.stored(l, column), im.stored(l, id), im.called(named, "n.id")))
}

// stored returns the table's column of a loaded one.
func (im *importer) stored(l *load, name string) string {
	if name == "rec_id" {
		return l.primary()
	}
	return l.column(name).stored()
}

// minorUnits finds amounts that are finer than their currency. Most are so in no
// currency at all; only the others are looked up.
func (im *importer) minorUnits(ctx context.Context, l *load) error {
	code := l.currency
	if l.view != "" {
		code = "(select v.currency from " + l.view + " v where v.id = t.rec_id)"
	}
	if code == "" {
		return nil
	}
	for _, c := range l.columns {
		if !c.typ.minor || c.currency != "" {
			continue
		}
		err := im.problems(ctx, l.file, c.name, msgTooManyDecimals, fmt.Sprintf(`
			select t.line, t.%[1]s::text, y.minor_units::text, y.code
			from {load} t cross join lateral (select %[2]s as code) x join currencies y on y.code = x.code
			where min_scale(t.%[1]s) > (select min(minor_units) from currencies
			                            where code in (select currency from customers union select currency from plans))
			  and min_scale(t.%[1]s) > y.minor_units`, c.name, code))
		if err != nil {
			return err
		}
	}
	return nil
}

// totals are what allocations may use no more of than there is: the file of the rows,
// their amount, the column by which allocations and lines name them, and what is used of a
// row d.
var totals = []struct{ file, label, number, amount, column, used string }{
	{
		"payments", "payment", "coalesce(d.external_id, number_of('PAY', d.id))", "d.amount", "payment_id",
		usedSQL("payment_allocations", "payment_id", "not a.parted"),
	},
	{
		"credit_memos", "credit memo", "d.number", "d.amount", "credit_memo_id",
		usedSQL("credit_allocations", "credit_memo_id", "true"),
	},
	{"invoices", "invoice", "d.number", "d.total", "invoice_id", askedSQL("invoice_id")},
	{"debit_memos", "debit memo", "d.number", "d.amount", "debit_memo_id", askedSQL("debit_memo_id")},
}

// usedSQL sums what the allocations of a payment or credit memo d ask of it, of those that
// meet a condition: those of a document that is full only what counts. Where a transfer uses it
// too, the others get what is left, and too much is no mistake.
func usedSQL(table, column, condition string) string {
	return fmt.Sprintf(`(select case when bool_or(a.order_id is not null or m.purpose = 'transfer') then 0
			else sum(case when coalesce(i.settled >= i.total, m.settled >= m.amount) then a.counts
			              else a.amount end) end
		from %s a left join invoices i on i.id = a.invoice_id left join debit_memos m on m.id = a.debit_memo_id
		where a.%s = d.id and %s)`, table, column, condition)
}

// askedSQL sums what is asked of a document d by what would count if it had room. Where a
// transfer settles it in part or whole, the excess is late money and no mistake.
func askedSQL(column string) string {
	return fmt.Sprintf(`(select case when bool_or(x.carries) then 0
		else sum(x.counts + least(x.amount - x.counts, greatest(0, x.idle))) end from (
			select a.amount, a.counts, p.amount - p.allocated - p.refunded as idle, a.order_id is not null as carries
			from payment_allocations a join payments p on p.id = a.payment_id
			where a.%[1]s = d.id and p.status = 'succeeded' and not a.parted
			union all
			select a.amount, a.counts, m.amount - m.allocated - m.refunded,
			       a.order_id is not null or m.purpose = 'transfer'
			from credit_allocations a join credit_memos m on m.id = a.credit_memo_id
			where a.%[1]s = d.id and m.status <> 'void') x)`, column)
}

// settling are the files whose lines can be to blame, the likeliest first.
var settling = []string{"payment_allocations", "credit_allocations", "invoice_lines"}

// allocated finds payments, memos and documents to which the files allocate more than they
// have.
func (im *importer) allocated(ctx context.Context) error {
	for _, total := range totals {
		touched := "select null::bigint"
		for _, name := range settling {
			if im.find(name) != nil && im.declaration(name).has(total.column) {
				touched += fmt.Sprintf(" union all select %s from load_%s", total.column, name)
			}
		}
		own := im.find(total.file)
		if own != nil {
			touched += " union all select rec_id from load_" + total.file
		}
		_, err := im.exec(ctx, im.declaration(total.file), fmt.Sprintf(`create temp table over_{file} on commit drop as
			select d.id, %s as number, %s as amount, x.used from {table} d cross join lateral %s x(used)
			where d.id in (%[4]s)
			  and x.used > %[2]s%[5]s`, total.number, total.amount, total.used, touched, im.notKnown(total.column)))
		if err != nil {
			return err
		}
		for _, name := range settling {
			if l := im.find(name); l != nil && l.has(total.column) {
				if err := im.blame(ctx, l, total.column, "over_"+total.file, total.label); err != nil {
					return err
				}
			}
		}
		if own != nil {
			if err := im.blame(ctx, own, "rec_id", "over_"+total.file, total.label); err != nil {
				return err
			}
		}
	}
	return nil
}

// notKnown leaves out documents d of which the files say that the excess is known.
func (im *importer) notKnown(column string) string {
	condition := ""
	if !slices.Contains(settlementFiles[0].one, column) {
		return condition
	}
	for _, name := range settling {
		if l := im.find(name); l != nil && l.has(column) && l.has(excess.name) {
			condition += fmt.Sprintf(" and not exists (select 1 from load_%s e where e.%s = d.id and e.%s)", name,
				column, excess.name)
		}
	}
	return condition
}

// blame reports the last line of the file about each row that is used up, and then
// forgets the row.
func (im *importer) blame(ctx context.Context, l *load, column, over, label string) error {
	at := "amount"
	if !l.has(at) {
		at = ""
	}
	err := im.problems(ctx, l.file, at, "%s are allocated to or from the "+label+" %s, which has %s", fmt.Sprintf(
		`select max(l.line), o.used::text, o.number, o.amount::text from {load} l join %s o on o.id = l.%s
			group by o.id, o.used, o.number, o.amount`, over, column))
	if err != nil {
		return err
	}
	_, err = im.exec(ctx, l.file, fmt.Sprintf(`delete from %s o using {load} l where l.%s = o.id`, over, column))
	return err
}
