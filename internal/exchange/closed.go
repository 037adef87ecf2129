package exchange

import (
	"context"
	"fmt"
	"strings"
)

// intoClosed is the rule of closed periods (docs/import.md): a period that was closed before the
// import takes nothing new, no other amount or date, and no void.
var intoClosed = guard{
	code:   "IMPORT_INTO_CLOSED_PERIOD",
	wayOut: msgOverrideClosed,
	passes: func(o Override) bool { return o.IntoClosed },
	says:   closedSentence,
}

// side is a row before the import (t, as stored) or after it (l, as loaded).
type side struct {
	row    string
	stored bool
}

// looks is an expression for a column of the row of a file, on that side.
func (im *importer) looks(s side, name, column, id string) string {
	if s.stored {
		return fmt.Sprintf("(select x.%s from %s x where x.id = %s)", column, im.declaration(name).table, id)
	}
	return im.current(name, column, id)
}

// booked declares what of a file is in the books of a period. The expressions are over a
// row of one side.
type booked struct {
	file   string
	in     func(im *importer, s side) string // whether the books have the row
	day    func(im *importer, s side) string
	seller func(im *importer, s side) string // the distributor whose books they are
	facts  []string                          // columns that a closed period keeps
	state  string                            // the column that brings the row into the books or out of them; "" = none
}

// bookedFiles are the files that closed periods guard. Of payments, refunds and entries all
// are in the books whatever their status; drafts and void documents are not in them, nor is
// revenue before it is recognised.
var bookedFiles = []booked{
	{
		file: "invoices", in: issuedNow, day: own("issued_on"), seller: sellerOf(own("customer_id")),
		facts: []string{"issued_on"}, state: "status",
	},
	{
		file: "invoice_lines", in: invoiceIssued, day: invoiceDay, seller: sellerOf(invoiceCustomer),
		facts: []string{"amount", "invoice_id"},
	},
	{
		file: "payments", in: always, day: own("received_on"), seller: sellerOf(own("customer_id")),
		facts: []string{"received_on", "amount"},
	},
	{
		file: "refunds", in: always, day: own("refunded_on"), seller: sellerOf(payer),
		facts: []string{"refunded_on", "amount"},
	},
	{
		file: "credit_memos", in: issuedNow, day: own("issued_on"), seller: sellerOf(own("customer_id")),
		facts: []string{"issued_on", "amount"}, state: "status",
	},
	{
		file: "debit_memos", in: issuedNow, day: own("issued_on"), seller: sellerOf(own("customer_id")),
		facts: []string{"issued_on", "amount"}, state: "status",
	},
	{
		file: "revenue_schedules", in: own("recognized"), day: own("period_start"), seller: sellerOf(earner),
		facts: []string{"period_start", "amount"}, state: "recognized",
	},
	{
		file: "journal_entries", in: always, day: own("posted_on"), seller: own("distributor_id"),
		facts: []string{"posted_on", "distributor_id"},
	},
}

func own(column string) func(*importer, side) string {
	return func(_ *importer, s side) string { return s.row + "." + column }
}

func always(*importer, side) string { return "true" }

func issuedNow(_ *importer, s side) string { return "document_issued(" + s.row + ".status)" }

func invoiceIssued(im *importer, s side) string {
	return "document_issued(" + im.looks(s, "invoices", "status", s.row+".invoice_id") + ")"
}

func invoiceDay(im *importer, s side) string {
	return im.looks(s, "invoices", "issued_on", s.row+".invoice_id")
}

func invoiceCustomer(im *importer, s side) string {
	return im.looks(s, "invoices", "customer_id", s.row+".invoice_id")
}

func payer(im *importer, s side) string {
	return im.looks(s, "payments", "customer_id", s.row+".payment_id")
}

// earner owns a revenue schedule line: through the line that bills it, else the subscription.
func earner(im *importer, s side) string {
	invoice := im.looks(s, "invoice_lines", "invoice_id", s.row+".invoice_line_id")
	return "coalesce(" + im.looks(s, "invoices", "customer_id", invoice) + ", " +
		im.looks(s, "subscriptions", "customer_id", s.row+".subscription_id") + ")"
}

func sellerOf(customer func(*importer, side) string) func(*importer, side) string {
	return func(im *importer, s side) string { return im.looks(s, "customers", "distributor_id", customer(im, s)) }
}

// checkClosed finds what would change the books of a period that is closed. The periods are
// those of the database: what the files say of periods is not written yet.
func (im *importer) checkClosed(ctx context.Context) error {
	var any bool
	err := im.tx.GetContext(ctx, &any, `select exists (select 1 from financial_periods where status = 'closed')`)
	if err != nil || !any {
		return err
	}
	for _, b := range bookedFiles {
		if l := im.find(b.file); l != nil {
			if err := im.enforce(ctx, l, guarded{
				guard: intoClosed, table: l.table,
				query: b.query(im, l),
			}); err != nil {
				return err
			}
		}
	}
	l := im.find("journal_lines")
	if l == nil {
		return nil
	}
	return im.enforce(ctx, l, guarded{guard: intoClosed, table: "journal_entries", query: closedEntries})
}

