// Package order keeps transfer orders: their drafts, the agreements they wait for, their states,
// schedule and leases, and what each reader may see of them. What a transfer order does is in
// package engine.
//
// It also knows Billing > Operations > Orders: one list of transfer orders and placed orders.
// Both distributors of a transfer see its order. What lies outside the reader's scope has neither
// name nor number in the list, and is neither searched nor sorted by. A draft is seen only by
// those whose scope includes its requester.
package order
