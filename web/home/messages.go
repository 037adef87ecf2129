package home

// The bell.
const (
	msgHandedBack = "The data changed before it started. Check it again."
	msgAllRead    = "All are marked as read."
)
