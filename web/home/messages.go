package home

// The bell.
const (
	msgHandedBack = "The data changed before it started. Check it again."
	msgAllRead    = "All are marked as read."
)

// What became of a document, in the suggestions.
const (
	msgNeverMoved = "No transfer has moved it"
	msgCarried    = "Its open balance went to the customer's new account"
)
