package flow

import (
	"context"
	"fmt"

	"github.com/shopspring/decimal"

	"handover/internal/db"
	"handover/internal/engine/situation"
	"handover/internal/ledger"
	"handover/internal/record"
)

// leaveEntries keeps the entries of schedule lines that move in the books where they were
// posted: each loses its source and names the old account.
func leaveEntries(ctx context.Context, q db.Querier, x *Execution) error {
	if _, err := x.Remove(ctx, q, "recognition_line", `t.revenue_schedule_id in `+situation.MovingSchedules,
		nil); err != nil {
		return err
	}
	return x.RewriteSources(ctx, q, `
		select e.id, null::text as source_kind, null::bigint as source_id, @source::bigint as customer_id
		from journal_entries e where e.source_kind = 'revenue_schedule'
		  and e.source_id in `+situation.MovingSchedules, nil)
}

// RewriteSources rewrites source and customer of the entries that a statement selects with
// their new values, in one statement as the table demands, and ledgers each column. An entry
// that names its account from now on counts in the proof for itself.
func (x *Execution) RewriteSources(ctx context.Context, q db.Querier, find string, more record.Args) error {
	text, list := record.Bind(fmt.Sprintf(`with wanted as materialized (%s), slice as materialized (
    select e.id, e.source_kind, e.source_id, e.customer_id from journal_entries e join wanted w on w.id = e.id
    where (e.source_kind, e.source_id, e.customer_id) is distinct from (w.source_kind, w.source_id,
        w.customer_id) for no key update of e
), rewritten as (
    update journal_entries e set source_kind = w.source_kind, source_id = w.source_id, customer_id = w.customer_id
    from slice join wanted w on w.id = slice.id where e.id = slice.id
    returning e.id, slice.source_kind as kind_before, slice.source_id as source_before,
      slice.customer_id as customer_before,
              e.source_kind, e.source_id, e.customer_id
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id, before, after)
    select @order, 'journal_entry', v.name, array_agg(r.id order by r.id), min(r.id), max(r.id),
           array_agg(v.before order by r.id), array_agg(v.after order by r.id)
    from (select rewritten.*, (row_number() over (order by id) - 1) / %d as chunk from rewritten) r
    cross join lateral (values ('source_kind', r.kind_before, r.source_kind),
                        ('source_id', r.source_before::text, r.source_id::text),
                               ('customer_id', r.customer_before::text, r.customer_id::text)) as v(name, before, after)
    group by v.name, r.chunk
)
select j.currency, count(distinct r.id) as count, sum(j.debit) as amount
from rewritten r join journal_lines j on j.entry_id = r.id where r.customer_before is null
group by j.currency`, find, ledger.ChunkSize), x.With(more))
	var kept []struct {
		Currency string          `db:"currency"`
		Count    int64           `db:"count"`
		Amount   decimal.Decimal `db:"amount"`
	}
	if err := q.SelectContext(ctx, &kept, text, list...); err != nil {
		return fmt.Errorf("rewrite the sources of journal entries: %w", err)
	}
	for _, k := range kept {
		x.Declare("journal_entry", k.Currency, k.Count, k.Amount, ledger.EntriesStay, ledger.Facts{})
	}
	return nil
}
