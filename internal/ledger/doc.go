// Package ledger rewrites records for an order and keeps, in the same statement, each value before
// (Writer), reads what an order wrote, and knows the proof that the sums of both accounts changed
// by nothing but what was declared.
package ledger
