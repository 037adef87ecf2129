package ledger

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"handover/internal/db"
	"handover/internal/record"
)

// Kind counts what an order changed of one kind.
type Kind struct {
	Kind    string `db:"kind"`
	Label   string `db:"-"`
	Records int64  `db:"records"` // records changed; one changed in several columns counts once per column
}

// Kinds counts an order's ledger by kind, in the order of Kinds.
func Kinds(ctx context.Context, q db.Querier, orderID int64) ([]Kind, error) {
	var list []Kind
	err := q.SelectContext(ctx, &list, `
		select kind, sum(cardinality(record_ids)) as records from transfer_ledger where order_id = $1
		group by kind`, orderID)
	if err != nil {
		return nil, fmt.Errorf("count the ledger: %w", err)
	}
	for i := range list {
		list[i].Label = record.LabelOf(list[i].Kind)
	}
	slices.SortFunc(list, func(a, b Kind) int {
		return cmp.Or(cmp.Compare(record.KindOrder(a.Kind), record.KindOrder(b.Kind)), cmp.Compare(a.Label, b.Label))
	})
	return list, nil
}

// Line is one changed value of one record. Column is empty for a record that
// was created (Before nil) or removed (After nil); the other side then is the row as
// JSON. References are shown as our numbers.
type Line struct {
	Cursor   string  `db:"cursor"` // place of the line, to page on from
	Kind     string  `db:"kind"`
	RecordID int64   `db:"record_id"`
	Number   string  `db:"number"`
	Column   string  `db:"column_name"`
	Before   *string `db:"before"`
	After    *string `db:"after"`
}

// Lines returns up to limit lines of the order's ledger after the cursor ("" for
// the first), of one kind or, with kind "", of all.
func Lines(ctx context.Context, q db.Querier, orderID int64, kind, cursor string, limit int) ([]Line, error) {
	chunk, place := int64(0), int64(0)
	if a, b, ok := strings.Cut(cursor, "."); ok { // one that was changed by hand begins at the first line
		chunk, _ = strconv.ParseInt(a, 10, 64)
		place, _ = strconv.ParseInt(b, 10, 64)
	}
	var list []Line
	err := q.SelectContext(ctx, &list, `
		select l.id || '.' || r.place as cursor, l.kind, r.record_id, l.column_name, r.before, r.after
		from transfer_ledger l
		cross join lateral `+record.UnfoldSQL("l", "before", "after")+`
		     with ordinality as r(record_id, before, after, place)
		where l.order_id = $1 and ($2 = '' or l.kind = $2) and l.id >= $3 and (l.id > $3 or r.place > $4)
		order by l.id, r.place limit $5`, orderID, kind, chunk, place, limit)
	if err != nil {
		return nil, fmt.Errorf("read the ledger: %w", err)
	}
	for i := range list {
		list[i].Before, list[i].After = readable(list[i].Column, list[i].Before),
			readable(list[i].Column, list[i].After)
	}
	return list, NumberLines(ctx, q, list)
}

// references are the columns whose values are ids, with the prefix of their numbers.
var references = map[string]string{
	"customer_id": record.CustomerPrefix, "successor_id": record.CustomerPrefix, "plan_id": record.PlanPrefix,
	"parent_subscription_id": record.SubscriptionPrefix, "subscription_id": record.SubscriptionPrefix,
	"source_id": "RS",
}

func readable(column string, value *string) *string {
	prefix, ok := references[column]
	if !ok || value == nil {
		return value
	}
	id, err := strconv.ParseInt(*value, 10, 64)
	if err != nil {
		return value
	}
	number := record.Number(prefix, id)
	return &number
}

// NumberLines fills in the numbers: made of the id, or the document's own.
func NumberLines(ctx context.Context, q db.Querier, list []Line) error {
	own := map[string][]int64{}
	for i := range list {
		line := &list[i]
		if k, ok := record.KindOf(line.Kind); ok && k.Prefix == "" {
			own[k.Table] = append(own[k.Table], line.RecordID)
			continue
		}
		line.Number = record.Number(record.PrefixOf(line.Kind), line.RecordID)
	}
	for table, ids := range own {
		var rows []struct {
			ID     int64  `db:"id"`
			Number string `db:"number"`
		}
		if err := q.SelectContext(ctx, &rows, fmt.Sprintf(`select id, number from %s where id = any($1)`, table),
			record.SQLValue(ids)); err != nil {
			return fmt.Errorf("read the numbers of the %s: %w", table, err)
		}
		for _, r := range rows {
			for i := range list {
				if record.TableOf(list[i].Kind) == table && list[i].RecordID == r.ID {
					list[i].Number = r.Number
				}
			}
		}
	}
	return nil
}
