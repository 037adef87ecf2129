package ledger

import (
	"github.com/shopspring/decimal"
)

// Reconciliation is one line of the proof: a kind and currency over source and
// target, before and after. Declared is what the transfer said it would change.
type Reconciliation struct {
	Kind           string          `db:"kind"`
	Currency       string          `db:"currency"`
	CountBefore    int64           `db:"count_before"`
	AmountBefore   decimal.Decimal `db:"amount_before"`
	CountDeclared  int64           `db:"count_declared"`
	AmountDeclared decimal.Decimal `db:"amount_declared"`
	CountAfter     int64           `db:"count_after"`
	AmountAfter    decimal.Decimal `db:"amount_after"`
}

// Holds reports whether before + declared = after.
func (r Reconciliation) Holds() bool {
	return r.CountBefore+r.CountDeclared == r.CountAfter && r.AmountBefore.Add(r.AmountDeclared).Equal(r.AmountAfter)
}

// Difference is what a transfer declares to change in the sums over both accounts.
type Difference struct {
	Kind     string          `db:"kind"`
	Currency string          `db:"currency"`
	Reason   Reason          `db:"reason"`
	Count    int64           `db:"count"`
	Amount   decimal.Decimal `db:"amount"`
	Facts    Facts           `db:"-"`

	FactsJSON string `db:"facts"`
}

// Reason is the code of why a sum changes. An order keeps the code with its facts; Words words them.
type Reason string

// The reasons.
const (
	IntoCurrency           Reason = "into_currency"
	FromCurrencyNewPrices  Reason = "from_currency_at_new_prices"
	NewPrices              Reason = "new_prices"
	Converted              Reason = "converted" // at a rate, or at a new price
	EntriesStay            Reason = "entries_stay"
	CarryingMemos          Reason = "carrying_memos"
	CounterMemos           Reason = "counter_memos"
	MemoEntries            Reason = "memo_entries"
	BalanceTakenBack       Reason = "balance_taken_back"
	Continuations          Reason = "continuations"
	BackIntoCurrency       Reason = "back_into_currency"
	FromCurrencyOldPrices  Reason = "from_currency_at_former_prices"
	OldPrices              Reason = "former_prices"
	FromCurrencyOldAmounts Reason = "from_currency_former_amounts"
	OldAmounts             Reason = "former_amounts"
)

// Facts are what a difference says beside its reason; which of them are there depends on the reason.
type Facts struct {
	Currency string `json:"currency,omitempty"` // the other one
	Rate     string `json:"rate,omitempty"`
	Price    string `json:"price,omitempty"`  // the new one, with the decimals of its currency
	Before   string `json:"before,omitempty"` // the price before
	Memo     string `json:"memo,omitempty"`   // number of the memo that is taken back, where it is one
	Memos    int    `json:"memos,omitempty"`  // that are taken back, where they are several
}
