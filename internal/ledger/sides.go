package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"handover/internal/accounts"
	"handover/internal/db"
	"handover/internal/record"
)

// ownerStatements say, per ledgered kind, to which distributor one of its records belongs:
// a statement of id and distributor_id over the ids $1. Kinds that travel with a
// subscription have none: the value before is the source's, the value after the target's.
func ownerStatements() map[string]string {
	owners := map[string]string{
		"customer": `select id, distributor_id from customers where id = any($1)`,
		"plan":     `select id, distributor_id from plans where id = any($1)`,
		"plan_resource": `select r.id, p.distributor_id from plan_resources r join plans p on p.id = r.plan_id
			where r.id = any($1)`,
		"payment_allocation": `select t.id, c.distributor_id from payment_allocations t
			join payments p on p.id = t.payment_id
			join customers c on c.id = p.customer_id where t.id = any($1)`,
		"credit_allocation": `select t.id, c.distributor_id from credit_allocations t
			join credit_memos m on m.id = t.credit_memo_id
			join customers c on c.id = m.customer_id where t.id = any($1)`,
		"journal_line": `select l.id, e.distributor_id from journal_lines l
			join journal_entries e on e.id = l.entry_id where l.id = any($1)`,
	}
	owners["recognition_line"] = `select t.id, e.distributor_id from recognition_lines t
		join journal_entries e on e.id = t.entry_id where t.id = any($1)`
	for _, table := range []string{"former_id", "contact", "payment_method", "terms_acceptance"} {
		owners[table] = fmt.Sprintf(`select t.id, c.distributor_id from %s t
			join customers c on c.id = t.customer_id where t.id = any($1)`, record.TableOf(table))
	}
	for _, k := range record.Kinds {
		if k.Moves[record.Distributor] == "" {
			owners[k.Name] = fmt.Sprintf(`select distinct t.id, c.distributor_id from %s t
				join customers c on c.id = t.customer_id where t.id = any($1)`, k.View)
		}
	}
	return owners
}

// travels reports whether records of the kind go from one side to the other.
func travels(kind string) bool {
	if k, ok := record.KindOf(kind); ok {
		return k.Moves[record.Distributor] != ""
	}
	return slices.Contains([]string{"service_user", "service_user_subscription", "subscription_continuation"}, kind)
}

// View is the ledger of an order for a reader.
type View struct {
	Whole          bool // the reader sees both sides of the order
	Source, Target bool // which of them the reader sees
	Scope          accounts.Scope
	Journal        bool // the reader may read the journal (identity.JournalRead)
}

// ofJournal are the kinds of lines that show the journal.
var ofJournal = []string{"journal_entry", "journal_line", "recognition_line"}

// keeps reports whether the reader may read lines of the kind at all.
func (v View) keeps(kind string) bool { return v.Journal || !slices.Contains(ofJournal, kind) }

// Lines is the package's Lines for the reader. It leaves out lines of records that belong to another
// distributor, and of a record that went from one side to the other it hides the other side's value;
// record.ShownToOneSide says which columns are left.
func (v View) Lines(ctx context.Context, q db.Querier, orderID int64, kind, cursor string, limit int) ([]Line, error) {
	if v.Whole && v.Journal {
		return Lines(ctx, q, orderID, kind, cursor, limit)
	}
	var seen []int64
	if !v.Whole {
		var err error
		if seen, err = v.Scope.IDs(ctx, q); err != nil {
			return nil, err
		}
	}
	var out []Line
	for {
		lines, err := Lines(ctx, q, orderID, kind, cursor, limit)
		if err != nil || len(lines) == 0 {
			return out, err
		}
		own, err := v.own(ctx, q, seen, lines)
		if err != nil {
			return nil, err
		}
		out = append(out, own...)
		if len(out) >= limit {
			return out[:limit], nil
		}
		if len(lines) < limit {
			return out, nil
		}
		cursor = lines[len(lines)-1].Cursor
	}
}

