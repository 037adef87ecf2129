package exchange

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"handover/internal/audit"
	"handover/internal/db"
)

// Export writes every file, of one moment. An import of the files into an empty
// database and its export give the same bytes again. The audit log has an entry also
// when the export broke off: data left Handover.
func Export(ctx context.Context, pool *sqlx.DB, to Sink, actor audit.Actor) error {
	done := exported{Rows: map[string]int{}}
	declared := files()
	ctx = db.PlannedAnew(db.WithLimits(ctx, db.WorkLimits))
	err := db.InSnapshot(ctx, pool, func(tx *sqlx.Tx) error {
		// Compiling queries takes longer here than running them.
		if _, err := tx.ExecContext(ctx, `set local jit = off`); err != nil {
			return fmt.Errorf("prepare the export: %w", err)
		}
		for i := range declared {
			n, err := exportFile(ctx, tx, to, declared, &declared[i])
			done.Rows[declared[i].csv()] = n
			if err != nil {
				return fmt.Errorf("write %s: %w", declared[i].csv(), err)
			}
		}
		return to.Close()
	})
	done.Complete = err == nil
	noted := db.InTx(context.WithoutCancel(ctx), pool, func(tx *sqlx.Tx) error {
		return audit.Append(context.WithoutCancel(ctx), tx, audit.Entry{
			Actor: actor, Action: actionExport,
			SubjectKind: "files", After: done,
		})
	})
	return errors.Join(err, noted)
}

// exported is what the audit log says of an export.
type exported struct {
	Rows     map[string]int `json:"rows"`
	Complete bool           `json:"complete"`
}

// exportFile streams one file and returns how many rows it has.
func exportFile(ctx context.Context, q db.Querier, to Sink, declared []file, f *file) (int, error) {
	written, err := columnsInUse(ctx, q, declared, f)
	if err != nil {
		return 0, err
	}
	out, err := to.Create(f.csv())
	if err != nil {
		return 0, err
	}
	n, err := writeRows(ctx, q, out, written.header(), exportSQL(declared, written))
	if closed := out.Close(); err == nil {
		err = closed
	}
	return n, err
}

// columnsInUse returns the file without the optional columns in which every row has the default.
func columnsInUse(ctx context.Context, q db.Querier, declared []file, f *file) (*file, error) {
	written := *f
	written.columns = slices.DeleteFunc(slices.Clone(f.columns), func(c column) bool { return !c.optional })
	if len(written.columns) == 0 {
		return f, nil
	}
	values, from := exportCells(declared, &written)
	for i, c := range written.columns {
		values[i] = fmt.Sprintf("coalesce(bool_or(%s <> '%s'), false)", values[i], c.empty)
	}
	var used pq.BoolArray
	if err := q.GetContext(ctx, &used, "select array["+strings.Join(values, ", ")+"]"+from); err != nil {
		return nil, fmt.Errorf("look which optional columns are in use: %w", err)
	}
	unused := map[string]bool{}
	for i, c := range written.columns {
		unused[c.name] = !used[i]
	}
	written.columns = slices.DeleteFunc(slices.Clone(f.columns), func(c column) bool { return unused[c.name] })
	return &written, nil
}

// writeRows writes the header and a line per row, and returns how many rows there are. The
// writer keeps its first error for Flush.
func writeRows(ctx context.Context, q db.Querier, to io.Writer, header []string, query string) (int, error) {
	out := bufio.NewWriterSize(to, 1<<16)
	_, _ = out.WriteString(strings.Join(header, ",") + "\n")
	rows, err := q.QueryxContext(ctx, query)
	if err != nil {
		return 0, err
	}
	defer func() { _ = rows.Close() }()
	values, targets := make([]sql.RawBytes, len(header)), make([]any, len(header))
	for i := range values {
		targets[i] = &values[i]
	}
	n := 0
	for ; rows.Next(); n++ {
		if err := rows.Scan(targets...); err != nil {
			return n, err
		}
		for i, v := range values {
			if i > 0 {
				_ = out.WriteByte(',')
			}
			writeValue(out, v)
		}
		_ = out.WriteByte('\n')
	}
	if err := rows.Err(); err != nil {
		return n, err
	}
	return n, out.Flush()
}

