package names

// The sentences about a name; %U is the character, as U+202E.
const (
	msgNotUTF8   = "%s is not text in UTF-8. Save it as UTF-8."
	msgControl   = "%s contains a line break or another control character (%U). Write it on one line without it."
	msgDirection = "%s contains an invisible character that changes the direction of text (%U). Remove it."
	msgReserved  = "%s is a name under which Handover itself acts. Enter the person's own name."
	msgTooLong   = "%s has %d characters; at most %d are allowed. Shorten it."
)
