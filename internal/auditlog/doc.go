// Package auditlog reads the audit log for people: what of it a reader may see, by
// filters. internal/audit writes it.
//
// An entry is seen by those in whose scope its actor's distributor lies; one of the
// program itself, or of somebody unknown, by the provider alone.
package auditlog
