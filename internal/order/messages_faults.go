package order

// What is not there, or not in the reader's scope.
const (
	msgNoOrder       = "There is no order %s."
	msgNoCustomer    = "There is no customer %s."
	msgNoDistributor = "There is no distributor %s."
)

// Approvals.
const (
	msgSayWhy              = "give a reason, so that the requester knows what to change"
	msgNotAwaiting         = "%s is %s; it is not waiting for approval."
	msgOtherPersonApproves = "%s needs the approval of another person: %s."
)

// What may be done with an order.
const (
	msgCancelledByOthers   = "%s is an order of another distributor; only they can cancel it."
	msgNotCancellable      = "%s is %s and can no longer be cancelled."
	msgRetryNeedsBothSides = "%s concerns another distributor as well; only someone who sees both sides can retry it."
	msgNotRetryable        = "%s is %s; only a failed order can be retried."
	msgDraftInTheWay       = "You already have the draft %s of this transfer. Finish or discard it, then retry %s."
	msgDraftOfAnother      = "%s is a draft of %s; only they can continue it."
	msgNotEditable         = "%s is %s and can no longer be changed."
	msgNotQueued           = "The order is not waiting for its execution."
	msgChangedMeanwhile    = "%s was changed in another tab or by another person. Check its current state, then " +
		"continue."
	msgReversedAlready    = "%s was already reversed by %s. Reverse that order to restore it."
	msgNotReversible      = "%s is %s; only a completed order can be reversed."
	msgReversalWindowOver = "%s was completed on %s; its reversal window ended on %s. Transfer back with a new " +
		"order instead."
	msgNoTransition = "%s is %s; it cannot become %s."
	msgStateChanged = "%s is no longer %s; another person changed it. Check it again."
)

// What is wrong with a request.
const (
	msgTakesNoTransfers      = "%s (%s) is %s and cannot be transferred."
	msgNotACustomerNumber    = "%q is not a customer number; it looks like C-000012"
	msgOnlyProviderDelegates = "Only staff of the provider can delegate a plan in a transfer. Choose a plan of the " +
		"new distributor, or ask the provider."
	msgNotATime    = "%q is not a time; write it as 2026-01-31T08:00:00Z"
	msgTimeOver    = "%s is in the past; choose a later time, or none to start at once"
	msgTimeTooLate = "%s is more than a year ahead; choose an earlier time"
)
