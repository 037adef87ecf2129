// Package billing knows the money side of an account: documents and balances, the journal,
// financial periods and exchange rates.
//
// Exchange rates are dated rows "1 from = rate to" with a source. A pair may have several
// on one date, one per source. ProposeRate chooses the rate that a transfer suggests; its
// comment has the rule.
package billing
