package transfer

import (
	"handover/internal/audit"
)

// needs are the agreements without which the actor's request may not run: a side need not
// consent to what its own people ask for.
func (s *situation) needs(actor audit.Actor) []Asked {
	var list []Asked
	if s.from.RequireApproval {
		list = append(list, Asked{Kind: approval, DistributorID: s.from.ID, Distributor: s.from.Name})
	}
	if s.flow.Kind == Distributor && (s.from.RequireConsent || s.to.RequireConsent) {
		for _, side := range []company{s.from, s.to} {
			if side.ID != actor.DistributorID {
				list = append(list, Asked{Kind: consent, DistributorID: side.ID, Distributor: side.Name})
			}
		}
	}
	return list
}
