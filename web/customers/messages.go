package customers

// Faults.
const (
	msgNoDocument = "There is no document %s of this type."
)

// An account that was merged or transferred, and its open transfer.
const (
	titleTransferred = "Transferred to another distributor"
	titleMerged      = "Merged into another account"
	msgReadOnly      = "Since %s this account is read-only: it takes no new contracts, edits or transfers. " +
		"Its history stays here."
	msgOpenTransfer        = "A %s of this account is %s. No other transfer can start until it has ended."
	labelMergedOn          = "merged into this account on "
	labelMergedInto        = "merged into %s (%s) on %s"
	labelTransferredFrom   = "transferred from %s on %s"
	labelTransferredFromTo = "transferred from %s to %s as %s on %s"
	hintTransfer           = "Moves %s with %s to another distributor. You choose the distributor and see a " +
		"preview; nothing changes before you confirm it."
)

// Where an account went.
const (
	labelTransferredTo = "Transferred to %s as %s"
)

// Why an account cannot be transferred.
const (
	msgTransferSuccessor = "This account is read-only. Transfer its successor instead: %s."
	msgSuccessorHidden   = "This account is read-only; its successor belongs to another distributor."
	msgStatusForbids     = "This account is %s. Only active and suspended accounts can be transferred."
	msgRoleForbids       = "Your role, %s, does not include transfers. Ask an administrator or an account manager."
	msgHeldBy            = "%s is in progress for this account. Wait until it ends, or cancel it first."
)

// Related accounts and payment methods.
const (
	labelPaysBills     = "pays the bills"
	labelBillsHere     = "bills to this account"
	labelUnnamedMethod = "Payment method without a label"
	labelMethods       = ": Payment methods"
)

// Documents and their settlement.
const (
	msgChargeback        = "Chargeback: the payer's bank took the money back."
	labelOtherAccountNow = "owned by another account now"
	whyFailed            = "payment failed"
	whyInProgress        = "payment in progress"
	whyNeedsCustomer     = "payment needs the customer's authentication"
	whyVoid              = "credit memo is void"
	whyParted            = "payment stayed with another account"
	whyPaidBack          = "paid back"
	whyUsed              = "used for other documents"
	whyNoRoom            = "settled already"
	labelCounted         = "%s counted, the rest is %s"
	labelIssuedTo        = "Issued to %s, now owned by %s (%s) since"
)
