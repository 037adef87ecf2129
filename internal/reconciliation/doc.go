// Package reconciliation compares the books of each distributor with the records that they speak
// of (docs/accounting.md, "Reconciliation"): control accounts with their sub-ledgers, entries with
// documents, the two sides of what transfers posted. Unlike the invariants of internal/engine a
// difference here may come with the data: a file may bring books that never balanced.
//
// A check keeps what it saw: Run computes every check for some distributors and replaces what the
// check before had found. Pages and the API show the last check and run a new one first, unless
// that takes long (Refresh).
package reconciliation
