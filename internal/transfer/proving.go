package transfer

import (
	"context"
	"fmt"

	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/money"
)

// proveBooks compares the control accounts after the transfer with those before and what was
// declared, keeps both with the order, and fails with the first that does not hold.
func (x *execution) proveBooks(ctx context.Context, q db.Querier) error {
	source, err := controlsOf(ctx, q, x.source.ID)
	if err != nil {
		return err
	}
	target, err := controlsOf(ctx, q, x.targetID)
	if err != nil {
		return err
	}
	for _, c := range x.books.changes(source, target) {
		account, distributor := x.source.ID, x.from.ID
		if c.Side == "target" {
			account, distributor = x.targetID, x.to.ID
		}
		if !c.holds() {
			return fault.New(fault.Conflict,
				"The books do not agree: %s of %s was %s %s, %s was declared to change, and it would be %s. Nothing was changed.",
				ControlLabel(c.Role), Number(customerPrefix, account), money.Plain(c.Before.difference()), c.Currency,
				money.Plain(c.Declared), money.Plain(c.After.difference()))
		}
		_, err := q.ExecContext(ctx, `
			insert into transfer_books (order_id, side, customer_id, distributor_id, role, currency, ledger_before, sub_ledger_before,
			                            declared, ledger_after, sub_ledger_after)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, x.orderID, c.Side, account, distributor, c.Role, c.Currency,
			c.Before.Ledger, c.Before.SubLedger, c.Declared, c.After.Ledger, c.After.SubLedger)
		if err != nil {
			return fmt.Errorf("write the proof of the control accounts: %w", err)
		}
	}
	return nil
}
