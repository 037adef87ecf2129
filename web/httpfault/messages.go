package httpfault

// Faults of the web itself.
const (
	msgMethodNotAllowed = "This address does not support that request. Start from home."
	msgTooLarge         = "The request is larger than this page allows."
	msgUnreadable       = "The request could not be read. Go back and send it again."
	msgNoPage           = "There is no page at this address. Check it, or start from home."
)
