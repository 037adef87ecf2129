package record

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"handover/internal/db"
)

// OwnedRecord is a record of an account, of whatever kind.
type OwnedRecord struct {
	db.Key
	Number     string          `db:"number"`
	ExternalID string          `db:"external_id"`
	Status     *string         `db:"status"` // nil = the kind has none
	On         time.Time       `db:"on_date"`
	Amount     decimal.Decimal `db:"amount"` // a subscription's is per month
	Currency   string          `db:"currency"`

	// Open is what of a document is still to be paid, or of a payment or memo not used yet; nil
	// where there is no such amount.
	Open *decimal.Decimal `db:"open"`
}

// KindNames returns the names of all kinds, in their order.
func KindNames() []string {
	names := make([]string, len(Kinds))
	for i, k := range Kinds {
		names[i] = k.Name
	}
	return names
}

// ListRecords returns a page of the account's records of a kind, by their ids. The account
// must have been found in the reader's scope.
func ListRecords(ctx context.Context, q db.Querier, k Kind, customerID int64, p db.Page) (db.Part[OwnedRecord], error) {
	keys, err := db.NewKeyset(p, "r.id", "number", db.Order{Key: "number", Expr: "r.id", Type: "bigint"})
	if err != nil {
		return db.Part[OwnedRecord]{}, err
	}
	w := new(db.Where)
	w.And("r.customer_id = ?", customerID)
	if k.PerCurrency {
		w.And("r.counts = 1")
	}
	keys.Apply(w)
	var rows []OwnedRecord
	err = q.SelectContext(ctx, &rows, fmt.Sprintf(`
		select r.number, coalesce(to_jsonb(t)->>'external_id', '') as external_id, to_jsonb(t)->>'status' as status,
		       r.on_date, coalesce(r.amount, 0) as amount, r.currency, %s as open, %s
		from %s r
		  join %s t on t.id = r.id %s
		    %s`, k.open(), keys.Columns(), k.View, k.Table, w.SQL(), keys.Tail()), w.Args()...)
	if err != nil {
		return db.Part[OwnedRecord]{}, fmt.Errorf("list the %s: %w", k.Plural, err)
	}
	return db.Cut(keys, rows), nil
}

// CountRecords returns how many records the account owns of each kind.
func CountRecords(ctx context.Context, q db.Querier, customerID int64) (map[string]int64, error) {
	counts := map[string]int64{}
	parts := make([]string, len(Kinds))
	for i, k := range Kinds {
		counts[k.Name] = 0
		parts[i] = fmt.Sprintf(`select '%s' as kind, coalesce(%s, 0) as count from %s r where r.customer_id = $1`,
			k.Name, k.Counted(), k.View)
	}
	var rows []struct {
		Kind  string `db:"kind"`
		Count int64  `db:"count"`
	}
	if err := q.SelectContext(ctx, &rows, strings.Join(parts, "\nunion all\n"), customerID); err != nil {
		return nil, fmt.Errorf("count the records: %w", err)
	}
	for _, r := range rows {
		counts[r.Kind] = r.Count
	}
	return counts, nil
}
