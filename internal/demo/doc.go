// Package demo makes a world to try Handover with: a provider with resellers in two levels
// and three currencies, and customers with years of contracts and documents.
//
// Load writes it as CSV files of the import format, imports them into an empty database
// and adds people who can sign in. The same size, seed and month give the same bytes: all
// dates depend on the start of the current month, so that the newest invoices are always
// fresh.
//
// History adds orders of twelve weeks in all states, which the engine makes. It is part of the command
// "handover demo" and not of Load, so that tests which need the data alone do not wait for it.
// The data come first and know nothing of the orders: sources are preferred of whom no document is dated
// after their order, but a merge of weeks ago may have moved documents that were issued since.
//
// Most customers are generated (customers.go), and some have a fixed name and story
// (showcase.go). For each finding that a customer can cause, one customer has this
// finding's name (cases.go). It is otherwise clean, so that a preview shows this one rule.
// Documents are written as billing would: each period of a subscription is charged,
// invoiced, scheduled and paid (billing.go, settle.go), and the journal and all statuses
// follow from the documents at the end (journal.go, finish.go).
package demo
