package exchange

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// more is a column of the table that the file has not, and its value in a row.
type more struct {
	column string
	value  func(row []any) any
}

// copyOut copies the rows of a file into its table.
func (f *filler) copyOut(ctx context.Context, l *load, b *rows) error {
	switch {
	case l.name == "account_successors": // they went with their customers
		l.added += len(b.list)
		return nil
	case l.table == "":
		return fmt.Errorf("its rows are in no table, so it cannot be filled")
	}
	var columns []string
	if l.id() {
		columns = []string{"id", "external_id"}
	}
	for _, c := range l.columns {
		if !c.unstored {
			columns = append(columns, c.stored())
		}
	}
	extra := f.more(l, b)
	for _, m := range extra {
		columns = append(columns, m.column)
	}
	statement, err := f.tx.PrepareContext(ctx, "copy "+l.table+" ("+strings.Join(columns, ", ")+") from stdin")
	if err != nil {
		return err
	}
	defer func() { _ = statement.Close() }()
	args := make([]any, 0, len(columns))
	for _, row := range b.list {
		args = f.stored(l, b, row, args[:0])
		for _, m := range extra {
			args = append(args, m.value(row))
		}
		if _, err := statement.ExecContext(ctx, args...); err != nil {
			return err
		}
	}
	if len(f.report.Errors) > 0 { // nothing is to be kept
		return nil
	}
	_, err = statement.ExecContext(ctx)
	l.added += len(b.list)
	return err
}

// stored appends the values of a row as the table holds them: references are ids.
func (f *filler) stored(l *load, b *rows, row, out []any) []any {
	if l.id() {
		id, _ := b.at(row, "id").(string)
		out = append(out, f.ids[l.name][id], id)
	}
	for _, c := range l.columns {
		if c.unstored {
			continue
		}
		value := b.at(row, c.name)
		switch name, _ := value.(string); {
		case l.name == "journal_entries" && c.name == "customer_id" && b.at(row, "source_kind") != nil:
			value = nil // it is owned through its source
		case value == nil || !c.refers():
		case c.to != "":
			value = f.refer(l, row, c, c.to, name)
		default:
			kind := b.at(row, c.by)
			at := slices.IndexFunc(sources, func(s struct{ kind, file, owner string }) bool { return s.kind == kind })
			value = f.refer(l, row, c, sources[at].file, name)
		}
		out = append(out, value)
	}
	return out
}

// refer returns the id of the row of a file, and reports one that is not there.
func (f *filler) refer(l *load, row []any, c column, to, name string) any {
	id, ok := f.ids[to][name]
	if !ok {
		line, _ := row[0].(int64)
		f.report.add(l.file, int(line), c.name, "there is no "+f.declaration(to).label+
			" with the id %q among these rows", name)
	}
	return id
}

// more returns what the table holds besides the file: the buyers of issued documents,
// the successors of customers, and the sums of other rows.
func (f *filler) more(l *load, b *rows) []more {
	var list []more
	if l.name == "customers" {
		list = f.successors(b)
	}
	if slices.Contains(f.declaration("document_buyers").column("document_kind").allowed, l.kind) {
		list = f.buyers(b)
	}
	if l.name == "payment_allocations" || l.name == "credit_allocations" {
		list = append(list, f.counts(l, b))
	}
	for _, k := range keptSums {
		if k.of == l.name && !slices.ContainsFunc(list, func(m more) bool { return m.column == k.column }) {
			list = append(list, more{k.column, func(row []any) any {
				return f.kept.of(l.name, k.column, b.at(row, "id"))
			}})
		}
	}
	return list
}

// counts writes an allocation as it mostly counts, so that the database (handover_settle)
// need not write it again.
func (f *filler) counts(l *load, b *rows) more {
	by, file, good := "payment_id", "payments", func(status any) bool { return status == "succeeded" }
	if l.has("credit_memo_id") {
		by, file, good = "credit_memo_id", "credit_memos", func(status any) bool { return status != "void" }
	}
	counting := map[any]bool{}
	if credits := f.batch[file]; credits != nil {
		for _, row := range credits.list {
			counting[credits.at(row, "id")] = good(credits.at(row, "status"))
		}
	}
	return more{"counts", func(row []any) any {
		if counting[b.at(row, by)] {
			return b.at(row, "amount")
		}
		return "0"
	}}
}

func (f *filler) successors(customers *rows) []more {
	ends := map[any][]any{}
	given := f.batch["account_successors"]
	if given != nil {
		for _, row := range given.list {
			ends[given.at(row, "customer_id")] = row
		}
	}
	value := func(column string, row []any) any {
		end, ok := ends[customers.at(row, "id")]
		if !ok {
			return nil
		}
		return given.at(end, column)
	}
	return []more{
		{"successor_id", func(row []any) any {
			name, ok := value("successor_customer_id", row).(string)
			if !ok {
				return nil
			}
			return f.refer(f.find("account_successors"), row, column{name: "successor_customer_id"}, "customers", name)
		}},
		{"succeeded_on", func(row []any) any { return value("on_date", row) }},
	}
}

func (f *filler) buyers(documents *rows) []more {
	customers := f.batch["customers"]
	called := map[any][]any{}
	for _, row := range customers.list {
		called[customers.at(row, "id")] = row
	}
	var list []more
	for _, part := range buyer {
		list = append(list, more{part.column, func(row []any) any {
			customer, ok := called[documents.at(row, "customer_id")]
			if !ok || documents.at(row, "status") == "draft" {
				return ""
			}
			return customers.at(customer, part.of)
		}})
	}
	return list
}

// issue takes the hash of the batch's invoices, whose lines have come after them. Memos have
// none: the database takes theirs as they come.
func (f *filler) issue(ctx context.Context) error {
	l, b := f.find("invoices"), f.batch["invoices"]
	if b == nil || len(b.list) == 0 {
		return nil
	}
	_, err := f.exec(ctx, l.file, fmt.Sprintf(`update {table} t set issued_hash = document_hash_invoice(t)
		where t.id between %d and %d and document_issued(t.status)`, l.added-len(b.list)+1, l.added))
	return err
}
