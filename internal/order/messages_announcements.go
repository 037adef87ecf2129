package order

// What an event that is announced to programs means, as the API document says it.
const (
	meansSubmitted         = "A transfer or a reversal was requested"
	meansCompleted         = "A transfer or a reversal was completed"
	meansFailed            = "A transfer failed; nothing was changed"
	meansReversed          = "A transfer was reversed"
	meansMerged            = "A customer was merged into another one"
	meansTransferred       = "A customer moved to another distributor"
	meansSubscriptionMoved = "A subscription moved to another customer; one message for each"
)

// What mails say of an answer.
const (
	msgRejectedBy = "Rejected by "
	msgApprovedBy = "Approved by "
)
