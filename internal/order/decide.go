package order

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"handover/internal/accounts"
	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/record"
	"handover/internal/transfer"
)

// Cancel takes an order back that was submitted and does not run yet. Who sees its source
// side may; anything else is a NotFound, Forbidden or Conflict fault.
func (d *Desk) Cancel(ctx context.Context, actor audit.Actor, number, reason string) error {
	return d.Decide(ctx, number, func(tx *sqlx.Tx, o Order, sides Sides) error {
		if !sides.Source {
			return fault.New(fault.Forbidden, msgCancelledByOthers, o.Number)
		}
		if !transitionCancel.allows(o.Status) {
			return fault.New(fault.Conflict, msgNotCancellable, o.Number, transfer.Words(o.Status))
		}
		if err := db.ActAsEngine(ctx, tx); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `delete from transfer_leases where order_id = $1`, o.ID); err != nil {
			return fmt.Errorf("take %s out of the queue: %w", o.Number, err)
		}
		return ApplyTransition(ctx, tx, o, transitionCancel, TransitionData{
			Actor: actor, At: d.Now(), Said: reason, Set: map[string]any{"reason": reason, "expires_at": nil},
			After: map[string]any{"reason": reason},
		})
	})
}

// Retry makes a failed order a draft of the actor again, to be previewed and confirmed
// like any other. It returns the draft.
func (d *Desk) Retry(ctx context.Context, actor audit.Actor, number string) (Order, error) {
	var draft Order
	err := d.Decide(ctx, number, func(tx *sqlx.Tx, o Order, sides Sides) (err error) {
		draft, err = d.Redraft(ctx, tx, actor, o, sides)
		return err
	})
	return draft, err
}

// Redraft makes the failed order a draft of the actor's.
func (d *Desk) Redraft(ctx context.Context, tx *sqlx.Tx, actor audit.Actor, o Order, sides Sides) (Order, error) {
	if !sides.Whole {
		return o, fault.New(fault.Forbidden, msgRetryNeedsBothSides, o.Number)
	}
	if !transitionRetry.allows(o.Status) {
		return o, fault.New(fault.Conflict, msgNotRetryable, o.Number, transfer.Words(o.Status))
	}
	o, err := LockOrder(ctx, tx, o.ID) // as it is written, not as the reader sees it
	if err != nil {
		return o, err
	}
	other, found, err := FindDraft(ctx, tx, actor, o.Kind, o.SourceID)
	if err != nil {
		return o, err
	}
	if found && o.ReversesID == nil {
		return o, fault.New(fault.Conflict, msgDraftInTheWay, other.Number, o.Number)
	}
	if err := db.ActAsEngine(ctx, tx); err != nil {
		return o, err
	}
	err = ApplyTransition(ctx, tx, o, transitionRetry, TransitionData{
		Actor: actor, At: d.Now(), Before: map[string]any{"failure": o.FailureCode},
		Set: map[string]any{
			"failure": "", "failure_facts": "{}", "started_at": nil, "expires_at": d.Now().Add(DraftLife),
			"requested_by": nullID(actor.ID), "requested_by_name": actor.Name,
		},
	})
	if err != nil {
		return o, err
	}
	return GetOrder(ctx, tx, o.Number)
}

// Decide locks the order that the reader sees, and what they see of it.
func (d *Desk) Decide(ctx context.Context, number string, do func(tx *sqlx.Tx, o Order, sides Sides) error) error {
	return db.InTx(ctx, d.DB, func(tx *sqlx.Tx) error {
		id, ok := record.OrderID(number)
		if !ok {
			return fault.New(fault.NotFound, msgNoOrder, number)
		}
		if _, err := LockOrder(ctx, tx, id); err != nil {
			return err
		}
		o, sides, err := GetOrderFor(ctx, tx, accounts.ScopeOf(ctx), number)
		if err != nil {
			return err
		}
		return do(tx, o, sides)
	})
}
