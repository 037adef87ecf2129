// Package accounts knows who sells and who buys: distributors and their tree, customers,
// and the records of a customer that are no documents: contacts, payment methods, service
// users, accepted terms, subscriptions.
//
// Every query takes a Scope: whose records the reader may see. Records outside are not
// found, so that the answer reveals nothing.
//
// Accounts that were merged or transferred out stay readable for good. Their former names
// and ids lead to their page, and a search by one also finds the account that followed
// them (lineage.go).
package accounts
