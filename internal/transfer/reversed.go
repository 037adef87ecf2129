package transfer

import (
	"time"

	"github.com/shopspring/decimal"
)

// reversal is what a situation knows of the order that it takes back.
type reversal struct {
	order    Order
	memos    []carriedMemo
	split    bool // the order cut subscriptions, or joined them
	opened   bool // the order opened the account that loses now, or opened it again
	goesOn   bool // that account stays open: something was issued on it since
	statuses map[int64]string
	rewrote  map[string]bool // kinds of which the order rewrote amounts
}

// carriedMemo is a memo that the reversed order wrote, with its journal entry.
type carriedMemo struct {
	Kind     string          `db:"kind"`
	ID       int64           `db:"id"`
	Number   string          `db:"number"`
	Customer int64           `db:"customer_id"`
	IssuedOn time.Time       `db:"issued_on"`
	Amount   decimal.Decimal `db:"amount"`
	Currency string          `db:"currency"`
	Status   string          `db:"status"`
	EntryID  int64           `db:"entry_id"`
	Entry    string          `db:"entry_memo"`
	Foreign  bool            `db:"allocated"` // something else than the order allocated it

	Debit            string          `db:"debit"` // the accounts of its entry
	Credit           string          `db:"credit"`
	Original         decimal.Decimal `db:"original_amount"` // on the giving side
	OriginalCurrency string          `db:"original_currency"`
}

// counter is the kind of memo that settles it.
func (m carriedMemo) counter() string {
	if m.Kind == "credit_memo" {
		return "debit_memo"
	}
	return "credit_memo"
}

// effect is what the counter-memo, with the allocations that are taken back, does to the
// balance of the account.
func (m carriedMemo) effect() decimal.Decimal {
	if m.Kind == "credit_memo" {
		return m.Amount
	}
	return m.Amount.Neg()
}

// closes reports whether the reversal closes the account that loses.
func (r *reversal) closes() bool { return r.opened && !r.goesOn }
