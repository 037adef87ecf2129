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
	Reason   string          `db:"reason"`
	Count    int64           `db:"count"`
	Amount   decimal.Decimal `db:"amount"`
}
