package reversal

import (
	"context"
	"fmt"

	"handover/internal/db"
	"handover/internal/engine/flow"
	"handover/internal/record"
)

// restoreSources gives the entries of a ledger row back what they named before.
func restoreSources(ctx context.Context, q db.Querier, x *flow.Execution, row ledgerRow) error {
	before := func(column string) string {
		return fmt.Sprintf(`(select l.before from %s l where l.record_id = s.record_id and l.column_name = '%s')`,
			record.Unfolded("journal_entry"), column)
	}
	return x.RewriteSources(ctx, q, fmt.Sprintf(`
		select s.record_id as id, %s as source_kind, s.before::bigint as source_id, %s::bigint as customer_id
		from %s s
		  where s.line = @line`, before("source_kind"), before("customer_id"), record.Unfolded("journal_entry")),
		record.Args{"line": row.ID})
}
