package transfer

// What is wrong with a request.
const (
	msgNoKind              = "%q is not a kind of transfer; choose one of %s"
	msgNameCustomer        = "name the customer, for example C-000001"
	msgSelectTarget        = "select the target customer"
	msgSelectSubscriptions = "select one or more subscriptions"
	msgSelectDistributor   = "select the new distributor"
	msgNoMode              = "%q is not a mode; choose %s or %s"
	msgNoField             = "%q is not a field of an account to choose; they are %s"
	msgNoCarry             = "%q is not a way to carry a balance; choose %s, %s or %s"
	msgNotADate            = "%q is not a date; write it as 2026-03-31"
	msgReasonTooLong       = "the reason has %d characters; at most %d are allowed"
)
