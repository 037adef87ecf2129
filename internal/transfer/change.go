package transfer

import (
	"context"
	"fmt"
	"strings"

	"handover/internal/db"
)

// sliceSize is how many records one statement rewrites and one ledger row holds.
const sliceSize = 1000

// change declares the rewriting of one column: of which records (a condition on a row
// t of the table), and to what (an expression over t). The statement made of it
// rewrites and writes the ledger in one go, so that nothing is changed unseen.
type change struct {
	Kind   string // as the ledger names it
	Column string
	Type   string // of the column
	Value  string
	Where  string
}

// changeSQL is the statement of a change: one slice of records after the id @after.
// Records that have the value already are passed over.
func changeSQL(c change) string {
	return fmt.Sprintf(`with slice as (
    select t.id, t.%[2]s::text as before, (%[4]s)::text as after
    from %[1]s t
    where t.id > @after and (%[5]s) and t.%[2]s is distinct from (%[4]s)
    order by t.id limit %[6]d for no key update of t
), rewritten as (
    update %[1]s t set %[2]s = slice.after::%[3]s
    from slice where t.id = slice.id
    returning t.id, slice.before, slice.after
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id, before, after)
    select @order, '%[7]s', '%[2]s', array_agg(id order by id), min(id), max(id), %[8]s, %[9]s
    from rewritten having count(*) > 0
)
select count(*) as count, coalesce(max(id), 0) as last from rewritten`,
		tableOf(c.Kind), c.Column, c.Type, c.Value, c.Where, sliceSize, c.Kind, oneOrAll("before"), oneOrAll("after"))
}

// oneOrAll writes one value when all records share it, else one for each.
func oneOrAll(column string) string {
	return fmt.Sprintf(`case when count(distinct %[1]s) + (case when count(%[1]s) < count(*) then 1 else 0 end) = 1
         then array[min(%[1]s)] else array_agg(%[1]s order by id) end`, column)
}

// apply runs a change slice by slice and returns how many records it rewrote.
func (x *execution) apply(ctx context.Context, q db.Querier, c change, values args) (int64, error) {
	total, after := int64(0), int64(0)
	for {
		values["after"], values["order"] = after, x.orderID
		text, list := bind(changeSQL(c), values)
		var done struct {
			Count int64 `db:"count"`
			Last  int64 `db:"last"`
		}
		if err := q.GetContext(ctx, &done, text, list...); err != nil {
			return total, fmt.Errorf("rewrite %s of the %s records: %w", c.Column, c.Kind, err)
		}
		total += done.Count
		if done.Count < sliceSize {
			return total, nil
		}
		after = done.Last
	}
}

// createdSQL wraps an insert that returns id, so that the ledger has each new row as JSON.
func createdSQL(kind, insert string) string {
	return fmt.Sprintf(`with born as (
    %[1]s
    returning *
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id, before, after)
    select @order, '%[2]s', '', array_agg(id order by id), min(id), max(id), array[null::text], array_agg((to_jsonb(born) - 'chunk')::text order by id)
    from (select born.*, (row_number() over (order by id) - 1) / %[3]d as chunk from born) born
    group by chunk
)
select coalesce(array_agg(id order by id), '{}') from born`, strings.TrimSpace(insert), kind, sliceSize)
}

// removedSQL deletes link rows and keeps each in the ledger as JSON.
func removedSQL(kind, where string) string {
	return fmt.Sprintf(`with gone as (
    delete from %[1]s t where %[3]s returning *
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id, before, after)
    select @order, '%[2]s', '', array_agg(id order by id), min(id), max(id), array_agg((to_jsonb(gone) - 'chunk')::text order by id), array[null::text]
    from (select gone.*, (row_number() over (order by id) - 1) / %[4]d as chunk from gone) gone
    group by chunk
)
select coalesce(array_agg(id order by id), '{}') from gone`, tableOf(kind), kind, where, sliceSize)
}
