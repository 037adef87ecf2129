package order

import (
	"time"

	"handover/internal/fault"
	"handover/internal/transfer"
)

// reversalDays is for how many days after its completion an order can be reversed.
const reversalDays = 30

// ReversibleUntil returns the moment until which the order can be reversed, and whether
// it is an order that can be: a completed one.
func (o Order) ReversibleUntil() (time.Time, bool) {
	if o.Status != "completed" || o.CompletedAt == nil {
		return time.Time{}, false
	}
	return o.CompletedAt.AddDate(0, 0, reversalDays), true
}

// Reversible refuses an order that cannot be reversed, whatever the data is.
func (o Order) Reversible(now time.Time) error {
	until, ok := o.ReversibleUntil()
	switch {
	case o.Status == "reversed":
		return fault.New(fault.Conflict, msgReversedAlready, o.Number, o.ReversedBy)
	case !ok:
		return fault.New(fault.Conflict, msgNotReversible, o.Number, transfer.Words(o.Status))
	case now.After(until):
		return fault.New(fault.Conflict, msgReversalWindowOver,
			o.Number, o.CompletedAt.Format(transfer.DayForm), until.Format(transfer.DayForm))
	}
	return nil
}

// GainingDistributor is the distributor of the account that gained.
func (o Order) GainingDistributor() int64 {
	if o.TargetDistributorID != nil {
		return *o.TargetDistributorID
	}
	return o.SourceDistributorID
}
