// Package finance is Finance: periods, exchange rates, the journal, the chart of accounts, the
// reconciliation.
package finance
