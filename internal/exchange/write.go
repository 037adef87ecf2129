package exchange

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// writer brings the loaded rows of one file into the database.
type writer func(ctx context.Context, im *importer, l *load) error

// writeAll writes every file, parents before children.
func (im *importer) writeAll(ctx context.Context) error {
	for _, l := range im.loads {
		write := l.write
		if write == nil {
			write = writePlain
		}
		if err := write(ctx, im, l); err != nil {
			return err
		}
		if l.added < many || l.table == "" {
			continue
		}
		// The first queries run before autovacuum has analyzed the tables.
		if _, err := im.exec(ctx, l.file, "select handover_analyze('{table}')"); err != nil {
			return err
		}
	}
	return nil
}

// many new rows change what the planner should know of a table.
const many = 1000

// derived is a column of the table that no column of the file holds.
type derived struct{ column, value string }

// writePlain inserts what is new and updates what differs.
func writePlain(ctx context.Context, im *importer, l *load) error {
	if err := im.insert(ctx, l); err != nil {
		return err
	}
	return im.update(ctx, l)
}

// insert adds the new rows. Values are expressions over the loaded row l.
func (im *importer) insert(ctx context.Context, l *load, more ...derived) error {
	var columns, values []string
	if l.id() {
		columns, values = []string{"id", "external_id"}, []string{"l.rec_id", "l.id"}
	}
	for _, c := range l.columns {
		if !c.unstored {
			columns, values = append(columns, c.stored()), append(values, "l."+c.name)
		}
	}
	for _, d := range more {
		columns, values = append(columns, d.column), append(values, d.value)
	}
	n, err := im.exec(ctx, l.file, fmt.Sprintf(`insert into {table} (%s) select %s from {load} l where l.is_new
		order by l.line`,
		strings.Join(columns, ", "), strings.Join(values, ", ")))
	l.added += n
	return err
}

// update changes the rows that differ. Values are expressions over the loaded row l and
// the row t as it is.
func (im *importer) update(ctx context.Context, l *load, more ...derived) error {
	var columns, before, values []string
	for _, c := range l.columns {
		if !slices.Contains(l.key, c.name) && !c.unstored {
			columns, before, values = append(columns, c.stored()), append(before, c.comparedWith()),
				append(values, c.takes())
		}
	}
	for _, d := range more {
		columns, before, values = append(columns, d.column), append(before, "t."+d.column), append(values, d.value)
	}
	if len(columns) == 0 {
		return nil
	}
	n, err := im.exec(ctx, l.file, fmt.Sprintf(`update {table} t set (%s) = row(%s) from {load} l
		where t.%s = l.rec_id and not l.is_new and (%s) is distinct from (%s)`,
		strings.Join(columns, ", "), strings.Join(values, ", "), l.primary(), strings.Join(before, ", "),
		strings.Join(values, ", ")))
	l.updated += n
	return err
}

// writeCustomers writes a successor together with the status that needs it.
func writeCustomers(ctx context.Context, im *importer, l *load) error {
	if im.find("account_successors") == nil {
		return writePlain(ctx, im, l)
	}
	successor := "(select a.successor_customer_id from load_account_successors a where a.customer_id = l.rec_id)"
	day := "(select a.on_date from load_account_successors a where a.customer_id = l.rec_id)"
	if err := im.insert(ctx, l, derived{"successor_id", successor}, derived{"succeeded_on", day}); err != nil {
		return err
	}
	return im.update(ctx, l, derived{"successor_id", "coalesce(t.successor_id, " + successor + ")"},
		derived{"succeeded_on", "coalesce(t.succeeded_on, " + day + ")"})
}

// writeSuccessors corrects successors; new ones came with their customers.
func writeSuccessors(ctx context.Context, im *importer, l *load) error {
	if err := im.tx.GetContext(ctx, &l.added, sqlFor(l.file, `select count(*) from {load} where is_new`)); err != nil {
		return fmt.Errorf("count the lines of %s: %w", l.csv(), err)
	}
	return im.update(ctx, l)
}

// buyer is what is printed on an issued document, and from which column of its customer.
var buyer = []struct{ column, of string }{
	{"buyer_name", "name"},
	{"buyer_address", "address"},
	{"buyer_tax_id", "tax_id"},
}

// writeIssued writes documents, and on those that are issued now what their customer is
// called now. A document that was issued before keeps what it says.
func writeIssued(ctx context.Context, im *importer, l *load) error {
	var born, issued []derived
	for _, b := range buyer {
		value := fmt.Sprintf("(select c.%s from customers c where c.id = l.customer_id)", b.of)
		if l.name != "invoices" {
			born = append(born, derived{b.column, value})
			continue
		}
		born = append(born, derived{b.column, "case when l.status = 'draft' then '' else " + value + " end"})
		issued = append(issued, derived{b.column, fmt.Sprintf(
			"case when t.status = 'draft' and l.status <> 'draft' and t.buyer_name = '' then %s else t.%s end", value,
			b.column)})
	}
	if err := im.insert(ctx, l, born...); err != nil {
		return err
	}
	return im.update(ctx, l, issued...)
}

// changedBuyers are the documents on which an import without document_buyers.csv would
// print another buyer.
const changedBuyers = `(
	select 'invoice' as document_kind, d.id as document_id, d.buyer_name as name, d.buyer_address as address,
	  d.buyer_tax_id as tax_id
	from invoices d join customers c on c.id = d.customer_id
	where (d.buyer_name, d.buyer_address, d.buyer_tax_id) <>
	      (case d.status when 'draft' then '' else c.name end, case d.status when 'draft' then '' else c.address end,
	       case d.status when 'draft' then '' else c.tax_id end)
	union all
	select 'credit_memo', d.id, d.buyer_name, d.buyer_address, d.buyer_tax_id
	from credit_memos d join customers c on c.id = d.customer_id
	where (d.buyer_name, d.buyer_address, d.buyer_tax_id) <> (c.name, c.address, c.tax_id)
	union all
	select 'debit_memo', d.id, d.buyer_name, d.buyer_address, d.buyer_tax_id
	from debit_memos d join customers c on c.id = d.customer_id
	where (d.buyer_name, d.buyer_address, d.buyer_tax_id) <> (c.name, c.address, c.tax_id))`

// writeBuyers puts onto documents what the file says was printed on them.
func writeBuyers(ctx context.Context, im *importer, l *load) error {
	for _, s := range sources {
		if !slices.Contains(l.column("document_kind").allowed, s.kind) {
			continue
		}
		f := im.declaration(s.file)
		n, err := im.exec(ctx, f, fmt.Sprintf(`update {table} t
			set (buyer_name, buyer_address, buyer_tax_id) = row(l.name, l.address, l.tax_id)
			from load_%s l where l.document_kind = '%s' and l.document_id = t.id
			and (t.buyer_name, t.buyer_address, t.buyer_tax_id) <> (l.name, l.address, l.tax_id)`, l.name, s.kind))
		if err != nil {
			return err
		}
		l.updated += n
	}
	return nil
}
