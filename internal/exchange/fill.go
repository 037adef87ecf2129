package exchange

import (
	"context"
	"fmt"
	"io/fs"
	"iter"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"

	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/fault"
)

// Fill copies files straight into the tables of a database that holds no data yet, all or
// nothing: it is for data that was made by rule and is too much for an Import. It reads
// one batch of files after the other and keeps no more than one in memory. A batch refers
// to its own rows and to the catalog files of those before it. Mistakes on a line are
// found as Import finds them, those that span lines only as far as the database's
// constraints see them. After each batch it calls show with the counts so far.
func Fill(ctx context.Context, pool *sqlx.DB, batches iter.Seq2[fs.FS, error], opts Options,
	show func(Report),
) (Report, error) {
	f := &filler{importer: importer{declared: files()}, ids: map[string]map[string]int64{}}
	for i := range f.declared {
		f.loads = append(f.loads, &load{file: &f.declared[i]})
	}
	err := db.InTx(ctx, pool, func(tx *sqlx.Tx) error {
		f.tx = tx
		if err := f.begin(ctx); err != nil {
			return err
		}
		for files, err := range batches {
			if err != nil {
				return err
			}
			if err := f.add(ctx, files); err != nil {
				return err
			}
			if f.count(); show != nil {
				show(f.report)
			}
		}
		if err := f.end(ctx); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{
			Actor: opts.Actor, Action: actionImport, SubjectKind: "files",
			After: f.report.kept(),
		})
	})
	if err != nil {
		return f.report, err
	}
	return f.report, f.tidy(ctx, pool)
}

// filler is one Fill while it runs. Only the rows and sums of one batch are in it.
type filler struct {
	importer
	ids   map[string]map[string]int64 // by file: the id of the row with an outside id
	batch map[string]*rows            // by file
	kept  sums
}

// rows are what a batch has of a file.
type rows struct {
	place map[string]int // of each column in a row
	list  [][]any        // the line, whether it is bad, and the columns
}

// at returns a value of a row.
func (r *rows) at(row []any, column string) any { return row[r.place[column]] }

// begin takes the database for itself. The triggers that keep sums of other rows would
// write every document again: here the sums come with the documents.
func (f *filler) begin(ctx context.Context) error {
	if err := f.one(ctx); err != nil {
		return err
	}
	for _, l := range f.loads {
		if l.table == "" {
			continue
		}
		var used bool
		if err := f.tx.GetContext(ctx, &used, sqlFor(l.file, `select exists (select 1 from {table})`)); err != nil {
			return fmt.Errorf("look whether %s is empty: %w", l.table, err)
		}
		if used {
			return fault.New(fault.Conflict, msgNotEmpty, l.table)
		}
	}
	return f.triggers(ctx, "disable")
}

func (f *filler) triggers(ctx context.Context, what string) error {
	for _, table := range summing() {
		if _, err := f.tx.ExecContext(ctx, "alter table "+table+" "+what+" trigger user"); err != nil {
			return fmt.Errorf("%s the triggers of %s: %w", what, table, err)
		}
	}
	return nil
}

// end lets the database go on from what there is.
func (f *filler) end(ctx context.Context) error {
	if err := f.triggers(ctx, "enable"); err != nil {
		return err
	}
	for _, l := range f.loads {
		if l.id() && l.added > 0 {
			if _, err := f.exec(ctx, l.file, `select setval(pg_get_serial_sequence('{table}', 'id'),
				(select max(id) from {table}))`); err != nil {
				return err
			}
		}
	}
	_, err := f.tx.ExecContext(ctx, `update journal_lines l
		set counterparty_entity = coalesce(nullif(d.legal_entity, ''), d.name) from distributors d
		where d.id = l.counterparty_distributor_id`)
	if err != nil {
		return fmt.Errorf("name the other side of journal lines: %w", err)
	}
	return f.linkRecognition(ctx)
}

// tidy writes down what the first readers would have to find out row by row.
func (f *filler) tidy(ctx context.Context, pool *sqlx.DB) error {
	for _, l := range f.loads {
		if l.added < many || l.table == "" {
			continue
		}
		if _, err := pool.ExecContext(ctx, "vacuum (analyze) "+l.table); err != nil {
			return fmt.Errorf("analyze %s: %w", l.table, err)
		}
	}
	return nil
}

// add reads a batch and copies it into the tables.
func (f *filler) add(ctx context.Context, src fs.FS) error {
	in, err := openSource(src, 0)
	if err != nil {
		return err
	}
	if err := f.refuse(in.unknown(f.declared)); err != nil {
		return err
	}
	f.batch, f.kept = map[string]*rows{}, sums{}
	for _, l := range f.loads {
		if slices.Contains(in.names, l.csv()) {
			if err := f.read(in, l); err != nil {
				return err
			}
		}
	}
	for _, l := range f.loads {
		if b := f.batch[l.name]; b != nil && len(b.list) > 0 && len(f.report.Errors) == 0 {
			if err := f.copyOut(ctx, l, b); err != nil {
				return fmt.Errorf("fill %s: %w", l.csv(), err)
			}
		}
	}
	if err := f.report.err(f.declared); err != nil {
		return err
	}
	if err := f.issue(ctx); err != nil {
		return err
	}
	f.forget()
	return nil
}

// read takes a file into memory, gives its rows their ids and sums up its amounts.
func (f *filler) read(in *source, l *load) error {
	body, err := in.open(l.csv())
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	b := &rows{place: map[string]int{}}
	for i, c := range f.columnsOf(l.file) {
		b.place[c.name] = i + 2
	}
	f.batch[l.name] = b
	err = f.eachRow(l, body, func(args []any) error {
		if args[1] == true { // it is reported
			return nil
		}
		b.list = append(b.list, slices.Clone(args))
		return f.kept.add(l.name, b, args)
	})
	if err != nil {
		return fmt.Errorf("read %s: %w", l.csv(), err)
	}
	if l.id() {
		f.number(l, b)
	}
	return nil
}

// number gives the rows the ids that follow on those given before.
func (f *filler) number(l *load, b *rows) {
	if f.ids[l.name] == nil {
		f.ids[l.name] = map[string]int64{}
	}
	for n, row := range b.list {
		id, _ := b.at(row, "id").(string)
		line, _ := row[0].(int64)
		switch {
		case strings.HasPrefix(id, l.prefix+"-"):
			f.report.add(l.file, int(line), "id", msgFormOfOwnNumbers, id)
		case f.ids[l.name][id] > 0:
			f.report.add(l.file, int(line), "id", msgIDExists, id)
		default:
			f.ids[l.name][id] = int64(l.added + n + 1)
		}
	}
}

// forget keeps of the ids only those that later batches may name.
func (f *filler) forget() {
	for name := range f.ids {
		if !slices.ContainsFunc(catalogFiles, func(c file) bool { return c.name == name }) {
			delete(f.ids, name)
		}
	}
	f.batch, f.kept = nil, nil
}
