// Package accounts knows who sells and who buys: distributors and their tree,
// customers, and what hangs on a customer without being a document: contacts,
// payment methods, service users, accepted terms, subscriptions.
//
// Every query takes a Scope: whose records the reader may see. What lies outside
// is not found, so that nothing is revealed by the answer.
//
// Accounts that were merged or transferred out stay readable for good. Whatever
// they were called leads to their page, and a search by it also finds the account
// that followed them (lineage.go).
package accounts
