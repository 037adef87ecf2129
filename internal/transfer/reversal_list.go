package transfer

// reversalSteps are what every reversal does (docs/domain.md 6.2): it reads what to do from the
// order's ledger, so it is one for all three transfers and for a reversal.
var reversalSteps = []step{
	{"declare what comes back", declareReturn},
	{"give back what the ledger holds", giveBack},
	{"mark the order reversed", markReversed},
}

// reversalLoaders read what it needs to know, in this order.
var reversalLoaders = []loader{loadCarried, loadStanding}
