package ledger

import (
	"fmt"
	"strings"

	"handover/internal/record"
)

// ChunkSize is how many records one ledger row holds, sliceSize how many one
// statement rewrites: long moves run in slices inside the one transaction.
const (
	ChunkSize = 1000
	sliceSize = 20 * ChunkSize
)

// Change declares the rewriting of one column: of which records (a condition on a row
// t of the table), and to what (an expression over t). The statement made of it
// rewrites and writes the ledger in one go, so that nothing is changed unseen.
type Change struct {
	Kind   string // as the ledger names it
	Column string
	Type   string // of the column
	Value  string
	Where  string
}

// FindSQL selects the ids that a change rewrites; records that have the value already
// are passed over.
func FindSQL(c Change) string {
	return fmt.Sprintf(`select t.id from %[1]s t where (%[3]s) and t.%[2]s is distinct from (%[4]s) order by t.id`,
		record.TableOf(c.Kind), c.Column, c.Where, c.Value)
}

// FindOfSQL is the same among the records whose ids a statement selects. They are joined by
// their key: as "id in (...)" with a view of the same table, PostgreSQL compares each with
// each where it thinks, right after a transfer, that the account has few.
func FindOfSQL(c Change, ids string) string {
	return fmt.Sprintf(`select t.id from (%[5]s) m join %[1]s t on t.id = m.id
		where (%[3]s) and t.%[2]s is distinct from (%[4]s) order by t.id`,
		record.TableOf(c.Kind), c.Column, c.Where, c.Value, ids)
}

// changeSQL is the statement of a change for one slice of ids.
func changeSQL(c Change) string {
	return fmt.Sprintf(`with slice as materialized (
    select t.id, t.%[2]s::text as before, (%[4]s)::text as after
    from %[1]s t where t.id = any(@ids::bigint[]) for no key update of t
), rewritten as (
    update %[1]s t set %[2]s = slice.after::%[3]s
    from slice where t.id = slice.id
    returning t.id, slice.before, slice.after
), noted as (
%[5]s
)
select count(*) from rewritten`,
		record.TableOf(c.Kind), c.Column, c.Type, c.Value, NotedSQL(c, OneOrAll("before"), OneOrAll("after")))
}

// moveSQL is the same for a change of owner, whose values are one for all: no record
// needs to be read before it is rewritten.
func moveSQL(c Change) string {
	return fmt.Sprintf(`with rewritten as (
    update %[1]s t set %[2]s = %[3]s
    where t.id = any(@ids::bigint[]) and t.%[2]s = @source
    returning t.id
), noted as (
%[4]s
)
select count(*)
  from rewritten`, record.TableOf(c.Kind), c.Column, c.Value, NotedSQL(c, "array[@source::text]", "array[("+c.Value+
		")::text]"))
}

// NotedSQL writes the ledger of what a statement rewrote, in chunks.
func NotedSQL(c Change, before, after string) string {
	return fmt.Sprintf(`    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id,
		before, after)
    select @order, '%[1]s', '%[2]s', array_agg(id order by id), min(id), max(id), %[3]s, %[4]s
    from (select rewritten.*, (row_number() over (order by id) - 1) / %[5]d as chunk from rewritten) rewritten
    group by chunk`,
		c.Kind, c.Column, before, after, ChunkSize)
}

// OneOrAll writes one value when all records share it, else one for each.
func OneOrAll(column string) string {
	return fmt.Sprintf(`case when count(distinct %[1]s) + (case when count(%[1]s) < count(*) then 1 else 0 end) = 1
         then array[min(%[1]s)] else array_agg(%[1]s order by id) end`, column)
}

// CreatedSQL wraps an insert that returns id, so that the ledger has each new row as JSON.
func CreatedSQL(kind, insert string) string {
	return fmt.Sprintf(`with born as (
    %[1]s
    returning *
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id, before, after)
    select @order, '%[2]s', '', array_agg(id order by id), min(id), max(id), array[null::text],
           array_agg((to_jsonb(born) - 'chunk')::text order by id)
    from (select born.*, (row_number() over (order by id) - 1) / %[3]d as chunk from born) born
    group by chunk
)
select coalesce(array_agg(id order by id), '{}') from born`, strings.TrimSpace(insert), kind, ChunkSize)
}

// RemovedSQL deletes link rows and keeps each in the ledger as JSON.
func RemovedSQL(kind, where string) string {
	return fmt.Sprintf(`with gone as (
    delete from %[1]s t where %[3]s returning *
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id, before, after)
    select @order, '%[2]s', '', array_agg(id order by id), min(id), max(id),
           array_agg((to_jsonb(gone) - 'chunk')::text order by id), array[null::text]
    from (select gone.*, (row_number() over (order by id) - 1) / %[4]d as chunk from gone) gone
    group by chunk
)
select coalesce(array_agg(id order by id), '{}') from gone`, record.TableOf(kind), kind, where, ChunkSize)
}
