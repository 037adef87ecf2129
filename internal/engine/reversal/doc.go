// Package reversal takes an order back (docs/domain.md 6.2). It reads from the order's ledger what
// to undo, line by line, last first, and has findings of its own: what happened since can make it
// impossible.
package reversal
