package engine

// The summary of a distributor transfer, above its preview.
const (
	msgLeavesFor             = "%s leaves %s for %s. "
	oneSubscriptionMoves     = "subscription moves"
	manySubscriptionMoves    = "subscriptions move"
	oneUnbilledRecord        = "unbilled record"
	manyUnbilledRecord       = "unbilled records"
	msgToNewAccount          = " to a new account; issued documents stay with the old one. "
	msgBecomesTransferredOut = "%s becomes Transferred Out and read-only. Nothing is deleted."
	msgBalanceStaysOn        = "The balance of %s stays on %s and is settled there. "
	msgBalanceStaysWith      = "The balance of %s stays with %s, which collects and refunds it. "
	msgNoBalance             = "There is no balance to carry. "
	msgBalanceAtOpenRate     = "The balance of %s is carried at the rate that is still to be entered. "
	msgBalanceOpensAccount   = "The balance of %s opens the new account as %s"
	msgInItems               = " in %d items"
	msgTakesOverCredit       = "%s takes over the customer's credit of %s from %s. "
	msgAssignsClaims         = "%s assigns its claims of %s to %s. "
)

// The summary of a transfer between two customers.
const (
	msgMergedInto     = "%s will be merged into %s"
	msgTransferredTo  = "%s of %s will be transferred to %s"
	msgAsOf           = " as of %s"
	msgBalanceCarried = "The open balance of %s is carried over"
	msgBecomesMerged  = "%s becomes Merged and read-only. "
	msgNothingDeleted = "Nothing is deleted."
)
