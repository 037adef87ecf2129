package situation

import (
	"context"
	"fmt"

	"github.com/lib/pq"

	"handover/internal/db"
)

// How the statements of a preview are planned where the connection keeps them prepared
// (docs/decisions/0015-prepared-statements.md). An account with more than largeAccount
// records of one kind is worth plans of its own: the one for the average account took twice
// as long for 180,000 invoices among 5,000 customers. Where accounts have less than
// smallAverage invoices and payments on average, all others share one plan: making a new one
// takes longer than what it could save.
const (
	largeAccount = 10_000
	smallAverage = 200
)

// Plan has PostgreSQL plan the rest of the transaction for accounts of the size of these.
func (s *Situation) Plan(ctx context.Context, q db.Querier) error {
	var mode string
	err := q.GetContext(ctx, &mode, `
		select set_config('plan_cache_mode', case
		    when exists (select from invoices where customer_id = any($1) offset $2)
		      or exists (select from payments where customer_id = any($1) offset $2)
		      or exists (select from usage_records u join subscriptions s on s.id = u.subscription_id
		                 where s.customer_id = any($1) offset $2)
		      or exists (select from subscription_charges r join subscriptions s on s.id = r.subscription_id
		                 where s.customer_id = any($1) offset $2)
		    then 'force_custom_plan'
		    when (select coalesce(sum(reltuples), 0) from pg_class
		          where oid in ('invoices'::regclass, 'payments'::regclass))
		       < $3 * (select reltuples from pg_class where oid = 'customers'::regclass)
		    then 'force_generic_plan'
		    else 'auto' end, true)`,
		pq.Array([]int64{s.Source.ID, s.Target.ID}), largeAccount, smallAverage)
	if err != nil {
		return fmt.Errorf("see how large the accounts are: %w", err)
	}
	return nil
}
