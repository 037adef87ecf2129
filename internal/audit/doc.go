// Package audit keeps who did what, when, and what it was before. Entries are
// only ever appended, in the transaction of the change itself.
//
// What is committed gets its place in a chain of hashes a moment later (Seal): a
// place is given by one sealer at a time, who holds the row of the head, so that no
// transaction of the application ever waits for another one because of the log. A
// trigger notes every new entry in audit_unsealed, which commits with it: an entry
// of a transaction that stayed open for long is sealed when it appears, behind
// entries with a higher id. docs/security.md says exactly what is hashed.
package audit
