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
	message := fmt.Sprintf(msgRecognisedBeforeBilling,
		transfer.Plural(len(lines), oneRevenueScheduleLineWould, manyRevenueScheduleLinesWould))
	if !s.From.SameEntity(s.To) {
		return One(Found{
			Message: message + fmt.Sprintf(msgOtherEntityRecognised, s.From.Name, s.To.Name),
			Remedy:  remedyBillSubscriptionsUpToday,
			Records: lines,
		})
	}
	moves := msgLinesMove
	if s.Converts {
		moves += msgConversionRate
	}
	return One(Found{
		severity: transfer.Warning,
		Message:  message + fmt.Sprintf(msgEntriesStay, moves, s.From.Name, s.Source.Number),
		Remedy:   msgBillFirst + s.From.Name + msgToInvoiceIt,
		Acknowledgement: fmt.Sprintf(ackEntriesStay,
			transfer.Plural(len(lines), oneRecognisedRevenueScheduleLine, manyRecognisedRevenueScheduleLines)),
		Records: lines,
	})
}
