package exchange

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"handover/internal/audit"
	"handover/internal/fault"
)

// Override lets an import through that the books refuse (docs/import.md, "Closed periods
// and issued documents"): the zero value lets nothing through. The caller of Import checks
// that By holds the privilege books.override.
type Override struct {
	IntoClosed bool        // write into periods that were closed before the import
	Amend      bool        // change issued documents
	Reason     string      // why, required with either
	By         audit.Actor // who answers for it, required with either
}

// longestReason is how long the reason of an override may be, in characters.
const longestReason = 500

// check refuses an override that does not say why, or who answers for it.
func (o *Override) check() error {
	if !o.given() {
		return nil
	}
	o.Reason = strings.TrimSpace(o.Reason)
	switch n := utf8.RuneCountInString(o.Reason); {
	case n == 0:
		return fault.InvalidField("reason", msgSayWhyBooksMay)
	case n > longestReason:
		return fault.InvalidField("reason", msgReasonCharactersMostAllowed, n, longestReason)
	case o.By.ID == 0:
		return fault.InvalidField("by", msgNameStaffMemberWho)
	}
	return nil
}

func (o *Override) given() bool { return o.IntoClosed || o.Amend }

// guard is a rule that only an override lets through.
type guard struct {
	code   string              // written behind each error
	wayOut string              // the override, in the words of the panel and the command line
	passes func(Override) bool // whether the override lets it through
	says   func(l *load, b breach) string
}

// guarded is a query for what breaks a guard's rule: it selects the columns of a breach, with
// is_now for is, and document, the id of the document that changes.
type guarded struct {
	guard
	table string // holds the records that the query names
	kind  string // of the documents, "" = the query names none
	query string
}

// breach is one value of a file that breaks a guard's rule.
type breach struct {
	Line   int    `db:"line"`
	Record int64  `db:"record"` // of the row that the audit log shows
	Column string `db:"column_name"`
	Reason string `db:"reason"` // which sentence
	Was    string `db:"was"`
	Is     string `db:"is"`
	Number string `db:"number"` // of the document
	Order  string `db:"order_number"`
	Period string `db:"period"` // "2025-01-01 to 2025-12-31"
	Seller string `db:"seller"` // the distributor whose period it is
}

// checkBooks holds the files against the rules that an override can pass over. A void that
// it lets through counts for the periods as well.
func (im *importer) checkBooks(ctx context.Context) error {
	if im.override.given() {
		if _, err := im.tx.ExecContext(ctx, overriddenSQL); err != nil {
			return fmt.Errorf("prepare the override: %w", err)
		}
	}
	if err := im.checkIssued(ctx); err != nil {
		return err
	}
	return im.checkClosed(ctx)
}

// enforce reports what breaks the rule, or notes it for the audit log where the override lets
// it through.
func (im *importer) enforce(ctx context.Context, l *load, g guarded) error {
	if g.passes(im.override) {
		return im.note(ctx, l, g)
	}
	var list []breach
	query := fmt.Sprintf(`select line, record, column_name, reason, coalesce(was, '') as was,
		coalesce(is_now, '') as is, coalesce(number, '') as number, coalesce(order_number, '') as order_number,
		coalesce(period, '') as period, coalesce(seller, '') as seller
		from (%s) q order by line, column_name, reason desc limit %d`, sqlFor(l.file, g.query), MaxErrors+1)
	if err := im.tx.SelectContext(ctx, &list, query); err != nil {
		return fmt.Errorf("check %s: %w", l.csv(), err)
	}
	for _, b := range list {
		im.report.add(l.file, b.Line, b.Column, "%s, or %s (%s)", g.says(l, b), g.wayOut, g.code)
	}
	return nil
}

// overriddenSQL holds the rows that an override lets through, as they were, and the documents
// that change with them.
const overriddenSQL = `create temp table overridden (
	place text, source text, record bigint, code text, kind text, document bigint, before jsonb) on commit drop`

// note keeps the rows as they are now.
func (im *importer) note(ctx context.Context, l *load, g guarded) error {
	_, err := im.exec(ctx, l.file, fmt.Sprintf(`insert into overridden
		select '%s:' || min(line), '%s', record, '%s', '%s', document, %s from (%s) q group by record, document`,
		l.csv(), g.table, g.code, g.kind, rowSQL(g.table, "record"), sqlFor(l.file, g.query)))
	return err
}

// wholes are the tables whose rows are shown with the rows that depend on them.
var wholes = map[string]struct{ table, by string }{
	"invoices":        {"invoice_lines", "invoice_id"},
	"journal_entries": {"journal_lines", "entry_id"},
}

// ownColumns are columns that only Handover writes.
const ownColumns = `'{issued_hash,amount_amended_after,account_distributor_id}'::text[]`

// rowSQL is an expression for a row as JSON, with the lines of a document or an entry.
func rowSQL(table, id string) string {
	lines := ""
	if w, ok := wholes[table]; ok {
		lines = fmt.Sprintf(` || jsonb_build_object('lines',
			(select jsonb_agg(to_jsonb(y) order by y.id) from %s y where y.%s = x.id))`, w.table, w.by)
	}
	return fmt.Sprintf(`(select to_jsonb(x) - %s%s from %s x where x.id = %s)`, ownColumns, lines, table, id)
}

// account writes the audit entry of an override: every row that it let through, before and
// after. Where nothing needed it, there is none.
func (im *importer) account(ctx context.Context) error {
	if !im.override.given() {
		return nil
	}
	var tables []string
	if err := im.tx.SelectContext(ctx, &tables, `select distinct source from overridden order by 1`); err != nil {
		return fmt.Errorf("read what was overridden: %w", err)
	}
	if len(tables) == 0 {
		return nil
	}
	after := "case source"
	for _, table := range tables {
		after += fmt.Sprintf(" when '%s' then %s", table, rowSQL(table, "o.record"))
	}
	var rows struct{ Codes, Before, After string }
	err := im.tx.GetContext(ctx, &rows, `
		select string_agg(distinct code, ', ') as codes,
		       jsonb_object_agg(place, before)::text as before, jsonb_object_agg(place, after)::text as after
		from (select o.place, o.code, o.before, `+after+` end as after from overridden o) o`)
	if err != nil {
		return fmt.Errorf("read the rows that were overridden: %w", err)
	}
	return audit.Append(ctx, im.tx, audit.Entry{
		Actor: im.override.By, Action: actionOverride, SubjectKind: "files",
		Before: map[string]any{"rows": json.RawMessage(rows.Before)},
		After:  map[string]any{"rows": json.RawMessage(rows.After), "reason": im.override.Reason, "codes": rows.Codes},
	})
}
