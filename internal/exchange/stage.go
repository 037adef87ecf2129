package exchange

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"handover/internal/money"
)

// stageAll reads every file that is there into its staging table.
func (im *importer) stageAll(ctx context.Context, in *source) error {
	for i := range im.declared {
		f := &im.declared[i]
		if !slices.Contains(in.names, f.csv()) {
			continue
		}
		l := &load{file: f}
		im.loads = append(im.loads, l)
		if err := im.stage(ctx, in, l); err != nil {
			return err
		}
	}
	return nil
}

// stage copies one file unchanged, but a wrong value becomes null and its line bad.
func (im *importer) stage(ctx context.Context, in *source, l *load) error {
	columns := []string{"line", "bad"}
	definition := "line int not null, bad boolean not null"
	for _, c := range im.columnsOf(l.file) {
		columns = append(columns, c.name)
		definition += ", " + c.name + " " + c.typ.sql
	}
	if _, err := im.exec(ctx, l.file, "create temp table {stage} ("+definition+") on commit drop"); err != nil {
		return err
	}
	body, err := in.open(l.csv())
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	if err := im.copyIn(ctx, l, body, "stage_"+l.name, columns); err != nil {
		return fmt.Errorf("read %s: %w", l.csv(), err)
	}
	_, err = im.exec(ctx, l.file, "analyze {stage}")
	return err
}

// columnsOf returns all columns of a file, the id among them.
func (im *importer) columnsOf(f *file) []column {
	if !f.id() {
		return f.columns
	}
	return append([]column{{name: "id", typ: refType, required: true}}, f.columns...)
}

// copyIn streams the lines of a file into a table.
func (im *importer) copyIn(ctx context.Context, l *load, body io.Reader, table string, columns []string) error {
	statement, err := im.tx.PrepareContext(ctx, "copy "+table+" ("+strings.Join(columns, ", ")+") from stdin")
	if err != nil {
		return err
	}
	defer func() { _ = statement.Close() }()
	err = im.eachRow(l, body, func(args []any) error {
		_, err := statement.ExecContext(ctx, args...)
		return err
	})
	if err != nil {
		return err
	}
	_, err = statement.ExecContext(ctx)
	return err
}

// eachRow reads a file and hands over its rows: the line, whether it is bad, and the
// values of all columns, in a slice that is used again. What is wrong is reported.
func (im *importer) eachRow(l *load, body io.Reader, take func(args []any) error) error {
	in, err := newLines(body)
	if err != nil {
		return err
	}
	row := rowReader{im: im, load: l, columns: im.columnsOf(l.file)}
	if ok, err := row.header(in); !ok || err != nil {
		l.broken = true
		return err
	}
	args := make([]any, len(row.columns)+2)
	for {
		fields, line, err := in.next()
		if bad, ok := errors.AsType[*malformed](err); ok {
			im.report.add(l.file, bad.line, "", "%s", bad.message)
			l.broken = true
			return nil
		}
		if errors.Is(err, io.EOF) || im.report.More {
			return nil
		}
		if err != nil {
			return err
		}
		l.read++
		if err := im.rows.take(); err != nil {
			return err
		}
		if !row.values(fields, line, args) {
			continue
		}
		if err := take(args); err != nil {
			return err
		}
	}
}

// rowReader turns records of a file into rows of its staging table.
type rowReader struct {
	im      *importer
	load    *load
	columns []column
	place   []int // in the record, for each column; -1 = the file lacks it
	width   int   // of the header
}

