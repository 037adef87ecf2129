package reversal

import (
	"handover/internal/engine/flow"
	"handover/internal/engine/situation"
)

// Steps are what every reversal does (docs/domain.md 6.2): it reads what to do from the
// order's ledger, so it is one for all three transfers and for a reversal.
var Steps = []flow.Step{
	{Name: "declare what comes back", Do: declareReturn},
	{Name: "give back what the ledger holds", Do: giveBack},
	{Name: "mark the order reversed", Do: markReversed},
}

// loaders read what it needs to know, in this order.
var loaders = []situation.Loader{loadCarried, loadStanding}
