package order

import (
	"context"
	"fmt"
	"regexp"
	"slices"

	"handover/internal/accounts"
	"handover/internal/db"
	"handover/internal/ledger"
	"handover/internal/record"
)

// ledgerOwners say, per ledgered kind, to which distributor one of its records belongs:
// a statement of id and distributor_id over the ids $1. Kinds that travel with a
// subscription have none: the value before is the source's, the value after the target's.
func ledgerOwners() map[string]string {
	owners := map[string]string{
		"customer":      `select id, distributor_id from customers where id = any($1)`,
		"plan":          `select id, distributor_id from plans where id = any($1)`,
		"plan_resource": `select r.id, p.distributor_id from plan_resources r join plans p on p.id = r.plan_id where r.id = any($1)`,
		"payment_allocation": `select t.id, c.distributor_id from payment_allocations t join payments p on p.id = t.payment_id
			join customers c on c.id = p.customer_id where t.id = any($1)`,
		"credit_allocation": `select t.id, c.distributor_id from credit_allocations t join credit_memos m on m.id = t.credit_memo_id
			join customers c on c.id = m.customer_id where t.id = any($1)`,
		"journal_line": `select l.id, e.distributor_id from journal_lines l join journal_entries e on e.id = l.entry_id where l.id = any($1)`,
	}
	owners["recognition_line"] = `select t.id, e.distributor_id from recognition_lines t join journal_entries e on e.id = t.entry_id where t.id = any($1)`
	for _, table := range []string{"former_id", "contact", "payment_method", "terms_acceptance"} {
		owners[table] = fmt.Sprintf(`select t.id, c.distributor_id from %s t join customers c on c.id = t.customer_id where t.id = any($1)`, record.TableOf(table))
	}
	for _, k := range record.Kinds {
		if k.Moves[record.Distributor] == "" {
			owners[k.Name] = fmt.Sprintf(`select distinct t.id, c.distributor_id from %s t join customers c on c.id = t.customer_id where t.id = any($1)`, k.View)
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

// LedgerLinesFor is LedgerLines for a reader of these sides. It leaves out lines of
// records that belong to another distributor, and of a record that went from one side to
// the other it hides the other side's value.
func LedgerLinesFor(ctx context.Context, q db.Querier, scope accounts.Scope, sides Sides, orderID int64, kind, cursor string, limit int) ([]ledger.Line, error) {
	if sides.Whole {
		return ledger.Lines(ctx, q, orderID, kind, cursor, limit)
	}
	seen, err := scope.IDs(ctx, q)
	if err != nil {
		return nil, err
	}
	var out []ledger.Line
	for {
		lines, err := ledger.Lines(ctx, q, orderID, kind, cursor, limit)
		if err != nil || len(lines) == 0 {
			return out, err
		}
		own, err := ownLines(ctx, q, seen, sides, lines)
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

// LedgerKindsFor is LedgerKinds for a reader of these sides.
func LedgerKindsFor(ctx context.Context, q db.Querier, scope accounts.Scope, sides Sides, orderID int64) ([]ledger.Kind, error) {
	kinds, err := ledger.Kinds(ctx, q, orderID)
	if err != nil || sides.Whole {
		return kinds, err
	}
	var out []ledger.Kind
	for _, k := range kinds {
		k.Records = 0
		for cursor := ""; ; {
			lines, err := LedgerLinesFor(ctx, q, scope, sides, orderID, k.Kind, cursor, ledgerStep)
			if err != nil {
				return nil, err
			}
			k.Records += int64(len(lines))
			if len(lines) < ledgerStep {
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

// ledgerStep is how many lines are counted at once.
const ledgerStep = 5000

// ownLines keeps what a reader of one side may see.
func ownLines(ctx context.Context, q db.Querier, seen []int64, sides Sides, lines []ledger.Line) ([]ledger.Line, error) {
	owners, err := ownersOf(ctx, q, lines)
	if err != nil {
		return nil, err
	}
	var out []ledger.Line
	for _, l := range lines {
		created, removed := l.Column == "" && l.Before == nil, l.Column == "" && l.After == nil
		switch {
		case !travels(l.Kind):
			if owner, known := owners[l.Kind][l.RecordID]; !known || !slices.Contains(seen, owner) {
				continue
			}
		case created && !sides.Target, removed && !sides.Source:
			continue
		case l.Column != "":
			if !sides.Source {
				l.Before = text(Another)
			}
			if !sides.Target {
				l.After = text(Another)
			}
		}
		if l.Column == "successor_id" && !sides.Target {
			l.After = text(Another)
		}
		if created {
			l.After = veiled(l.After)
		}
		out = append(out, l)
	}
	return out, nil
}

// ownersOf reads to whom the records of the lines belong, by kind and id.
func ownersOf(ctx context.Context, q db.Querier, lines []ledger.Line) (map[string]map[int64]int64, error) {
	ids := map[string][]int64{}
	for _, l := range lines {
		if !travels(l.Kind) {
			ids[l.Kind] = append(ids[l.Kind], l.RecordID)
		}
	}
	statements, owners := ledgerOwners(), map[string]map[int64]int64{}
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

// namedInRow is the text of a memo or journal entry within a row as JSON, which names the
// other side.
var namedInRow = regexp.MustCompile(`Balance carried (to|from) (?:[^"\\]|\\.)* by (TO-\d+)(?:, intercompany with (?:[^"\\]|\\.)*)?`)

// originInRow is the distributor of the document that a memo carries, within its row as JSON.
var originInRow = regexp.MustCompile(`"origin_distributor_id": ?\d+`)

// The other side as a journal line names it, within its row as JSON.
var (
	otherInRow  = regexp.MustCompile(`"counterparty_distributor_id": ?\d+`)
	entityInRow = regexp.MustCompile(`"counterparty_entity": ?"(?:[^"\\]|\\.)*"`)
)

// givenInRow is what the other side gave and at which rate, as a journal line keeps it.
var givenInRow = regexp.MustCompile(`"(original_amount|original_currency|rate)": ?(?:"[^"]*"|[-+.0-9eE]+)`)

func veiled(row *string) *string {
	if row == nil {
		return nil
	}
	named := namedInRow.ReplaceAllString(*row, "Balance carried $1 "+Another+" by $2")
	named = otherInRow.ReplaceAllString(named, `"counterparty_distributor_id": null`)
	named = givenInRow.ReplaceAllString(named, `"$1": null`)
	named = entityInRow.ReplaceAllString(named, `"counterparty_entity": "`+Another+`"`)
	return text(originInRow.ReplaceAllString(named, `"origin_distributor_id": null`))
}

func text(s string) *string { return &s }
