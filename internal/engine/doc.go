// Package engine moves customers between distributors, subscriptions between customers, and merges
// customers.
//
//   - Preview counts and sums what moves and what stays, computes every finding and a fingerprint;
//     it reads one snapshot and writes nothing.
//   - Submit and Execute compute the same preview again, under locks, and refuse when its
//     fingerprint is not the one that the user saw.
//   - Execute runs in one transaction: all or nothing. Every record that it rewrites is in the
//     order's ledger, and the sums of both accounts are compared before it commits.
//   - SubmitReversal takes an order back.
//   - Verify checks the whole database against the ledgers, any time later.
//
// Locks are always taken in this order: the order row, the accounts by id, then the distributors,
// plans and periods relied on. So two transfers never deadlock.
package engine
