package transfer

import (
	"context"
	"fmt"

	"handover/internal/db"
)

// checkAccrued finds revenue that was recognised before it was billed and would pass to the
// new distributor (docs/domain.md, ACCRUED_REVENUE): between two legal entities it must be
// billed first, within one the line moves and its entry stays.
func checkAccrued(ctx context.Context, q db.Querier, s *situation) ([]found, error) {
	lines, err := s.records(ctx, q, `
		select 'revenue_schedule' as kind, r.number from owned_revenue_schedules r
		where r.customer_id = @source and r.subscription_id = any(@subs::bigint[]) and r.recognized order by r.id`)
	if err != nil || len(lines) == 0 {
		return nil, err
	}
	message := fmt.Sprintf("%s recognised before billing.",
		plural(len(lines), "revenue schedule line that would move is", "revenue schedule lines that would move are"))
	if !s.from.sameEntity(s.to) {
		return one(found{
			message: message + fmt.Sprintf(" %s recognised this revenue and %s is another legal entity.", s.from.Name, s.to.Name),
			remedy:  "Bill the subscriptions up to today first, then transfer.",
			records: lines,
		})
	}
	moves := "The lines move"
	if s.converts {
		moves += " at the conversion rate"
	}
	return one(found{
		severity: Warning,
		message:  message + fmt.Sprintf(" %s. Their recognition entries stay in the books of %s and name %s.", moves, s.from.Name, s.source.Number),
		remedy:   "Bill the subscriptions up to today first if " + s.from.Name + " is to invoice this revenue.",
		acknowledgement: fmt.Sprintf("%s without the entries that recognised them",
			plural(len(lines), "recognised revenue schedule line moves", "recognised revenue schedule lines move")),
		records: lines,
	})
}
