// Package auditlog reads the audit log for people, by filters, and shows a reader the
// entries of their scope. internal/audit writes it.
//
// Readers see an entry if its actor's distributor lies in their scope. Only the provider
// sees entries of the program itself or of an unknown actor.
package auditlog
