package order

import (
	"context"
	"fmt"

	"handover/internal/db"
	"handover/internal/record"
)

// Announcement is an event that programs can receive.
type Announcement struct{ Name, Means string }

// The names of announcements.
const (
	OrderCreated            = "order.created"
	OrderCompleted          = "order.completed"
	OrderFailed             = "order.failed"
	OrderReversed           = "order.reversed"
	CustomerMerged          = "customer.merged"
	CustomerTransferred     = "customer.transferred"
	SubscriptionTransferred = "subscription.transferred"
)

// Announcements returns them all, in the order they are offered.
func Announcements() []Announcement {
	return []Announcement{
		{OrderCreated, meansSubmitted},
		{OrderCompleted, meansCompleted},
		{OrderFailed, meansFailed},
		{OrderReversed, meansReversed},
		{CustomerMerged, meansMerged},
		{CustomerTransferred, meansTransferred},
		{SubscriptionTransferred, meansSubscriptionMoved},
	}
}

// eventsOf returns the webhook events for a transition of the order as it was before.
func eventsOf(o Order, a transition) []string {
	switch {
	case a.tells == "", a.tells == OrderCreated && o.SubmittedAt != nil: // handed back since, or tried again
		return nil
	case a.tells == OrderCompleted && o.ReversesID == nil:
		f, _ := record.FlowOf(o.Kind)
		return []string{a.tells, f.Event}
	}
	return []string{a.tells}
}

// announce writes the messages to programs in the transaction of the transition.
func announce(ctx context.Context, q db.Querier, o Order, a transition, p TransitionData) error {
	for _, name := range eventsOf(o, a) {
		if _, err := q.ExecContext(ctx, `select announce_webhooks($1, $2, $3)`, name, o.ID, p.At); err != nil {
			return fmt.Errorf("write the messages about %s: %w", o.Number, err)
		}
	}
	return nil
}
