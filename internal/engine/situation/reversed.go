package situation

import (
	"time"

	"github.com/shopspring/decimal"

	"handover/internal/order"
)

// Reversal is what a situation knows of the order that it takes back.
type Reversal struct {
	Order    order.Order
	Memos    []CarriedMemo
	Split    bool // the order cut subscriptions, or joined them
	Opened   bool // the order opened the account that loses now, or opened it again
	GoesOn   bool // that account stays open: something was issued on it since
	Statuses map[int64]string
	Rewrote  map[string]bool // kinds of which the order rewrote amounts
}

// CarriedMemo is a memo that the reversed order wrote, with its journal entry.
type CarriedMemo struct {
	Kind     string          `db:"kind"`
	ID       int64           `db:"id"`
	Number   string          `db:"number"`
	Customer int64           `db:"customer_id"`
	IssuedOn time.Time       `db:"issued_on"`
	Amount   decimal.Decimal `db:"amount"`
	Currency string          `db:"currency"`
	Status   string          `db:"status"`
	EntryID  int64           `db:"entry_id"`
	Foreign  bool            `db:"allocated"` // something else than the order allocated it

	Debit            string          `db:"debit"` // the accounts of its entry
	Credit           string          `db:"credit"`
	Original         decimal.Decimal `db:"original_amount"` // on the giving side
	OriginalCurrency string          `db:"original_currency"`
}

// Counter is the kind of memo that settles it.
func (m CarriedMemo) Counter() string {
	if m.Kind == "credit_memo" {
		return "debit_memo"
	}
	return "credit_memo"
}

// Effect is what the counter-memo, with the allocations that are taken back, does to the
// balance of the account.
func (m CarriedMemo) Effect() decimal.Decimal {
	if m.Kind == "credit_memo" {
		return m.Amount
	}
	return m.Amount.Neg()
}

// Closes reports whether the reversal closes the account that loses.
func (r *Reversal) Closes() bool { return r.Opened && !r.GoesOn }