// header reads the first record and finds the columns in it.
func (r *rowReader) header(in *lines) (bool, error) {
	names, line, err := in.next()
	if bad, ok := errors.AsType[*malformed](err); ok {
		r.wrong(bad.line, "", "%s", bad.message)
		return false, nil
	}
	if errors.Is(err, io.EOF) {
		r.wrong(1, "", msgFileEmptyFirstLine, strings.Join(r.load.header(), ","))
		return false, nil
	}
	if err != nil {
		return false, err
	}
	ok := true
	for i, name := range names {
		switch {
		case !slices.Contains(r.load.header(), name):
			r.wrong(line, clean(name), msgNoColumn, strings.Join(r.load.header(), ","))
			ok = false
		case slices.Contains(names[:i], name):
			r.wrong(line, name, msgColumnTwice)
			ok = false
		}
	}
	for _, c := range r.columns {
		at := slices.Index(names, c.name)
		switch {
		case at < 0 && c.optional:
			r.load.absent = append(r.load.absent, c.name)
		case at < 0:
			r.wrong(line, c.name, msgColumnMissing)
			ok = false
		}
		r.place = append(r.place, at)
	}
	r.width = len(names)
	return ok, nil
}

// clean makes a wrong column name fit to be shown.
func clean(name string) string {
	if name == "" {
		return "(empty)"
	}
	return strings.Trim(quoted(name), `"`)
}

// values fills the row's arguments; false means that nothing of the line can be used.
func (r *rowReader) values(fields []string, line int, args []any) bool {
	if len(fields) != r.width {
		r.wrong(line, "", msgLineValuesHeaderColumns, len(fields), r.width)
		return r.idAlone(fields, line, args)
	}
	bad := false
	for i, c := range r.columns {
		v, err := r.value(c, r.field(fields, i))
		if err != nil {
			r.wrong(line, c.name, "%s", err)
			bad = true
		}
		args[i+2] = v
	}
	if !bad {
		bad = !r.together(fields, line)
	}
	args[0], args[1] = int64(line), bad
	return !r.load.id() || args[2] != nil
}

// field is the text of a column in a record, "" where the file lacks the column.
func (r *rowReader) field(fields []string, column int) string {
	if r.place[column] < 0 {
		return ""
	}
	return fields[r.place[column]]
}

// idAlone keeps the id of a line that is no use otherwise, so that what refers to it is
// not wrong as well.
func (r *rowReader) idAlone(fields []string, line int, args []any) bool {
	clear(args)
	args[0], args[1] = int64(line), true
	if !r.load.id() || r.place[0] >= len(fields) {
		return false
	}
	id, err := r.value(r.columns[0], fields[r.place[0]])
	args[2] = id
	return err == nil
}

func (r *rowReader) value(c column, s string) (any, error) {
	if strings.IndexByte(s, 0) >= 0 {
		return nil, errors.New("the value contains a NUL byte")
	}
	if !utf8.ValidString(s) {
		return nil, errors.New("the value is not valid UTF-8")
	}
	return c.value(s)
}

// together checks the values of a line against each other.
func (r *rowReader) together(fields []string, line int) bool {
	get := func(name string) string {
		return r.field(fields, slices.IndexFunc(r.columns, func(c column) bool { return c.name == name }))
	}
	before := len(r.im.report.Errors)
	for i, c := range r.columns {
		v := r.field(fields, i)
		switch {
		case c.after != "" && v != "" && v < get(c.after):
			r.wrong(line, c.name, msgBefore, v, c.after, get(c.after))
		case c.currency != "" && v != "":
			if _, err := money.ParseAmount(v, get(c.currency)); err != nil {
				r.wrong(line, c.name, "%s", err)
			}
		case c.by != "" && (v == "") != (get(c.by) == ""):
			r.wrong(line, c.name, msgBothOrNeither, c.by, c.name)
		}
	}
	if f := r.load.file; len(f.one) > 0 {
		filled := 0
		for _, name := range f.one {
			if get(name) != "" {
				filled++
			}
		}
		if filled != 1 {
			r.wrong(line, f.one[0], msgExactlyOne, strings.Join(f.one, " and "))
		}
	}
	if f := r.load.file; len(f.unalike) > 0 && get(f.unalike[0]) == get(f.unalike[1]) {
		r.wrong(line, f.unalike[1], msgBothTheSame, f.unalike[0], f.unalike[1])
	}
	return len(r.im.report.Errors) == before
}

func (r *rowReader) wrong(line int, column, format string, args ...any) {
	r.im.report.add(r.load.file, line, column, format, args...)
}
