package exchange

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"handover/internal/record"
)

// amend is the rule of issued documents (docs/import.md): they keep what their hash covers, and a
// document that a transfer settled is not voided behind its back.
var amend = guard{
	code:   "ISSUED_DOCUMENT_CHANGED",
	wayOut: msgOverrideIssued,
	passes: func(o Override) bool { return o.Amend },
	says:   issuedSentence,
}

// printed are the files whose values issued documents show, with the columns that they show.
var printed = []struct {
	file    string
	kind    string // of the document
	columns []string
}{
	{"invoices", "invoice", []string{"number", "issued_on", "currency"}},
	{"credit_memos", "credit_memo", []string{"number", "issued_on", "currency", "amount"}},
	{"debit_memos", "debit_memo", []string{"number", "issued_on", "currency", "amount"}},
	{"invoice_lines", "invoice", []string{
		"description", "quantity", "unit_price", "amount", "service_start", "service_end",
	}},
}

// checkIssued finds what would change issued documents, and voids of documents that a
// transfer settled.
func (im *importer) checkIssued(ctx context.Context) error {
	for _, p := range printed {
		l := im.find(p.file)
		if l == nil {
			continue
		}
		query := im.changedDocument(p.kind, p.columns)
		if p.file == "invoice_lines" {
			query = im.changedLine(p.columns)
		}
		if err := im.enforce(ctx, l, guarded{amend, l.table, p.kind, query}); err != nil {
			return err
		}
	}
	for _, kind := range record.DocumentKinds() {
		file := record.TableOf(kind)
		if l := im.find("document_buyers"); l != nil {
			if err := im.enforce(ctx, l, guarded{amend, file, kind, im.changedBuyer(kind, file)}); err != nil {
				return err
			}
		}
		if l := im.find(file); l != nil && im.past.Transfers {
			if err := im.checkVoid(ctx, l, kind); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkVoid finds voids of documents that a transfer settled. The import restored what
// transfers wrote before this, so the stage holds the status that the file has.
func (im *importer) checkVoid(ctx context.Context, l *load, kind string) error {
	query := fmt.Sprintf(`select l.line, l.rec_id as record, l.rec_id as document,
		'status' as column_name, 'void' as reason, t.status as was, 'void' as is_now, t.number, x.order_number,
		  null as period, null as seller
		from {load} l join {stage} s on s.line = l.line join {table} t on t.id = l.rec_id
		cross join lateral (select %s as order_number) x
		where not l.is_new and not l.bad and s.status = 'void' and t.status <> 'void' and x.order_number is not null`,
		orderOfSQL(kind, "t.id"))
	if err := im.enforce(ctx, l, guarded{amend, l.table, kind, query}); err != nil || !im.override.Amend {
		return err
	}
	_, err := im.exec(ctx, l.file, `update {load} l set status = 'void' from {stage} s, {table} t
		where s.line = l.line and t.id = l.rec_id and not l.is_new and s.status = 'void' and l.status <> 'void'`)
	return err
}

// wasIssued is the condition that a document is issued, or is issued again by the import.
func wasIssued(row, status string) string {
	return fmt.Sprintf("%[1]s.issued_hash is not null and (document_issued(%[1]s.status) or document_issued(%[2]s))",
		row, status)
}

// differing lists, for a row t as stored and a row l as loaded, the columns that differ.
func differing(columns []string) string {
	list := ""
	for i, c := range columns {
		if i > 0 {
			list += ", "
		}
		list += fmt.Sprintf("('%[1]s', t.%[1]s::text, l.%[1]s::text, t.%[1]s is distinct from l.%[1]s)", c)
	}
	return "(values " + list + ") v(column_name, was, is_now, differs)"
}

// unlike is the condition that any of the columns differs.
func unlike(columns []string) string {
	return "(t." + strings.Join(columns, ", t.") + ") is distinct from (l." + strings.Join(columns, ", l.") + ")"
}

// changedDocument selects what differs on issued documents themselves, and documents that are
// issued again after they changed in between.
func (im *importer) changedDocument(kind string, columns []string) string {
	return fmt.Sprintf(`select l.line, l.rec_id as record, l.rec_id as document, v.column_name, v.reason, v.was,
		v.is_now, t.number, %[1]s as order_number, null as period, null as seller
		from {load} l join {table} t on t.id = l.rec_id
		cross join lateral (
			select v.column_name, 'differs' as reason, v.was, v.is_now from %[2]s where v.differs
			union all
			select 'status', 'again', t.status, l.status
			where not document_issued(t.status) and t.issued_hash <> document_hash_%[3]s(t)) v
		where not l.is_new and not l.bad and %[4]s`,
		im.orderOf(kind, "t.id"), differing(columns), kind, wasIssued("t", "l.status"))
}

// changedLine selects what differs in lines of issued invoices, and lines that came or went.
func (im *importer) changedLine(columns []string) string {
	return fmt.Sprintf(`select l.line, l.rec_id as record, i.id as document, v.column_name, v.reason, v.was, v.is_now,
		i.number, %[1]s as order_number, null as period, null as seller
		from {load} l left join {table} t on t.id = l.rec_id and not l.is_new
		cross join lateral (
			select v.column_name, 'differs' as reason, v.was, v.is_now, t.invoice_id
			from %[2]s where not l.is_new and v.differs
			union all
			select 'invoice_id', 'line added', null, %[3]s, l.invoice_id where l.is_new or t.invoice_id <> l.invoice_id
			union all
			select 'invoice_id', 'line removed', %[4]s, null, t.invoice_id where t.invoice_id <> l.invoice_id) v
		join invoices i on i.id = v.invoice_id
		where not l.bad and (l.is_new or %[6]s) and %[5]s`, im.orderOf("invoice", "i.id"), differing(columns),
		im.called(im.declaration("invoices"), "l.invoice_id"), im.called(im.declaration("invoices"), "t.invoice_id"),
		wasIssued("i", im.current("invoices", "status", "i.id")),
		unlike(slices.Concat(columns, []string{"invoice_id"})))
}

// changedBuyer selects issued documents of a kind whose buyer would change.
func (im *importer) changedBuyer(kind, file string) string {
	return fmt.Sprintf(`select l.line, t.id as record, t.id as document, v.column_name, 'differs' as reason,
		v.was, v.is_now, t.number, %[1]s as order_number, null as period, null as seller
		from {load} l join %[2]s t on t.id = l.document_id
		cross join lateral (values ('name', t.buyer_name, l.name), ('address', t.buyer_address, l.address),
		                           ('tax_id', t.buyer_tax_id, l.tax_id)) v(column_name, was, is_now)
		where l.document_kind = '%[3]s' and not l.bad and v.was <> v.is_now and %[4]s`,
		im.orderOf(kind, "t.id"), file, kind, wasIssued("t", im.current(file, "status", "t.id")))
}

// orderOf is an expression for the number of the transfer that settled a document, null
// where none did.
func (im *importer) orderOf(kind, id string) string {
	if !im.past.Transfers {
		return "null::text"
	}
	return orderOfSQL(kind, id)
}

// orderOfSQL is the expression where there were transfers: the transfer in effect that
// wrote the status of the document or an allocation of it, or the order that wrote the
// document itself.
func orderOfSQL(kind, id string) string {
	allocated := fmt.Sprintf("select a.order_id from credit_allocations a where a.%s_id = %s", kind, id)
	if kind != "credit_memo" {
		allocated += fmt.Sprintf(" union select a.order_id from payment_allocations a where a.%s_id = %s", kind, id)
	}
	return fmt.Sprintf(`(select number_of('TO', max(s.id)) from (
		select transfer_standing(o.id) as id from transfer_orders o where o.reverses_id is null and o.id in ( %[1]s
			union select g.order_id from transfer_ledger g
			where g.kind = '%[2]s' and g.column_name = 'status' and %[3]s)
		union all
		select coalesce(transfer_standing(g.order_id), g.order_id) from transfer_ledger g
		where g.kind = '%[2]s' and g.column_name = '' and g.before[1] is null and %[3]s) s)`, allocated, kind,
		fmt.Sprintf("int8range(g.first_id, g.last_id, '[]') @> %[1]s and %[1]s = any(g.record_ids)", id))
}

func issuedSentence(l *load, b breach) string {
	document, wayOut := "the document", "credit it with a memo"
	switch l.kind {
	case "invoice_line":
		document = "the invoice"
	case "credit_memo":
		document, wayOut = "the credit memo", "balance it with a debit memo"
	case "invoice", "debit_memo":
		document = "the " + l.label
	}
	document += " " + b.Number
	what := fmt.Sprintf(msgIssuedWith, document, quoted(b.Was), quoted(b.Is))
	switch b.Reason {
	case "again":
		what = fmt.Sprintf(msgChangedAfterIssue, document, b.Is)
	case "line added":
		what = document + " was issued without this line"
	case "line removed":
		what = document + " was issued with this line"
	case "void":
		return fmt.Sprintf(msgSettledByTransfer, b.Order, document, wayOut)
	}
	if b.Order != "" {
		return fmt.Sprintf(msgAlsoSettled, what, b.Order, wayOut)
	}
	return fmt.Sprintf(msgKeepIssued, what, wayOut)
}

// beforeIssue remembers, before anything is written, the documents that the import may issue,
// and what it may amend.
func (im *importer) beforeIssue(ctx context.Context) error {
	_, err := im.tx.ExecContext(ctx, `create temp table unissued (kind text, id bigint) on commit drop`)
	if err != nil {
		return fmt.Errorf("prepare the hashes of issued documents: %w", err)
	}
	for _, kind := range record.DocumentKinds() {
		file := record.TableOf(kind)
		references := []struct{ file, column, condition string }{
			{file, "rec_id", "true"},
			{"invoice_lines", "invoice_id", "'" + kind + "' = 'invoice'"},
			{"document_buyers", "document_id", "l.document_kind = '" + kind + "'"},
		}
		for _, r := range references {
			l := im.find(r.file)
			if l == nil {
				continue
			}
			// A new document is hashed when it is written, unless its buyer comes
			// afterwards.
			join := "join"
			if r.file == "document_buyers" {
				join = "left join"
			}
			_, err := im.exec(ctx, l.file, fmt.Sprintf(`insert into unissued
				select '%[1]s', l.%[2]s from {load} l %[3]s %[4]s t on t.id = l.%[2]s
				where t.issued_hash is null and %[5]s`, kind, r.column, join, file, r.condition))
			if err != nil {
				return err
			}
		}
	}
	if !im.override.Amend {
		return nil
	}
	_, err = im.tx.ExecContext(ctx, `create temp table amendable on commit drop as
		with named as (select distinct kind, document as id from overridden where document is not null)
		select n.kind, i.id, i.total as amount, i.status from named n join invoices i on i.id = n.id
		where n.kind = 'invoice'
		union all
		select n.kind, m.id, m.amount, m.status from named n join credit_memos m on m.id = n.id
		where n.kind = 'credit_memo'
		union all
		select n.kind, m.id, m.amount, m.status from named n join debit_memos m on m.id = n.id
		where n.kind = 'debit_memo'`)
	if err != nil {
		return fmt.Errorf("note what documents amount to: %w", err)
	}
	return nil
}

// afterIssue takes the hash of what the import issued, and marks documents whose amount it
// amended for the orders that settled them before.
func (im *importer) afterIssue(ctx context.Context) error {
	for _, kind := range record.DocumentKinds() {
		f := im.declaration(record.TableOf(kind))
		_, err := im.exec(ctx, f, fmt.Sprintf(`update {table} t set issued_hash = document_hash_%[1]s(t)
			where t.id in (select id from unissued where kind = '%[1]s') and document_issued(t.status)
			  and t.issued_hash is distinct from document_hash_%[1]s(t)`, kind))
		if err != nil {
			return err
		}
		if !im.override.Amend {
			continue
		}
		amount := "amount"
		if kind == "invoice" {
			amount = "total"
		}
		_, err = im.exec(ctx, f, fmt.Sprintf(`update {table} t
			set amount_amended_after = (select coalesce(max(id), 0) from transfer_ledger)
			from amendable a where a.kind = '%s' and a.id = t.id
			  and (a.amount <> t.%s or a.status <> t.status and t.status = 'void')`, kind, amount))
		if err != nil {
			return err
		}
	}
	return nil
}
