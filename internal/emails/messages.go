package emails

// Faults.
const (
	msgNoBrand = "There is no such brand."
	msgNoMail  = "There is no mail %q."
)

// What is wrong with a template.
const (
	msgEmpty          = "write something, or reset the mail to Handover's own text"
	msgTooLong        = "it has %d characters; at most %d are sent"
	msgNoField        = "%s is not a field of this mail; there are %s"
	msgSubjectOneLine = "a subject is one line"
)
