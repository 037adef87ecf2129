package flow

import (
	"context"
	"fmt"

	"handover/internal/db"
	"handover/internal/engine/situation"
	"handover/internal/money"
	"handover/internal/order"
	"handover/internal/record"
)

// ProveBooks compares the control accounts after the transfer with those before and what was
// declared, keeps both with the order, and fails with the first that does not hold.
func (x *Execution) ProveBooks(ctx context.Context, q db.Querier) error {
	source, err := situation.ControlsOf(ctx, q, x.Source.ID)
	if err != nil {
		return err
	}
	target, err := situation.ControlsOf(ctx, q, x.TargetID)
	if err != nil {
		return err
	}
	for _, c := range x.Books.Changes(source, target) {
		account, distributor := x.Source.ID, x.From.ID
		if c.Side == "target" {
			account, distributor = x.TargetID, x.To.ID
		}
		if !c.Holds() {
			return order.Failure{Code: order.FailedBooks, Facts: order.FailureFacts{
				Role: c.Role, Account: record.Number(record.CustomerPrefix, account), Currency: c.Currency,
				Before: money.Plain(c.Before.Difference()), Declared: money.Plain(c.Declared),
				After: money.Plain(c.After.Difference()),
			}}.Fault()
		}
		_, err := q.ExecContext(ctx, `
			insert into transfer_books (order_id, side, customer_id, distributor_id, role, currency, ledger_before,
			                            sub_ledger_before, declared, ledger_after, sub_ledger_after)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10,
			        $11)`, x.OrderID, c.Side, account, distributor, c.Role, c.Currency,
			c.Before.Ledger, c.Before.SubLedger, c.Declared, c.After.Ledger, c.After.SubLedger)
		if err != nil {
			return fmt.Errorf("write the proof of the control accounts: %w", err)
		}
	}
	return nil
}
