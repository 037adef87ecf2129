package situation

import (
	"context"

	"handover/internal/db"
	"handover/internal/record"
)

// Loader reads one part of a situation.
type Loader func(ctx context.Context, q db.Querier, s *Situation) error

// loadersOf lists, per transfer, what it needs to know beyond the source, in the order in which
// it is read.
var loadersOf = map[record.FlowKind][]Loader{
	record.Distributor: {
		LoadNewDistributor, LoadRate, LoadPlans, LoadCarry, loadCharts, loadTerms, loadMethods, loadRunningTerm,
	},
	record.Subscriptions: {loadTarget, loadEffectiveDate, loadSelection, loadMethods, loadRunningTerm},
	record.Merge: {
		loadTarget, loadEffectiveDate, loadAll, loadMethods, loadFields, LoadRest, loadCharts,
		loadRunningTerm,
	},
}
