package billing

import (
	"context"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"handover/internal/accounts"
	"handover/internal/db"
)

// Found is an invoice or memo that a search found.
type Found struct {
	Kind         string          `db:"kind"` // name of a DocumentKind
	ID           int64           `db:"id"`
	Number       string          `db:"number"`
	CustomerID   int64           `db:"customer_id"`
	CustomerName string          `db:"customer_name"`
	IssuedOn     time.Time       `db:"issued_on"`
	Amount       decimal.Decimal `db:"amount"`
	Currency     string          `db:"currency"`
	Status       string          `db:"status"`
}

// FindDocuments returns the first few invoices and memos in the scope that bear
// the number or external id.
func FindDocuments(ctx context.Context, q db.Querier, s accounts.Scope, typed string, limit int) ([]Found, error) {
	var w db.Where
	number := w.Arg(typed)
	s.Apply(&w, "c.distributor_id")
	branch := func(kind, table, amount string) string {
		return fmt.Sprintf(`select '%s' as kind, id, number, customer_id, issued_on, %s as amount, currency, status
			from %s where number = %s or external_id = %[4]s`, kind, amount, table, number)
	}
	var out []Found
	err := q.SelectContext(ctx, &out, `
		select r.kind, r.id, r.number, r.customer_id, c.name as customer_name, r.issued_on, r.amount, r.currency,
		       r.status
		from (`+branch("invoice", "invoices", "total")+` union all `+branch("credit_memo", "credit_memos", "amount")+
		` union all `+branch("debit_memo", "debit_memos", "amount")+`) r
		join customers c on c.id = r.customer_id `+w.SQL()+`
		order by r.issued_on desc, r.kind, r.id limit `+w.Arg(limit), w.Args()...)
	if err != nil {
		return nil, fmt.Errorf("find documents by number: %w", err)
	}
	return out, nil
}
