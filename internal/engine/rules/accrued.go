package rules

import (
	"context"
	"fmt"

	"handover/internal/db"
	"handover/internal/engine/situation"
	"handover/internal/transfer"
)

// checkAccrued finds revenue that was recognised before it was billed and would pass to the
// new distributor (docs/domain.md, ACCRUED_REVENUE): between two legal entities it must be
// billed first, within one the line moves and its entry stays.
func checkAccrued(ctx context.Context, q db.Querier, s *situation.Situation) ([]Found, error) {
	lines, err := Records(ctx, q, s, `
		select 'revenue_schedule' as kind, r.number from owned_revenue_schedules r
		where r.customer_id = @source and r.subscription_id = any(@subs::bigint[]) and r.recognized order by r.id`)
	if err != nil || len(lines) == 0 {
		return nil, err
	}
	message := fmt.Sprintf("%s recognised before billing.",
		transfer.Plural(len(lines), "revenue schedule line that would move is",
			"revenue schedule lines that would move are"))
	if !s.From.SameEntity(s.To) {
		return One(Found{
			Message: message + fmt.Sprintf(" %s recognised this revenue and %s is another legal entity.", s.From.Name,
				s.To.Name),
			Remedy:  "Bill the subscriptions up to today first, then transfer.",
			Records: lines,
		})
	}
	moves := "The lines move"
	if s.Converts {
		moves += " at the conversion rate"
	}
	return One(Found{
		severity: transfer.Warning,
		Message: message + fmt.Sprintf(" %s. Their recognition entries stay in the books of %s and name %s.", moves,
			s.From.Name, s.Source.Number),
		Remedy: "Bill the subscriptions up to today first if " + s.From.Name + " is to invoice this revenue.",
		Acknowledgement: fmt.Sprintf("%s without the entries that recognised them",
			transfer.Plural(len(lines), "recognised revenue schedule line moves",
				"recognised revenue schedule lines move")),
		Records: lines,
	})
}
