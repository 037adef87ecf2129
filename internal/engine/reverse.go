package engine

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"handover/internal/accounts"
	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/engine/reversal"
	"handover/internal/fault"
	"handover/internal/order"
	"handover/internal/record"
	"handover/internal/transfer"
)

// CanReverse reports whether the order can be reversed as of now, whatever the data is.
func (e *Engine) CanReverse(o order.Order) bool { return o.Reversible(e.Now()) == nil }

// PreviewReversal computes what the reversal of the order would do, posted on the day of
// execution.
func (e *Engine) PreviewReversal(ctx context.Context, number string) (transfer.Preview, error) {
	return e.PreviewReversalAs(ctx, number, transfer.Request{})
}

// PreviewReversalAs computes what the reversal of the order would do with the posting date
// that is asked for. An order that the reader does not see is a NotFound fault, one of which
// they see one side a Forbidden one, one that cannot be reversed any more a Conflict, a posting
// date that cannot be an Invalid one.
func (e *Engine) PreviewReversalAs(ctx context.Context, number string,
	asked transfer.Request,
) (transfer.Preview, error) {
	var p transfer.Preview
	err := db.InSnapshot(ctx, e.DB, func(tx *sqlx.Tx) error {
		o, err := e.toReverse(ctx, tx, number)
		if err != nil {
			return err
		}
		s, err := e.loadAsked(ctx, tx, reversal.RequestOf(o).Accepting(asked), 0)
		if err != nil {
			return err
		}
		p, err = preview(ctx, tx, s, true)
		return err
	})
	return p, err
}

func (e *Engine) toReverse(ctx context.Context, q db.Querier, number string) (order.Order, error) {
	o, sides, err := order.GetOrderFor(ctx, q, accounts.ScopeOf(ctx), number)
	if err != nil {
		return o, err
	}
	if !sides.Whole {
		return o, fault.New(fault.Forbidden, msgReversalNeedsBothSides, o.Number)
	}
	return o, o.Reversible(e.Now())
}

// SubmitReversal queues an order that takes the given one back, when its preview is
// still the one whose fingerprint the requester saw and all warnings are acknowledged; a
// *Refusal carries the new preview. Execute carries it out as any other.
func (e *Engine) SubmitReversal(ctx context.Context, actor audit.Actor, number string,
	accepted transfer.Request,
) (order.Order, error) {
	var o order.Order
	err := db.InTx(ctx, e.DB, func(tx *sqlx.Tx) error {
		id, ok := record.OrderID(number)
		if !ok {
			return fault.New(fault.NotFound, msgNoOrder, number)
		}
		if _, err := order.LockOrder(ctx, tx, id); err != nil {
			return err
		}
		given, err := e.toReverse(ctx, tx, number)
		if err != nil {
			return err
		}
		draft, err := draftOfReversal(ctx, tx, actor, given)
		if err != nil {
			return err
		}
		req := reversal.RequestOf(given).Accepting(accepted)
		if err := order.LockAccounts(ctx, tx, given.SourceID, *given.TargetID); err != nil {
			return err
		}
		s, err := e.loadAsked(ctx, tx, req, draft)
		if err != nil {
			return err
		}
		p, err := preview(ctx, tx, s, true)
		if err != nil {
			return err
		}
		if err := refuse(req, p); err != nil {
			return err
		}
		if draft == 0 {
			if s.OrderID, err = e.writeReversal(ctx, tx, actor, given); err != nil {
				return err
			}
		}
		written, err := order.GetOrder(ctx, tx, record.OrderNumber(s.OrderID))
		if err != nil {
			return err
		}
		if err := e.queue(ctx, tx, actor, written, s, p); err != nil {
			return err
		}
		o, err = order.GetOrder(ctx, tx, written.Number)
		return err
	})
	return o, err
}

// draftOfReversal returns the person's draft of the reversal, which an execution handed
// back, 0 if there is none.
func draftOfReversal(ctx context.Context, tx *sqlx.Tx, actor audit.Actor, o order.Order) (int64, error) {
	var drafts []int64
	err := tx.SelectContext(ctx, &drafts, `
		select id from transfer_orders
		where reverses_id = $1 and status = 'draft' and requested_by is not distinct from nullif($2::bigint, 0)
		order by id limit 1`, o.ID, actor.ID)
	if err != nil {
		return 0, fmt.Errorf("look for a draft of the reversal: %w", err)
	}
	if len(drafts) == 0 {
		return 0, nil
	}
	return drafts[0], nil
}

// writeReversal writes the order that takes the given one back.
func (e *Engine) writeReversal(ctx context.Context, tx *sqlx.Tx, actor audit.Actor, o order.Order) (int64, error) {
	request, err := order.JSONText(reversal.RequestOf(o))
	if err != nil {
		return 0, err
	}
	var id int64
	err = tx.GetContext(ctx, &id, `
		insert into transfer_orders (kind, request, source_customer_id, source_distributor_id, target_customer_id,
		                             target_distributor_id, reverses_id, requested_by, requested_by_name,
		                             created_at, updated_at, expires_at)
		values ($1, $2, $3, $4, $5, $6, $7, nullif($8::bigint, 0), $9, $10, $10, $11) returning id`,
		o.Kind, request, o.TargetID, o.GainingDistributor(), o.SourceID, o.SourceDistributorID,
		o.ID, actor.ID, actor.Name, e.Now(), e.Now().Add(order.DraftLife))
	if err != nil {
		return 0, fmt.Errorf("write the reversal: %w", err)
	}
	return id, nil
}