// writeValue quotes a value where it has to be.
func writeValue(out *bufio.Writer, v []byte) {
	quote := false
	for _, b := range v {
		quote = quote || b == '"' || b == ',' || b == '\n' || b == '\r'
	}
	if !quote {
		_, _ = out.Write(v)
		return
	}
	_ = out.WriteByte('"')
	for _, b := range v {
		if b == '"' {
			_ = out.WriteByte('"')
		}
		_ = out.WriteByte(b)
	}
	_ = out.WriteByte('"')
}

// exportSQL selects the texts of a file's columns in the order of the file.
func exportSQL(declared []file, f *file) string {
	values, from := exportCells(declared, f)
	names, order := f.header(), f.header()
	for i, c := range f.columns {
		values[i] += " as " + c.name
	}
	if f.id() {
		values = append([]string{known(f, "t") + " as id"}, values...)
		order = order[:1]
	}
	return fmt.Sprintf(`select x.%s from (select %s%s) x order by x.%s collate "C"`, strings.Join(names, ", x."),
		strings.Join(values, ", "), from, strings.Join(order, ` collate "C", x.`))
}

// exportCells are the texts of a file's columns, and the clauses of the statement that reads them.
func exportCells(declared []file, f *file) (values []string, from string) {
	joins := ""
	code := f.currency
	if f.view != "" {
		joins += " left join " + f.view + " v on v.id = t.id"
		code = "v.currency"
	}
	if code != "" {
		joins += " left join currencies y on y.code = " + code
	}
	for i, c := range f.columns {
		value, join := cell(declared, c, fmt.Sprintf("r%d", i))
		values = append(values, value)
		joins += join
	}
	from = f.rows
	if from == "" {
		from = f.table
	}
	where := ""
	if f.where != "" {
		where = " where " + f.where
	}
	return values, " from " + from + " t" + joins + where
}

// known is the id under which a row is exported: the outside system's, else our number.
func known(f *file, row string) string {
	if f.numbered {
		return fmt.Sprintf("coalesce(%[1]s.external_id, %[1]s.number)", row)
	}
	return fmt.Sprintf("coalesce(%[1]s.external_id, number_of('%[2]s', %[1]s.id))", row, f.prefix)
}

// cell is the text of a column, empty for none, and the joins that it needs.
func cell(declared []file, c column, alias string) (value, joins string) {
	stored := "t." + c.stored()
	if c.from != "" {
		stored = c.from
	}
	switch {
	case c.to != "":
		return target(declared, c.to, alias, stored, "")
	case c.by != "":
		value = "case t." + c.by
		for _, s := range sources {
			text, join := target(declared, s.file, alias+s.kind, stored, fmt.Sprintf("t.%s = '%s' and ", c.by, s.kind))
			value += fmt.Sprintf(" when '%s' then %s", s.kind, text)
			joins += join
		}
		return "coalesce(" + value + " end, '')", joins
	}
	units := "y"
	if c.currency != "" && c.optional { // it has a currency of its own
		units = alias
		joins = fmt.Sprintf(" left join currencies %[1]s on %[1]s.code = t.%[2]s", alias, c.currency)
	}
	return "coalesce(" + fmt.Sprintf(strings.ReplaceAll(c.typ.show, "%[2]s", "coalesce("+units+".minor_units, 2)"),
		stored) + ", '')", joins
}

// target is the text for a reference to a row of a file.
func target(declared []file, name, alias, stored, condition string) (value, join string) {
	for i := range declared {
		if f := &declared[i]; f.name == name {
			return fmt.Sprintf("case when %s.id is not null then %s else '' end", alias, known(f, alias)),
				fmt.Sprintf(" left join %s %s on %s%s.id = %s", f.table, alias, condition, alias, stored)
		}
	}
	panic("exchange: there is no file " + name)
}
