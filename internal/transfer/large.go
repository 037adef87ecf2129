package transfer

import (
	"context"
	"fmt"

	"github.com/lib/pq"

	"handover/internal/db"
)

// largeAccount is from how many records of one kind on the statements of a preview are
// planned for the account: the plans that are kept are made for the average one, and took
// twice as long for one of 180,000 invoices among 5,000 customers (docs/performance.md).
const largeAccount = 2000

// planning returns the context for the statements of a preview.
func (s *situation) planning(ctx context.Context, q db.Querier) (context.Context, error) {
	var large bool
	err := q.GetContext(ctx, &large, `
		select exists (select from invoices where customer_id = any($1) offset $2)
		    or exists (select from payments where customer_id = any($1) offset $2)
		    or exists (select from usage_records u join subscriptions s on s.id = u.subscription_id where s.customer_id = any($1) offset $2)
		    or exists (select from subscription_charges r join subscriptions s on s.id = r.subscription_id where s.customer_id = any($1) offset $2)`,
		pq.Array([]int64{s.source.ID, s.target.ID}), largeAccount)
	if err != nil {
		return ctx, fmt.Errorf("see how large the accounts are: %w", err)
	}
	if large {
		ctx = db.PlannedAnew(ctx)
	}
	return ctx, nil
}
