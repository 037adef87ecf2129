package auditlog

// Faults.
const (
	msgNoEntry = "There is no such audit entry."
)
