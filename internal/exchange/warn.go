package exchange

import (
	"context"
	"fmt"
)

// keptOpen warns of documents and memos that the file calls settled and that stay open,
// because too little of what is allocated counts (docs/domain.md, "What settles a document").
func (im *importer) keptOpen(ctx context.Context) error {
	for _, d := range []struct{ file, settled, total string }{
		{"invoices", "t.settled", "t.total"},
		{"debit_memos", "t.settled", "t.amount"},
		{"credit_memos", "t.allocated + t.refunded", "t.amount"},
	} {
		l := im.find(d.file)
		if l == nil {
			continue
		}
		n, err := im.warn(ctx, l, "status", msgKeptOpen, fmt.Sprintf(`
			select l.line, l.status, (%s)::text, (%s)::text from {load} l join {table} t on t.id = l.rec_id
			where t.status = 'open' and l.status in ('paid', 'applied', 'transferred')`, d.settled, d.total))
		if err != nil {
			return err
		}
		l.warned += n
	}
	return nil
}

// warn notes a warning for every row of a query that returns a line and up to three texts
// for the message, as far as there is room, and returns how many rows there are.
func (im *importer) warn(ctx context.Context, l *load, column, message, query string) (int, error) {
	rows, err := im.tx.QueryxContext(ctx, sqlFor(l.file, query)+" order by 1")
	if err != nil {
		return 0, fmt.Errorf("look for warnings in %s: %w", l.csv(), err)
	}
	defer func() { _ = rows.Close() }()
	n := 0
	for ; rows.Next(); n++ {
		if len(im.report.Warnings) == MaxErrors {
			continue
		}
		values, err := rows.SliceScan()
		if err != nil {
			return n, fmt.Errorf("look for warnings in %s: %w", l.csv(), err)
		}
		line, _ := values[0].(int64)
		im.report.Warnings = append(im.report.Warnings,
			LineError{l.csv(), int(line), column, fmt.Sprintf(message, texts(values[1:])...)})
	}
	return n, rows.Err()
}
