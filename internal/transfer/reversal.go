package transfer

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/accounts"
	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/fault"
)

// reversalDays is for how many days after its completion an order can be reversed.
const reversalDays = 30

// reversal is what a situation knows of the order that it takes back.
type reversal struct {
	order    Order
	memos    []carriedMemo
	split    bool // the order cut subscriptions, or joined them
	opened   bool // the order opened the account that loses now, or opened it again
	goesOn   bool // that account stays open: something was issued on it since
	statuses map[int64]string
	rewrote  map[string]bool // kinds of which the order rewrote amounts
}

// ReversibleUntil returns the moment until which the order can be reversed, and whether
// it is an order that can be: a completed one.
func (o Order) ReversibleUntil() (time.Time, bool) {
	if o.Status != "completed" || o.CompletedAt == nil {
		return time.Time{}, false
	}
	return o.CompletedAt.AddDate(0, 0, reversalDays), true
}

// reversible refuses an order that cannot be reversed, whatever the data is.
func (o Order) reversible(now time.Time) error {
	until, ok := o.ReversibleUntil()
	switch {
	case o.Status == "reversed":
		return fault.New(fault.Conflict, "%s was reversed already, by %s. Reverse that order to restore it.", o.Number, o.ReversedBy)
	case !ok:
		return fault.New(fault.Conflict, "%s is %s; only a completed order can be reversed.", o.Number, words(o.Status))
	case now.After(until):
		return fault.New(fault.Conflict, "%s was completed on %s; it could be reversed until %s. Transfer back with a new order instead.",
			o.Number, o.CompletedAt.Format(dayForm), until.Format(dayForm))
	}
	return nil
}

// CanReverse reports whether the order can be reversed as of now, whatever the data is.
func (e *Engine) CanReverse(o Order) bool { return o.reversible(e.Now()) == nil }

// reversalOf is the request that takes the order back: what the target gained, it loses.
func reversalOf(o Order) Request {
	req := Request{Kind: o.Kind, Reverses: o.Number, SourceCustomer: o.TargetNumber, TargetCustomer: o.SourceNumber}
	if o.Kind == Distributor {
		req.TargetDistributor = Number(distributorPrefix, o.SourceDistributorID)
	}
	return req
}

// accepting takes over what was answered to a preview, and the posting date and reason.
func (r Request) accepting(a Request) Request {
	r.Acknowledged, r.Fingerprint, r.StartAt = a.Acknowledged, a.Fingerprint, a.StartAt
	r.PostOn, r.Reason = a.PostOn, a.Reason
	return r
}

// PreviewReversal computes what the reversal of the order would do, posted on the day of
// execution.
func (e *Engine) PreviewReversal(ctx context.Context, number string) (Preview, error) {
	return e.PreviewReversalAs(ctx, number, Request{})
}

// PreviewReversalAs computes what the reversal of the order would do with the posting date
// that is asked for. An order that the reader does not see is a NotFound fault, one of which
// they see one side a Forbidden one, one that cannot be reversed any more a Conflict, a posting
// date that cannot be an Invalid one.
func (e *Engine) PreviewReversalAs(ctx context.Context, number string, asked Request) (Preview, error) {
	var p Preview
	err := db.InSnapshot(ctx, e.DB, func(tx *sqlx.Tx) error {
		o, err := e.toReverse(ctx, tx, number)
		if err != nil {
			return err
		}
		s, err := e.loadAsked(ctx, tx, reversalOf(o).accepting(asked), 0)
		if err != nil {
			return err
		}
		p, err = s.preview(ctx, tx, true)
		return err
	})
	return p, err
}

func (e *Engine) toReverse(ctx context.Context, q db.Querier, number string) (Order, error) {
	o, sides, err := GetOrderFor(ctx, q, accounts.ScopeOf(ctx), number)
	if err != nil {
		return o, err
	}
	if !sides.Whole {
		return o, fault.New(fault.Forbidden, "%s concerns another distributor as well; only who sees both sides can reverse it.", o.Number)
	}
	return o, o.reversible(e.Now())
}

