package orders

// Faults.
const (
	msgNoOrder         = "There is no order %s."
	msgTooManyFollowed = "You follow %d orders at once. Close a page that follows one, then open this one again."
)

// What a reader of one side sees, and the result of a reversal.
const (
	msgOtherSideHidden = "This order concerns another distributor as well. Their accounts, documents and amounts " +
		"are not shown."
	msgReversed = "Successfully reversed %s."
)

// What was done.
const (
	msgRejected  = "Rejected. The requester can see your reason."
	msgCancelled = "The order was cancelled. Nothing was transferred."
)

// The state of the order.
const (
	titleFailed          = "The transfer failed; nothing was changed"
	msgRetryShowsPreview = " Retry shows a new preview first."
	titleDraft           = "This is a draft"
	msgDraftOf           = "%s started it and can continue it for 30 days after the last change. Nothing happens " +
		"until it is confirmed."
	titleAwaiting = "This order waits for approval"
	msgAwaiting   = "Nothing happens until every approver has agreed. Without an answer within 7 days, the " +
		"order is cancelled."
	titleScheduled        = "This order is scheduled"
	msgScheduled          = "It is checked again at its start, and goes back to draft if the data has changed."
	titleRejected         = "This order was rejected; nothing was changed"
	titleReversed         = "This transfer was reversed"
	msgReversedBy         = "%s reversed its changes. This page shows what the transfer did."
	msgNothingTransferred = "Nothing was transferred."
	titleCancelled        = "This order was cancelled"
)

// The proof.
const (
	proofSentence = "Handover reconciled %s before it committed the transfer. Dependent records, such as invoice " +
		"lines, refunds, usage and the entries of documents, are not rewritten; they are covered by the record " +
		"they belong to. Settled documents changed their status only. They keep what was printed on them."
)

// The progress.
const (
	msgWaiting = "Waiting for its turn"
	msgEnded   = "The order has ended."
)

// The record on paper.
const (
	approvalBySecond      = "Approval by a second person"
	labelPrintedOn        = "Printed on "
	labelNoTotals         = "No totals reconciled"
	labelTotalsDiffer     = "Totals differ in %d of %s"
	labelTotalsReconciled = "Totals reconciled: "
	oneLineHolds          = "line holds"
	manyLinesHold         = "lines hold"
	labelAuditHead        = "Head of the audit log when the order was completed: "
)