// query selects the breaches of a file: rows that are new, or differ in a fact, on a day that
// is closed before or after.
func (b booked) query(im *importer, l *load) string {
	before, after := side{"t", true}, side{"l", false}
	wasIn, isIn := "coalesce("+b.in(im, before)+", false)", b.in(im, after)
	alone := "true"
	if b.file == "invoice_lines" && im.find("invoices") != nil { // a new invoice speaks for its lines
		alone = `not exists (select 1 from load_invoices x where x.rec_id = l.invoice_id and x.is_new)`
	}
	return fmt.Sprintf(`select l.line, l.rec_id as record, l.found ->> 1 as column_name, l.found ->> 0 as reason,
		l.found ->> 2 as was, l.found ->> 3 as is_now, null::bigint as document, null as number,
		null as order_number, p.period, p.seller
		from (select l.line, l.rec_id, x.found, %[2]s as was_in, %[3]s as is_in, %[4]s as was_on, %[5]s as is_on,
		             %[6]s as was_seller, %[7]s as is_seller
		      from {load} l left join {table} t on t.id = l.rec_id and not l.is_new
		      cross join lateral (select case %[1]s end as found) x
		      where not l.bad and x.found is not null and %[8]s) l
		cross join lateral (
			select p.start_on || ' to ' || p.end_on as period, d.name as seller
			from financial_periods p join distributors d on d.id = p.distributor_id
			cross join lateral (select l.was_in and d.id = l.was_seller
			                    and l.was_on between p.start_on and p.end_on as was,
			                           l.is_in and d.id = l.is_seller
			                           and l.is_on between p.start_on and p.end_on as will_be) x
			where p.status = 'closed' and (x.was or x.will_be)
			order by x.was desc nulls last, p.start_on limit 1) p`,
		strings.Join(b.reasons(im, l, wasIn, isIn), "\n"), wasIn, isIn, b.day(im, before), b.day(im, after),
		b.seller(im, before), b.seller(im, after), alone)
}

// reasons are the branches of a CASE that say why a row concerns the books: the first column
// that does, with its values before and after.
func (b booked) reasons(im *importer, l *load, wasIn, isIn string) []string {
	list := []string{fmt.Sprintf(`when l.is_new then case when %s then jsonb_build_array('new', '%s', null, %s) end`,
		isIn, b.dated(), b.day(im, side{"l", false}))}
	if b.state != "" {
		list = append(list, fmt.Sprintf(`when %s <> (%s) then jsonb_build_array('differs', '%[3]s', t.%[3]s, l.%[3]s)`,
			wasIn, isIn, b.state))
	}
	for _, name := range b.facts {
		was, is := "t."+name, "l."+name
		if c := l.column(name); c.to != "" {
			was, is = im.called(im.declaration(c.to), was), im.called(im.declaration(c.to), is)
		}
		list = append(list, fmt.Sprintf(`when t.%[3]s <> l.%[3]s and (%[1]s or %[2]s)
			then jsonb_build_array('differs', '%[3]s', %[4]s, %[5]s)`, wasIn, isIn, name, was, is))
	}
	return list
}

// dated is the column that dates the file's rows, "" where their document does.
func (b booked) dated() string {
	if b.file == "invoice_lines" {
		return "invoice_id"
	}
	return b.facts[0]
}

// closedEntries finds entries of closed periods whose lines differ from the file's. A new
// entry speaks for its lines.
const closedEntries = `select g.line, e.id as record, 'entry_id' as column_name, 'lines' as reason,
	null as was, null as is_now, null::bigint as document, number_of('JE', e.id) as number, null as order_number,
	p.start_on || ' to ' || p.end_on as period, d.name as seller
	from (select entry_id, min(line) as line, bool_or(bad) as bad, ` + entryText + ` as text
	      from {load} where entry_id is not null group by entry_id) g
	join journal_entries e on e.id = g.entry_id
	join financial_periods p on p.distributor_id = e.distributor_id and p.status = 'closed'
	     and e.posted_on between p.start_on and p.end_on
	join distributors d on d.id = e.distributor_id
	where not g.bad and g.text is distinct from (select ` + entryText + ` from {table} where entry_id = e.id)`

// entryText writes the accounts and amounts of an entry's lines in one text, whatever their order.
const entryText = `string_agg(concat_ws(e'\x1f', account, trim_scale(debit), trim_scale(credit), currency), e'\x1e'
	order by account collate "C", debit, credit, currency)`

func closedSentence(l *load, b breach) string {
	period := fmt.Sprintf(msgClosedPeriod, b.Period, b.Seller)
	switch b.Reason {
	case "new":
		return fmt.Sprintf(msgNoNewRows,
			b.Is, period, l.label)
	case "lines":
		return fmt.Sprintf(msgLinesPosted, b.Number, period)
	}
	return fmt.Sprintf(msgStatusOfClosed,
		l.label, period, b.Column, b.Was, b.Is)
}
