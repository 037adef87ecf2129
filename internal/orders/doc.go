// Package orders knows Billing > Operations > Orders: one list of transfer orders
// and placed orders, with what each reader may see of it. What a transfer order
// does is in the transfer package.
//
// Both distributors of a transfer see its order. What lies outside the reader's
// scope has neither name nor number in the list, and is neither searched nor
// sorted by. A draft is seen only by those whose scope includes its requester.
package orders
