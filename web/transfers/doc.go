// Package transfers has the ways to a transfer and back. One form machine fills in the draft of every
// transfer (draft*.go; the table of flows is in draft_flows.go); what is asked is in wizard*.go for
// the Transfer Account Wizard, in merge*.go and subscriptions.go for Merge Customers and Transfer
// Subscriptions. The reversal of an order (reverse.go) ends as they do (act.go).
package transfers
