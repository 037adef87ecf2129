// Package situation reads everything that one request touches: accounts, distributors,
// subscriptions, plans, rate, open documents, books. Checks, previews and executions read the
// Situation; none of them changes it.
package situation
