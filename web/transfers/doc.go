// Package transfers has the ways to a transfer and back: the Transfer Account Wizard (wizard*.go),
// Merge Customers and Transfer Subscriptions, which go through the same steps (merge*.go,
// subscriptions.go), and the reversal of an order (reverse.go).
package transfers