// SubmitReversal queues an order that takes the given one back, when its preview is
// still the one whose fingerprint the requester saw and all warnings are acknowledged; a
// *Refusal carries the new preview. Execute carries it out as any other.
func (e *Engine) SubmitReversal(ctx context.Context, actor audit.Actor, number string, accepted Request) (Order, error) {
	var o Order
	err := db.InTx(ctx, e.DB, func(tx *sqlx.Tx) error {
		id, ok := OrderID(number)
		if !ok {
			return fault.New(fault.NotFound, "There is no order %s.", number)
		}
		if _, err := lockOrder(ctx, tx, id); err != nil {
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
		req := reversalOf(given).accepting(accepted)
		if err := lockAccounts(ctx, tx, given.SourceID, *given.TargetID); err != nil {
			return err
		}
		s, err := e.loadAsked(ctx, tx, req, draft)
		if err != nil {
			return err
		}
		p, err := s.preview(ctx, tx, true)
		if err != nil {
			return err
		}
		if err := refuse(req, p); err != nil {
			return err
		}
		if draft == 0 {
			if s.orderID, err = e.writeReversal(ctx, tx, actor, given); err != nil {
				return err
			}
		}
		written, err := GetOrder(ctx, tx, OrderNumber(s.orderID))
		if err != nil {
			return err
		}
		if err := e.queue(ctx, tx, actor, written, s, p); err != nil {
			return err
		}
		o, err = GetOrder(ctx, tx, written.Number)
		return err
	})
	return o, err
}

// draftOfReversal returns the person's draft of the reversal, which an execution handed
// back, 0 if there is none.
func draftOfReversal(ctx context.Context, tx *sqlx.Tx, actor audit.Actor, o Order) (int64, error) {
	var drafts []int64
	err := tx.SelectContext(ctx, &drafts, `
		select id from transfer_orders
		where reverses_id = $1 and status = 'draft' and requested_by is not distinct from nullif($2::bigint, 0) order by id limit 1`, o.ID, actor.ID)
	if err != nil {
		return 0, fmt.Errorf("look for a draft of the reversal: %w", err)
	}
	if len(drafts) == 0 {
		return 0, nil
	}
	return drafts[0], nil
}

// writeReversal writes the order that takes the given one back.
func (e *Engine) writeReversal(ctx context.Context, tx *sqlx.Tx, actor audit.Actor, o Order) (int64, error) {
	request, err := jsonText(reversalOf(o))
	if err != nil {
		return 0, err
	}
	var id int64
	err = tx.GetContext(ctx, &id, `
		insert into transfer_orders (kind, request, source_customer_id, source_distributor_id, target_customer_id, target_distributor_id,
		                             reverses_id, requested_by, requested_by_name, created_at, updated_at, expires_at)
		values ($1, $2, $3, $4, $5, $6, $7, nullif($8::bigint, 0), $9, $10, $10, $11) returning id`,
		o.Kind, request, o.TargetID, o.gainingDistributor(), o.SourceID, o.SourceDistributorID,
		o.ID, actor.ID, actor.Name, e.Now(), e.Now().Add(draftLife))
	if err != nil {
		return 0, fmt.Errorf("write the reversal: %w", err)
	}
	return id, nil
}

// gainingDistributor is the distributor of the account that gained.
func (o Order) gainingDistributor() int64 {
	if o.TargetDistributorID != nil {
		return *o.TargetDistributorID
	}
	return o.SourceDistributorID
}

// loadReversal reads the situation of a reversal: who gained loses now.
func (e *Engine) loadReversal(ctx context.Context, q db.Querier, req Request, orderID int64) (*situation, error) {
	var wrong fault.Fields
	if req.checkCommon(&wrong); len(wrong) > 0 {
		return nil, wrong.Err()
	}
	s := &situation{request: req, flow: reversalFlow(req.Kind), orderID: orderID, reversal: &reversal{}}
	if err := s.admit(ctx, q); err != nil {
		return nil, err
	}
	var err error
	if s.reversal.order, err = GetOrder(ctx, q, req.Reverses); err != nil {
		return nil, err
	}
	asked := reversalOf(s.reversal.order)
	if s.reversal.order.Status != "completed" || asked.Kind != req.Kind || asked.SourceCustomer != req.SourceCustomer || asked.TargetCustomer != req.TargetCustomer {
		return nil, fault.New(fault.Conflict, "%s cannot be reversed: it is %s.", req.Reverses, words(s.reversal.order.Status))
	}
	if s.source, err = loadAccount(ctx, q, "source_customer", req.SourceCustomer); err != nil {
		return nil, err
	}
	if s.target, err = loadAccount(ctx, q, "target_customer", req.TargetCustomer); err != nil {
		return nil, err
	}
	if s.from, err = e.loadCompany(ctx, q, s.source.DistributorID); err != nil {
		return nil, err
	}
	if s.to, err = e.loadCompany(ctx, q, s.target.DistributorID); err != nil {
		return nil, err
	}
	s.converts = s.source.Currency != s.target.Currency
	for _, read := range s.flow.Load {
		if err := read(e, ctx, q, s); err != nil {
			return nil, err
		}
	}
	return s, nil
}
