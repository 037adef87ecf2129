package api

// Faults of the API.
const (
	msgNoSuchAddress    = "There is nothing at this address of the API. %s/openapi.json lists the operations."
	msgPrivilegeMissing = "This token lacks the privilege %s."
	msgSendToken        = "Send a token as Authorization: Bearer TOKEN. One is created under Your account."
	msgTooManyRequests  = "This token may make %d requests a minute. Try again in %s."
	msgNoRecordKind     = "There is no kind of records %q; there are %s."
	msgNoRecord         = "There is no %s %q."
	msgInternal         = "Handover could not complete this because of an error in the program or its " +
		"database. Nothing was changed. Try again; if it fails again, report the X-Request-Id."
	msgCursorUnreadable     = "The position in the list cannot be read. Start from its first page."
	msgFieldNotSupported    = "no kind of transfer has this field yet; leave it out"
	msgNoField              = "there is no such field in a transfer"
	msgNotATransfer         = "The body is not a transfer: %s."
	msgReasonEmpty          = "the reason is empty; write 10 characters or more, or leave the field out"
	msgTermNotSupported     = "%q is not supported; send stays, or leave the field out"
	msgChildrenNotSupported = "accounts below the source cannot move with it; send false, or leave the field out"
)
