package finance

// Faults.
const (
	msgNoDistributor    = "There is no distributor %s."
	msgChooseFile       = "Choose a file to upload."
	msgNoCustomer       = "There is no customer %s."
	msgNoReconciliation = "There is no reconciliation %q."
)

// Financial periods.
const (
	msgAlreadyInStatus = "%s was already %s. Nothing changed."
	msgPeriodClosed    = ". Records dated in this period can no longer be transferred."
	msgPeriodOpened    = ". Records dated in this period can be transferred again."
	msgPeriodAdded     = "Added %s to the periods of %s."
)

// Exchange rates.
const (
	msgWithdrawnBy      = "Withdrawn by %s on %s: %s"
	msgAlreadyWithdrawn = "%s was already withdrawn by %s."
	msgWithdrew         = "Withdrew %s. Transfers no longer propose it."
	msgFileRead         = "Read %s%s: %s new, %s changed, %s already known."
	msgLeftOut          = " Left out, because they are not in ISO 4217: "
)

// The reconciliation.
const (
	msgLead = "Handover compares the books of each distributor with its documents and schedules. " +
		"Balances that the books do not keep are not compared."
	oneAgrees             = "distributor and currency agrees"
	manyAgree             = "distributors and currencies agree"
	msgListThem           = "distributor to list them."
	labelShowRecords      = "Show the records"
	msgCheckedMeanwhile   = "Another check of these books ran at the same time. The page shows its result."
	msgChecked            = "The books were checked. The page shows the result."
	msgSettledByStatus    = "Its status says settled, but no allocations settle it in full."
	msgAllocatedOnNothing = "Allocations count on it although it bills nothing."
	msgSettledByOthers    = "Another account's document or money settles it."
	oneMoreDiffers        = "more record differs"
	manyMoreDiffer        = "more records differ"
	msgByLessThanThese    = " by less than these."
	msgOtherSideHidden    = "The account on the other side belongs to another distributor. Its ledger is not shown."
	msgSidesDiffer        = "In the original currency, the two sides differ by "
	msgByLess             = " by less than these. "
	msgLargestOnly        = "Only the largest differences are kept."
)