// Kinds is the package's Kinds for the reader.
func (v View) Kinds(ctx context.Context, q db.Querier, orderID int64) ([]Kind, error) {
	kinds, err := Kinds(ctx, q, orderID)
	kinds = slices.DeleteFunc(kinds, func(k Kind) bool { return !v.keeps(k.Kind) })
	if err != nil || v.Whole {
		return kinds, err
	}
	var out []Kind
	for _, k := range kinds {
		k.Records = 0
		for cursor := ""; ; {
			lines, err := v.Lines(ctx, q, orderID, k.Kind, cursor, countStep)
			if err != nil {
				return nil, err
			}
			k.Records += int64(len(lines))
			if len(lines) < countStep {
				break
			}
			cursor = lines[len(lines)-1].Cursor
		}
		if k.Records > 0 {
			out = append(out, k)
		}
	}
	return out, nil
}

// countStep is how many lines are counted at once.
const countStep = 5000

// own keeps what a reader of one side may see.
func (v View) own(ctx context.Context, q db.Querier, seen []int64, lines []Line) ([]Line, error) {
	lines = slices.DeleteFunc(slices.Clone(lines), func(l Line) bool { return !v.keeps(l.Kind) })
	if v.Whole {
		return lines, nil
	}
	owners, err := ownersOf(ctx, q, lines)
	if err != nil {
		return nil, err
	}
	var out []Line
	for _, l := range lines {
		created, removed := l.Column == "" && l.Before == nil, l.Column == "" && l.After == nil
		switch {
		case !travels(l.Kind):
			if owner, known := owners[l.Kind][l.RecordID]; !known || !slices.Contains(seen, owner) {
				continue
			}
		case created && !v.Target, removed && !v.Source:
			continue
		case l.Column != "":
			if !v.Source {
				l.Before = another()
			}
			if !v.Target {
				l.After = another()
			}
		}
		if l.Before, err = shown(l, l.Before); err != nil {
			return nil, err
		}
		if l.After, err = shown(l, l.After); err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, nil
}

// shown is a value of the line as a reader of one side may see it: of a row its declared columns.
func shown(l Line, value *string) (*string, error) {
	switch {
	case value == nil, l.Column != "" && record.ShownToOneSide(l.Kind, l.Column):
		return value, nil
	case l.Column != "":
		return another(), nil
	}
	var row map[string]json.RawMessage
	if err := json.Unmarshal([]byte(*value), &row); err != nil {
		return nil, fmt.Errorf("read the row of %s %d: %w", l.Kind, l.RecordID, err)
	}
	for column := range row {
		if !record.ShownToOneSide(l.Kind, column) {
			delete(row, column)
		}
	}
	text, err := json.Marshal(row)
	if err != nil {
		return nil, fmt.Errorf("write the row of %s %d: %w", l.Kind, l.RecordID, err)
	}
	kept := string(text)
	return &kept, nil
}

func another() *string {
	word := accounts.Another
	return &word
}

// ownersOf reads to whom the records of the lines belong, by kind and id.
func ownersOf(ctx context.Context, q db.Querier, lines []Line) (map[string]map[int64]int64, error) {
	ids := map[string][]int64{}
	for _, l := range lines {
		if !travels(l.Kind) {
			ids[l.Kind] = append(ids[l.Kind], l.RecordID)
		}
	}
	statements, owners := ownerStatements(), map[string]map[int64]int64{}
	for kind, list := range ids {
		statement, ok := statements[kind]
		if !ok { // the kind has no owner: hidden
			continue
		}
		var rows []struct {
			ID          int64 `db:"id"`
			Distributor int64 `db:"distributor_id"`
		}
		if err := q.SelectContext(ctx, &rows, statement, record.SQLValue(list)); err != nil {
			return nil, fmt.Errorf("read to whom the %s records belong: %w", kind, err)
		}
		owners[kind] = map[int64]int64{}
		for _, r := range rows {
			owners[kind][r.ID] = r.Distributor
		}
	}
	return owners, nil
}
