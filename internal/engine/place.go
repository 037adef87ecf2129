package engine

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"handover/internal/accounts"
	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/engine/situation"
	"handover/internal/fault"
	"handover/internal/order"
	"handover/internal/record"
	"handover/internal/transfer"
)

// Key is what a program calls an order that it asks for, so that asking twice gives one.
type Key struct {
	Key      string // of its own choice, unique for the staff member
	BodyHash string // digest of what was asked for with it
}

// KeyField is the header that carries a Key.Key, as an error about it is named.
const KeyField = "Idempotency-Key"

// longestKey is how long a key may be.
const longestKey = 255

// Place submits a transfer in one transaction, without a draft before it. It checks in this
// order: the key, the scope, the privilege (may), the fingerprint, the findings. A key that
// is bound already gives its order again, or with something else asked an Invalid fault; a
// *Refusal carries the new preview. What is refused binds no key and leaves no order.
func (e *Engine) Place(ctx context.Context, actor audit.Actor, req transfer.Request, key Key,
	may func() error,
) (order.Order, error) {
	if key.Key == "" || len(key.Key) > longestKey {
		return order.Order{}, fault.InvalidField(KeyField, msgIdempotencyKey, longestKey)
	}
	var o order.Order
	err := db.InTx(ctx, e.DB, func(tx *sqlx.Tx) error {
		bound, err := bindKey(ctx, tx, actor, key)
		if err != nil {
			return err
		}
		if bound != 0 {
			o, _, err = order.GetOrderFor(ctx, tx, accounts.ScopeOf(ctx), record.OrderNumber(bound))
			return err
		}
		if err := req.Check(); err != nil {
			return err
		}
		if err := order.FindParties(ctx, tx, req); err != nil {
			return err
		}
		if err := may(); err != nil {
			return err
		}
		o, err = e.place(ctx, tx, actor, req)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `update transfer_keys set order_id = $3 where staff_id = $1 and key = $2`,
			actor.ID, key.Key, o.ID)
		if err != nil {
			return fmt.Errorf("bind the key: %w", err)
		}
		return nil
	})
	return o, err
}

// bindKey takes the key for a new order and returns 0, or the id of the order that has it.
// It waits for another request that takes the key at the same moment.
func bindKey(ctx context.Context, tx *sqlx.Tx, actor audit.Actor, key Key) (int64, error) {
	taken, err := tx.ExecContext(ctx, `
		insert into transfer_keys (staff_id, key, body_hash) values ($1, $2, $3)
		on conflict do nothing`, actor.ID, key.Key, key.BodyHash)
	if err != nil {
		return 0, fmt.Errorf("take the key: %w", err)
	}
	if n, err := taken.RowsAffected(); err != nil || n == 1 {
		return 0, err
	}
	var has struct {
		BodyHash string `db:"body_hash"`
		OrderID  int64  `db:"order_id"`
	}
	err = tx.GetContext(ctx, &has, `select body_hash, order_id from transfer_keys where staff_id = $1 and key = $2`,
		actor.ID, key.Key)
	if err != nil {
		return 0, fmt.Errorf("read the key: %w", err)
	}
	if has.BodyHash != key.BodyHash {
		return 0, fault.InvalidField(KeyField, msgKeyOfAnother, key.Key, record.OrderNumber(has.OrderID))
	}
	return has.OrderID, nil
}

// place writes the order and submits it.
func (e *Engine) place(ctx context.Context, tx *sqlx.Tx, actor audit.Actor, req transfer.Request) (order.Order, error) {
	source, err := e.sourceOf(ctx, tx, req)
	if err != nil {
		return order.Order{}, err
	}
	o := order.Order{}
	if source.ID != 0 {
		number, err := e.NewDraft(ctx, tx, actor, source.DraftSource(), req)
		if err != nil {
			return o, err
		}
		if o, err = order.GetOrder(ctx, tx, number); err != nil {
			return o, err
		}
	}
	ids := []int64{}
	if source.ID != 0 {
		ids = o.Accounts()
	}
	if err := order.LockAccounts(ctx, tx, ids...); err != nil {
		return o, err
	}
	s, err := e.loadAsked(ctx, tx, req, o.ID)
	if err != nil {
		return o, err
	}
	p, err := preview(ctx, tx, s, true)
	if err != nil {
		return o, err
	}
	if err := refuse(req, p); err != nil {
		return o, err
	}
	if err := setTarget(ctx, tx, o.ID, s); err != nil {
		return o, err
	}
	if err := e.queue(ctx, tx, actor, o, s, p); err != nil {
		return o, err
	}
	return order.GetOrder(ctx, tx, o.Number)
}

// sourceOf reads the account that the request names; of a distributor's number, which a
// finding refuses, the zero account.
func (e *Engine) sourceOf(ctx context.Context, q db.Querier, req transfer.Request) (situation.Account, error) {
	if _, ok := record.IDOf(record.DistributorPrefix, req.SourceCustomer); ok {
		return situation.Account{}, nil
	}
	return situation.LoadAccount(ctx, q, "source_customer", req.SourceCustomer)
}

// setTarget writes on the order who gains.
func setTarget(ctx context.Context, q db.Querier, orderID int64, s *situation.Situation) error {
	_, err := q.ExecContext(ctx, `
		update transfer_orders set target_customer_id = nullif($2::bigint, 0),
		       target_distributor_id = nullif($3::bigint, 0) where id = $1`, orderID, s.Target.ID, s.To.ID)
	if err != nil {
		return fmt.Errorf("write who gains: %w", err)
	}
	return nil
}

// RetryAtOnce submits a failed order again when its preview is clean: executable, and with
// no warning that was not accepted before. A *Refusal carries the new preview; then the
// order stays failed.
func (e *Engine) RetryAtOnce(ctx context.Context, actor audit.Actor, number string) (order.Order, error) {
	var o order.Order
	err := e.Decide(ctx, number, func(tx *sqlx.Tx, seen order.Order, sides order.Sides) error {
		draft, err := e.Redraft(ctx, tx, actor, seen, sides)
		if err != nil {
			return err
		}
		req := draft.Request
		req.StartAt = ""
		if err := order.LockAccounts(ctx, tx, draft.Accounts()...); err != nil {
			return err
		}
		s, err := e.load(ctx, tx, req, draft.ID)
		if err != nil {
			return err
		}
		p, err := preview(ctx, tx, s, true)
		if err != nil {
			return err
		}
		req.Fingerprint = p.Fingerprint
		if err := refuse(req, p); err != nil {
			return err
		}
		s.Request = req
		if err := e.queue(ctx, tx, actor, draft, s, p); err != nil {
			return err
		}
		o, err = order.GetOrder(ctx, tx, number)
		return err
	})
	return o, err
}
