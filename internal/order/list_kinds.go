package order

import (
	"handover/internal/record"
)

// The types of an order: every transfer order has the one, a placed order says its
// own, free text.
const (
	Transfer = "transfer"
	Placed   = "placed"
)

// Kind is a kind of order that the list can be filtered by.
type Kind struct {
	Code  string
	Label string
}

// Kinds lists the kinds of order, as the panel names them: the transfers, and placed orders.
var Kinds = func() []Kind {
	var kinds []Kind
	for _, f := range record.Flows {
		kinds = append(kinds, Kind{string(f.Kind), f.Noun})
	}
	return append(kinds, Kind{Placed, "Placed order"})
}()

// Statuses lists the states of transfer orders and placed orders, in the order in
// which an order goes through them.
var Statuses = []string{
	"draft", "awaiting_approval", "scheduled", "queued", "in_progress", "pending", "provisioning", "awaiting_payment",
	"completed", "failed", "rejected", "cancelled", "reversed",
}
