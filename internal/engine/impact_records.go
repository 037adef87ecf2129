package engine

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/shopspring/decimal"

	"handover/internal/db"
	"handover/internal/engine/reversal"
	"handover/internal/fault"
	"handover/internal/order"
	"handover/internal/record"
	"handover/internal/transfer"
)

// ImpactRecord is one record that moves or stays.
type ImpactRecord struct {
	ID       int64           `db:"id"`
	Number   string          `db:"number"`
	On       *time.Time      `db:"on_date"`
	Amount   decimal.Decimal `db:"amount"`
	Currency string          `db:"currency"`
}

// Cursor is the record's place in the list.
func (r ImpactRecord) Cursor() string { return fmt.Sprintf("%d.%s", r.ID, r.Currency) }

// ImpactRecords returns up to limit records of a kind that the request moves, or leaves,
// after the cursor ("" for the first): the records that a line of Impact counts.
func (e *Engine) ImpactRecords(ctx context.Context, req transfer.Request, kind string, moving bool, after string,
	limit int,
) ([]ImpactRecord, error) {
	k, ok := record.KindOf(kind)
	if !ok {
		return nil, fault.New(fault.NotFound, msgNoKind, kind)
	}
	place, currency, _ := strings.Cut(after, ".")
	id, _ := strconv.ParseInt(place, 10, 64) // one that was changed by hand begins at the first record
	var list []ImpactRecord
	err := db.InSnapshot(ctx, e.DB, func(tx *sqlx.Tx) error {
		s, err := e.load(ctx, tx, req, 0)
		if err != nil {
			return err
		}
		moves := s.Rule(k)
		if moves == "" {
			moves = "false"
		}
		values := s.Args()
		values["wanted"], values["after_id"], values["after_currency"], values["limit"] = moving, id, currency, limit
		text, bound := record.Bind(fmt.Sprintf(`
			select r.id, r.number, r.on_date, r.amount, r.currency from %s r
			where r.customer_id = @source and coalesce(%s, false) = @wanted
			  and (r.id, r.currency) > (@after_id, @after_currency)
			order by r.id, r.currency limit @limit`, k.View, record.At(moves, "r")), values)
		return tx.SelectContext(ctx, &list, text, bound...)
	})
	if err != nil {
		return nil, fmt.Errorf("read the %s: %w", k.Plural, err)
	}
	return list, nil
}

// ReversalRecords are the ImpactRecords of the order's reversal: what comes back, or
// stays. Errors are those of PreviewReversal.
func (e *Engine) ReversalRecords(ctx context.Context, number, kind string, moving bool, after string,
	limit int,
) ([]ImpactRecord, error) {
	var o order.Order
	err := db.InSnapshot(ctx, e.DB, func(tx *sqlx.Tx) (err error) {
		o, err = e.toReverse(ctx, tx, number)
		return err
	})
	if err != nil {
		return nil, err
	}
	return e.ImpactRecords(ctx, reversal.RequestOf(o), kind, moving, after, limit)
}
