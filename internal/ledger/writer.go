package ledger

import (
	"context"
	"fmt"
	"slices"

	"github.com/lib/pq"

	"handover/internal/db"
	"handover/internal/record"
)

// Writer rewrites and creates records for one order, and writes each value before into its ledger.
type Writer struct {
	OrderID int64
	Moved   func(records int64) // is called with how many records changed owner; never nil
}

// Apply runs a change slice by slice on the records that find selects, and returns how
// many it rewrote. What it found it must rewrite: a record that slips away is an error.
func (w Writer) Apply(ctx context.Context, q db.Querier, c Change, find string, values record.Args) (int64, error) {
	values["order"] = w.OrderID
	text, list := record.Bind(find, values)
	var ids []int64
	if err := q.SelectContext(ctx, &ids, text, list...); err != nil {
		return 0, fmt.Errorf("find the %s records to rewrite: %w", c.Kind, err)
	}
	statement := changeSQL(c)
	if c.Column == "customer_id" {
		statement = moveSQL(c)
	}
	for slice := range slices.Chunk(ids, sliceSize) {
		values["ids"] = slice
		text, list := record.Bind(statement, values)
		var done int
		if err := q.GetContext(ctx, &done, text, list...); err != nil {
			return 0, fmt.Errorf("rewrite %s of the %s records: %w", c.Column, c.Kind, err)
		}
		if done != len(slice) {
			return 0, fmt.Errorf("rewrite %s of the %s records: %d were found and %d rewritten", c.Column, c.Kind,
				len(slice), done)
		}
		if c.Column == "customer_id" {
			w.Moved(int64(len(slice)))
		}
	}
	return int64(len(ids)), nil
}

// Write runs a statement of createdSQL or removedSQL, and returns the ids of the rows.
func (w Writer) Write(ctx context.Context, q db.Querier, kind, statement string, values record.Args) ([]int64, error) {
	values["order"] = w.OrderID
	text, list := record.Bind(statement, values)
	var ids pq.Int64Array
	if err := q.GetContext(ctx, &ids, text, list...); err != nil {
		return nil, fmt.Errorf("write the %s records: %w", kind, err)
	}
	return ids, nil
}

// Assignment is one column's new value, as text of its type; nil is null.
type Assignment struct {
	Column, Type string
	Value        any
}

// Assign rewrites several columns of one row in one statement, as its checks may
// need, and ledgers each with its value before.
func (w Writer) Assign(ctx context.Context, q db.Querier, kind string, id int64, list []Assignment) error {
	set, values := "", []any{id}
	for _, a := range list {
		var before *string
		table := record.TableOf(kind)
		if err := q.GetContext(ctx, &before, fmt.Sprintf(`select %s::text from %s where id = $1`, a.Column, table),
			id); err != nil {
			return fmt.Errorf("read %s of %s %d: %w", a.Column, kind, id, err)
		}
		_, err := q.ExecContext(ctx, fmt.Sprintf(`
			insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id, before, after)
			values ($1, $2, $3, array[$4::bigint], $4, $4, array[$5::text], array[($6::%s)::text])`, a.Type),
			w.OrderID, kind, a.Column, id, before, a.Value)
		if err != nil {
			return fmt.Errorf("ledger %s of %s %d: %w", a.Column, kind, id, err)
		}
		if set != "" {
			set += ", "
		}
		values = append(values, a.Value)
		set += fmt.Sprintf("%s = $%d::%s", a.Column, len(values), a.Type)
	}
	if _, err := q.ExecContext(ctx, fmt.Sprintf(`update %s set %s where id = $1`, record.TableOf(kind), set),
		values...); err != nil {
		return fmt.Errorf("rewrite %s %d: %w", kind, id, err)
	}
	return nil
}
