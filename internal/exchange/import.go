package exchange

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/jmoiron/sqlx"

	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/fault"
)

// Options say how an import is to be done.
type Options struct {
	DryRun   bool        // check everything and keep nothing
	MaxBytes int64       // of all files together, unpacked; 0 = no limit
	MaxRows  int         // of all files together; 0 = no limit
	Actor    audit.Actor // who does it, for the audit log
	Override Override    // what of the rules of the books it may pass over

	// RateReason is why exchange rates differ so much from the last ones of their pairs;
	// "" = such rates are mistakes.
	RateReason string
}

// Import loads the CSV files of a directory or an opened archive: all or nothing. If the
// files have mistakes, the report lists them as errors, and the returned error says that
// nothing was imported.
func Import(ctx context.Context, pool *sqlx.DB, src fs.FS, opts Options) (Report, error) {
	if err := opts.Override.check(); err != nil {
		return Report{}, err
	}
	in, err := openSource(src, opts.MaxBytes)
	if err != nil {
		return Report{}, err
	}
	im := &importer{
		rows:     rowsLeft{limit: opts.MaxRows},
		declared: files(), report: Report{DryRun: opts.DryRun}, override: opts.Override,
		rates: rateCheck{reason: strings.TrimSpace(opts.RateReason)},
	}
	if err := im.rates.check(); err != nil {
		return im.report, err
	}
	if err := im.refuse(in.unknown(im.declared)); err != nil {
		return im.report, err
	}
	ctx = db.PlannedAnew(db.WithLimits(ctx, db.WorkLimits))
	err = db.InTx(ctx, pool, func(tx *sqlx.Tx) error {
		im.tx = tx
		if err := im.run(ctx, in, opts); err != nil {
			return err
		}
		if opts.DryRun {
			return errDryRun
		}
		return nil
	})
	if errors.Is(err, errDryRun) {
		return im.report, nil
	}
	return im.report, err
}

// Actions in the audit log.
const (
	actionImport   = "import"
	actionExport   = "export"
	actionOverride = "import.override"
)

// errDryRun ends the transaction of an import that is to keep nothing.
var errDryRun = errors.New("dry run")

// importer is one import while it runs.
type importer struct {
	tx       *sqlx.Tx
	declared []file
	loads    []*load // the files that there are, in the order of loading
	report   Report
	past     past
	rates    rateCheck
	override Override
	rows     rowsLeft
}

// rowsLeft counts the rows of all files.
type rowsLeft struct{ limit, read int }

// take counts one more row; one too many is a TooLarge fault.
func (r *rowsLeft) take() error {
	if r.read++; r.limit > 0 && r.read > r.limit {
		return fault.New(fault.TooLarge, msgTooManyRows, r.limit)
	}
	return nil
}

// load is one file while it is imported.
type load struct {
	*file
	read, added, updated int
	warned               int
	kept                 bool     // there is a table kept_*: what transfers wrote of its rows
	broken               bool     // not every line could be read
	absent               []string // the optional columns that the file lacks
}

// find returns the load of a file, nil if the file is not there.
func (im *importer) find(name string) *load {
	for _, l := range im.loads {
		if l.name == name {
			return l
		}
	}
	return nil
}

// declaration returns the file of that name; it must exist.
func (im *importer) declaration(name string) *file {
	for i := range im.declared {
		if im.declared[i].name == name {
			return &im.declared[i]
		}
	}
	panic("exchange: there is no file " + name)
}

// run is the order of things; each stage loops over the files.
func (im *importer) run(ctx context.Context, in *source, opts Options) error {
	if err := im.one(ctx); err != nil {
		return err
	}
	if err := im.stageAll(ctx, in); err != nil {
		return err
	}
	if im.report.More {
		return im.report.err(im.declared)
	}
	stages := []func(context.Context) error{
		im.identify, im.number, im.resolve, im.complete, im.lock, im.keep, im.redirect, im.check, im.checkRates,
		im.checkBooks,
	}
	for _, stage := range stages {
		if err := stage(ctx); err != nil {
			return err
		}
	}
	if err := im.report.err(im.declared); err != nil {
		return err
	}
	for _, stage := range []func(context.Context) error{
		im.beforeIssue, im.writeAll, im.afterIssue, im.linkRecognition,
		im.checkWritten, im.keptOpen,
	} {
		if err := stage(ctx); err != nil {
			return err
		}
	}
	if err := im.report.err(im.declared); err != nil {
		return err
	}
	im.count()
	if err := im.account(ctx); err != nil {
		return err
	}
	if err := im.rates.note(ctx, im.tx, opts.Actor); err != nil {
		return err
	}
	return audit.Append(ctx, im.tx, audit.Entry{
		Actor: opts.Actor, Action: actionImport, SubjectKind: "files",
		After: im.report.kept(),
	})
}

// refuse reports files that are none of ours.
func (im *importer) refuse(names []string) error {
	for _, name := range names {
		f := &file{name: strings.TrimSuffix(name, ".csv")}
		im.report.add(f, 0, "", msgUnknownFile)
		im.report.Errors[len(im.report.Errors)-1].File = name
	}
	return im.report.err(im.declared)
}

// one makes imports wait for each other: two that bring the same new ids would
// collide. Brands are what nothing else writes often. Compiling queries takes longer
// here than running them.
func (im *importer) one(ctx context.Context) error {
	if _, err := im.tx.ExecContext(ctx, `lock table brands in share row exclusive mode`); err != nil {
		return fmt.Errorf("wait for another import: %w", err)
	}
	if _, err := im.tx.ExecContext(ctx, `set local jit = off`); err != nil {
		return fmt.Errorf("prepare the import: %w", err)
	}
	return nil
}

// count fills the report from the loads.
func (im *importer) count() {
	im.report.Files = nil
	for _, l := range im.loads {
		im.report.Files = append(im.report.Files, FileReport{
			File: l.csv(), Read: l.read, Added: l.added, Updated: l.updated, Unchanged: l.read - l.added - l.updated,
			Warned: l.warned,
		})
	}
}

// sqlFor writes the names of a file's tables into a statement.
func sqlFor(f *file, statement string) string {
	return strings.NewReplacer(
		"{table}", f.table, "{file}", f.name,
		"{stage}", "stage_"+f.name, "{keys}", "keys_"+f.name, "{load}", "load_"+f.name, "{kept}", "kept_"+f.name,
	).Replace(statement)
}

// exec runs a statement about a file and returns how many rows it touched.
func (im *importer) exec(ctx context.Context, f *file, statement string) (int, error) {
	result, err := im.tx.ExecContext(ctx, sqlFor(f, statement))
	if err != nil {
		return 0, fmt.Errorf("import %s: %w", f.csv(), err)
	}
	n, err := result.RowsAffected()
	return int(n), err
}

// problems notes an error for every row of a query that returns a line and up to
// three texts for the message.
func (im *importer) problems(ctx context.Context, f *file, column, message, query string) error {
	rows, err := im.tx.QueryxContext(ctx, sqlFor(f, query)+fmt.Sprintf(" order by 1 limit %d", MaxErrors+1))
	if err != nil {
		return fmt.Errorf("check %s: %w", f.csv(), err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		values, err := rows.SliceScan()
		if err != nil {
			return fmt.Errorf("check %s: %w", f.csv(), err)
		}
		line, _ := values[0].(int64)
		im.report.add(f, int(line), column, message, texts(values[1:])...)
	}
	return rows.Err()
}

// texts turns what the driver returns into arguments for a message.
func texts(values []any) []any {
	for i, v := range values {
		if b, ok := v.([]byte); ok {
			values[i] = string(b)
		}
	}
	return values
}
