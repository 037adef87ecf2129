package exchange

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/jmoiron/sqlx"

	"handover/internal/audit"
	"handover/internal/db"
)

// Export writes every file, of one moment. An import of the files into an empty
// database and its export give the same bytes again. The audit log has an entry also
// when the export broke off: something left the house.
func Export(ctx context.Context, pool *sqlx.DB, to Sink, actor audit.Actor) error {
	done := exported{Rows: map[string]int{}}
	declared := files()
	ctx = db.PlannedAnew(ctx)
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
		return audit.Append(context.WithoutCancel(ctx), tx, audit.Entry{Actor: actor, Action: actionExport, SubjectKind: "files", After: done})
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
	out, err := to.Create(f.csv())
	if err != nil {
		return 0, err
	}
	n, err := writeRows(ctx, q, out, f.header(), exportSQL(declared, f))
	if closed := out.Close(); err == nil {
		err = closed
	}
	return n, err
}

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
	return n, out.Flush() // reports also what the writes before it could not write
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
	var values []string
	joins := ""
	if f.id() {
		values = append(values, known(f, "t")+" as id")
	}
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
		values = append(values, value+" as "+c.name)
		joins += join
	}
	names, order := f.header(), f.header()
	if f.id() {
		order = order[:1]
	}
	from := f.rows
	if from == "" {
		from = f.table
	}
	where := ""
	if f.where != "" {
		where = " where " + f.where
	}
	return fmt.Sprintf(`select x.%s from (select %s from %s t%s%s) x order by x.%s collate "C"`, strings.Join(names, ", x."),
		strings.Join(values, ", "), from, joins, where, strings.Join(order, ` collate "C", x.`))
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
	return "coalesce(" + fmt.Sprintf(strings.ReplaceAll(c.typ.show, "%[2]s", "coalesce(y.minor_units, 2)"), stored) + ", '')", ""
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
