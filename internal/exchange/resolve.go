package exchange

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// resolve makes load_* of stage_*: every reference is the id of a row now, and rows
// without an id of their own have found the one with their key.
func (im *importer) resolve(ctx context.Context) error {
	for _, l := range im.loads {
		if err := im.resolveFile(ctx, l); err != nil {
			return err
		}
		if err := im.dangling(ctx, l); err != nil {
			return err
		}
		if !l.id() && !l.many {
			if err := im.match(ctx, l); err != nil {
				return err
			}
		}
	}
	return nil
}

func (im *importer) resolveFile(ctx context.Context, l *load) error {
	columns, joins := "null::bigint as rec_id, true as is_new", ""
	if l.id() {
		columns, joins = "s.id, k.rec_id, k.is_new", " join {keys} k on k.line = s.line"
	}
	for i, c := range l.columns {
		value, join := im.resolved(c, fmt.Sprintf("k%d", i))
		columns += ", " + value + " as " + c.name
		joins += join
	}
	if _, err := im.exec(ctx, l.file, "create temp table {load} on commit drop as select s.line, s.bad, "+columns+
		" from {stage} s"+joins); err != nil {
		return err
	}
	if l.id() {
		if _, err := im.exec(ctx, l.file, "create unique index on {load} (rec_id)"); err != nil {
			return err
		}
	}
	_, err := im.exec(ctx, l.file, "analyze {load}")
	return err
}

// complete gives rows that are there already the values that they have in optional columns
// which the file lacks: every later stage finds them in the loaded row.
func (im *importer) complete(ctx context.Context) error {
	for _, l := range im.loads {
		if l.table == "" || l.many {
			continue
		}
		for _, name := range l.absent {
			_, err := im.exec(ctx, l.file, fmt.Sprintf(`update {load} l set %[1]s = t.%[2]s from {table} t
				where t.%[3]s = l.rec_id and not l.is_new
				  and l.%[1]s is distinct from t.%[2]s`, name, l.column(name).stored(), l.primary()))
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// resolved is the expression for a column's value, and the joins that it needs.
func (im *importer) resolved(c column, alias string) (value, joins string) {
	switch {
	case c.to != "":
		return im.row(im.declaration(c.to), "s."+c.name, alias, "")
	case c.by != "":
		var cases strings.Builder
		for _, kind := range sources {
			f := im.declaration(kind.file)
			value, join := im.row(f, "s."+c.name, alias+f.name, fmt.Sprintf("s.%s = '%s' and ", c.by, kind.kind))
			fmt.Fprintf(&cases, " when '%s' then %s", kind.kind, value)
			joins += join
		}
		return fmt.Sprintf("case s.%s%s end", c.by, cases.String()), joins
	}
	return "s." + c.name, ""
}

// row is the expression for the id of the row of a file that a text names.
func (im *importer) row(f *file, text, alias, condition string) (value, join string) {
	value = existing(f, text)
	if im.find(f.name) == nil {
		return value, ""
	}
	return fmt.Sprintf("coalesce(%s.rec_id, %s)", alias, value),
		fmt.Sprintf(" left join keys_%s %s on %s%s.id = %s", f.name, alias, condition, alias, text)
}

// dangling reports references to what there is not, to several documents, and of a
// row to itself.
func (im *importer) dangling(ctx context.Context, l *load) error {
	for _, c := range l.columns {
		if !c.refers() || im.unread(c) {
			continue
		}
		label := "document"
		wrong := `select s.line, s.` + c.name + ` from {stage} s join {load} l on l.line = s.line where s.` + c.name +
			` is not null`
		if c.to != "" {
			label = im.declaration(c.to).label
		} else {
			wrong += " and s." + c.by + " is not null"
		}
		wrong += " and l." + c.name
		if err := im.problems(ctx, l.file, c.name, "there is no "+label+" with the id or number %q",
			wrong+" is null"); err != nil {
			return err
		}
		if err := im.problems(ctx, l.file, c.name, "%q is the number of more than one "+label+"; write the id of one",
			wrong+" = 0"); err != nil {
			return err
		}
		if itself := l.itself(c); itself != "" {
			if err := im.problems(ctx, l.file, c.name, "the "+label+" refers to itself", `select line from {load}
				where `+itself+` = `+c.name); err != nil {
				return err
			}
		}
	}
	if len(im.report.Errors) == 0 {
		return nil
	}
	return im.spoil(ctx, l)
}

// itself returns the loaded column that a reference must not equal, "" if there is none.
func (f *file) itself(c column) string {
	switch {
	case c.to == f.name:
		return "rec_id"
	case !f.id() && c.name != f.key[0] && c.to != "" && f.column(f.key[0]).to == c.to:
		return f.key[0]
	}
	return ""
}

// unread reports whether a column refers to a file of which not every line was read.
func (im *importer) unread(c column) bool {
	return slices.ContainsFunc(im.loads, func(l *load) bool {
		return l.broken && (l.name == c.to || c.by != "")
	})
}

// spoil marks the rows whose references are wrong, so that no other rule trips over them.
func (im *importer) spoil(ctx context.Context, l *load) error {
	for _, c := range l.columns {
		if !c.refers() {
			continue
		}
		_, err := im.exec(ctx, l.file, fmt.Sprintf(`update {load} l set bad = true, %[1]s = null from {stage} s
			where s.line = l.line and s.%[1]s is not null and (l.%[1]s is null or l.%[1]s = 0)`, c.name))
		if err != nil {
			return err
		}
	}
	return nil
}

// match finds the rows that have the key already. A key twice in the file is a mistake.
func (im *importer) match(ctx context.Context, l *load) error {
	var keys, conditions []string
	for _, k := range l.key {
		keys = append(keys, k)
		conditions = append(conditions, fmt.Sprintf("t.%s = l.%s", l.column(k).stored(), k))
	}
	err := im.problems(ctx, l.file, l.key[0], "line %s has the same "+strings.Join(keys, ", "), fmt.Sprintf(`select
		d.line, d.earlier::text
		from (select line, min(line) over (partition by %s) as earlier from {load} where not bad) d
		where d.line > d.earlier`, strings.Join(keys, ", ")))
	if err != nil {
		return err
	}
	if err != nil || l.table == "" {
		return err
	}
	where := ""
	if l.where != "" {
		where = " and " + l.where
	}
	_, err = im.exec(ctx, l.file, `update {load} l set rec_id = t.`+l.primary()+`, is_new = false
		from {table} t where l.is_new and `+strings.Join(conditions, " and ")+where)
	return err
}

// current is an expression for a column of a row as it will be: as loaded, else as it is.
func (im *importer) current(name, column, id string) string {
	f := im.declaration(name)
	stored := fmt.Sprintf("(select x.%s from %s x where x.id = %s)", column, f.table, id)
	if im.find(name) == nil {
		return stored
	}
	return fmt.Sprintf("coalesce((select x.%s from load_%s x where x.rec_id = %s), %s)", column, name, id, stored)
}

// called is an expression for what the files call a row: its outside id, else our number.
func (im *importer) called(f *file, id string) string {
	name := fmt.Sprintf("(select %s from %s x where x.id = %s)", known(f, "x"), f.table, id)
	if im.find(f.name) == nil {
		return name
	}
	return fmt.Sprintf("coalesce((select x.id from load_%s x where x.rec_id = %s), %s)", f.name, id, name)
}
