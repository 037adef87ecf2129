package situation

import (
	"handover/internal/audit"
	"handover/internal/order"
	"handover/internal/record"
)

// Needs are the agreements without which the actor's request may not run: a side need not
// consent to what its own people ask for.
func (s *Situation) Needs(actor audit.Actor) []order.Asked {
	var list []order.Asked
	if s.From.RequireApproval {
		list = append(list, order.Asked{Kind: order.KindApproval, DistributorID: s.From.ID, Distributor: s.From.Name})
	}
	if s.Flow.Kind == record.Distributor && (s.From.RequireConsent || s.To.RequireConsent) {
		for _, side := range []Company{s.From, s.To} {
			if side.ID != actor.DistributorID {
				list = append(list, order.Asked{
					Kind: order.KindConsent, DistributorID: side.ID,
					Distributor: side.Name,
				})
			}
		}
	}
	return list
}
