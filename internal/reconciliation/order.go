package reconciliation

import (
	"context"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"handover/internal/db"
)

// OrderLine is a line on clearing or intercompany that an order posted.
type OrderLine struct {
	EntryID          int64           `db:"entry_id"`
	DistributorID    int64           `db:"distributor_id"` // whose books
	Distributor      string          `db:"distributor"`
	PostedOn         time.Time       `db:"posted_on"`
	Account          string          `db:"account"`
	Debit            decimal.Decimal `db:"debit"`
	Credit           decimal.Decimal `db:"credit"`
	Currency         string          `db:"currency"`
	Original         decimal.Decimal `db:"original"` // on the giving side; positive is a debit
	OriginalCurrency string          `db:"original_currency"`
	Rate             decimal.Decimal `db:"rate"` // by which the original amount was multiplied
}

// OrderLines returns what the order posted to clearing and intercompany in the books that the
// reader sees, in the order of the entries.
func OrderLines(ctx context.Context, q db.Querier, orderID int64) ([]OrderLine, error) {
	var list []OrderLine
	err := q.SelectContext(ctx, &list, `
		select c.entry_id, c.distributor_id, d.name as distributor, c.posted_on, c.account,
		       greatest(0, c.amount) as debit, greatest(0, -c.amount) as credit, c.currency,
		       c.original, c.original_currency, coalesce(c.rate, 1) as rate
		from clearing_lines c join distributors d on d.id = c.distributor_id
		where c.order_id = $1 order by c.entry_id, c.id`, orderID)
	if err != nil {
		return nil, fmt.Errorf("read what the order posted: %w", err)
	}
	return list, nil
}
