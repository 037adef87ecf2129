package reversal

// Faults.
const (
	msgNotReversible = "%s cannot be reversed: it is %s."
)

// What blocks a reversal, or needs an acknowledgement.
const (
	msgAccountTakesNoTransfers = "%s (%s) is now %s and cannot take part in a transfer."
	remedyReopenAccount        = "Reverse first what closed the account, or open it again."
	msgDistributorInactive     = "Distributor %s (%s) is now inactive and accepts no customers."
	remedyActivateDistributor  = "Activate the distributor first."
	msgMovedAgain              = "%s moved again by %s: %s."
	oneRecordWas               = "record was"
	manyRecordWas              = "records were"
	remedyReverseFirst         = "Reverse %s first."
	msgAllocatedSince          = "%s allocated since the transfer: %s."
	oneCarryingMemoWas         = "memo that carried the balance was"
	manyCarryingMemoWas        = "memos that carried the balance were"
	remedyDeallocate           = "Remove these allocations, then reverse."
	msgCRMShared               = "Afterwards several live accounts have the same CRM ID: %s as well."
	oneCarriesCRM              = "another account has it"
	manyCarriesCRM             = "other accounts have it"
	remedyCorrectCRM           = "Correct the CRM ID of one of the accounts in the CRM."
	ackCRMShared               = "several accounts have the same CRM ID"
	oneRecordStays             = "record stays"
	manyRecordStays            = "records stay"
	msgNewSince                = "%s to the account since %s: %s. None of them move."
	oneRecordCame              = "record was added"
	manyRecordCame             = "records were added"
	msgNotClosed               = " The account is not closed."
	remedySettleWithCustomer   = "Settle these with the customer on that account."
)

// Why records cannot return.
const (
	remedyTransferBack      = "Transfer back with a new order instead."
	remedyUndoChange        = "Undo that change, or transfer back with a new order."
	whyVoided               = "were voided after the transfer settled them"
	whyOtherAmount          = "have another amount than when the transfer settled them"
	whyCarryingVoid         = "that carried the balance are void"
	remedyBill              = "Bill or waive them first."
	whyRunOnEndingAccount   = "run on an account that the reversal closes"
	remedyEndSubscriptions  = "End them, or transfer them to another account first."
	whyOwnAncestor          = "would become their own ancestors, since their parents changed"
	remedyCorrectParent     = "Correct the parent of one of them first."
	whyNoRoom               = "have no room for the amounts that were allocated"
	remedyRemoveAllocations = "Remove the allocations that were made since."
	whyRefunded             = "were refunded, and the reversal would change what the refunds mean for the balance"
)

// The summary, above the preview.
const (
	msgTakenBack       = "%s is reversed: %s return from %s (%s) to %s (%s). "
	msgMemosSettled    = "%s that carried the balance are settled by counter-memos. "
	msgMemoSettled     = "%s of %s is settled by a counter-memo. "
	msgNoRecordDeleted = "No record is deleted."
)
