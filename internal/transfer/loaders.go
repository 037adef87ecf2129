package transfer

import (
	"context"

	"handover/internal/db"
)

// loader reads one part of a situation.
type loader func(ctx context.Context, q db.Querier, s *situation) error

// loadersOf lists, per transfer, what it needs to know beyond the source, in the order in which
// it is read.
var loadersOf = map[FlowKind][]loader{
	Distributor: {
		loadNewDistributor, loadRate, loadPlans, loadCarry, loadCharts, loadTerms, loadMethods, loadRunningTerm,
	},
	Subscriptions: {loadTarget, loadEffectiveDate, loadSelection, loadMethods, loadRunningTerm},
	Merge:         {loadTarget, loadEffectiveDate, loadAll, loadMethods, loadFields, loadRest, loadCharts, loadRunningTerm},
}
