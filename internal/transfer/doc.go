// Package transfer is the engine: it moves customers between distributors,
// subscriptions between customers, and merges customers.
//
// What can move is declared once, in Kinds (kinds.go); what a transfer does is
// declared once per flow, in Flows (flows.go). Seven stages loop over these tables:
//
//   - Preview counts and sums what moves and what stays, computes every finding and a
//     fingerprint; it reads one snapshot and writes nothing.
//   - Submit and Execute compute the same preview again, under locks, and refuse when
//     its fingerprint is not the one that the user saw.
//   - Execute runs in one transaction: all or nothing.
//   - Every rewritten record is written to the order's ledger by the statement that
//     rewrites it (change.go).
//   - Reconcile sums both accounts before and after; the difference must be exactly what
//     the transfer declared, or the transaction is rolled back.
//   - Reverse undoes the ledger of an order, last line first (flow_reversal.go).
//   - Verify checks the whole database against the ledgers, any time later.
//
// Locks are always taken in this order: the order row, the accounts by id, then the
// distributors, plans and periods relied on. So two transfers never deadlock.
package transfer
