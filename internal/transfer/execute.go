package transfer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/accounts"
	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/fault"
)

// Refusal is why a transfer did not happen: the data changed since the preview, or
// its findings forbid it. It carries the preview as it is now.
type Refusal struct {
	Fault   *fault.Error
	Preview Preview
}

// Error returns the sentence.
func (r *Refusal) Error() string { return r.Fault.Error() }

// Unwrap returns the fault: PREVIEW_STALE or BLOCKED.
func (r *Refusal) Unwrap() error { return r.Fault }

// refuse says why the request may not be executed as it was previewed; nil if it may.
func refuse(req Request, p Preview) error {
	if req.Fingerprint != p.Fingerprint {
		return &Refusal{fault.New(fault.PreviewStale,
			"The data changed since the preview. Nothing was transferred. Look at the new preview, then confirm again."), p}
	}
	if !p.Executable {
		return &Refusal{fault.New(fault.Blocked, "The transfer is blocked: %s", p.Blocking()[0].Message), p}
	}
	if open := p.Unacknowledged(req); len(open) > 0 {
		return &Refusal{fault.New(fault.Blocked, "Confirm each warning first: %s", open[0].Message), p}
	}
	return nil
}

// Submit turns a draft into a queued order, when its preview is still the one whose
// fingerprint the requester saw and all warnings are acknowledged. It takes the
// accounts, so that no other transfer can be submitted for them. A *Refusal carries
// the new preview; then the order stays a draft.
func (e *Engine) Submit(ctx context.Context, actor audit.Actor, orderID int64, version int, accepted Request) error {
	return db.InTx(ctx, e.DB, func(tx *sqlx.Tx) error {
		o, err := lockOrder(ctx, tx, orderID)
		if err != nil {
			return err
		}
		if o.Status != "draft" {
			return fault.New(fault.Conflict, "%s is %s already; it was not submitted twice.", o.Number, words(o.Status))
		}
		if o.Version != version {
			return errMovedOn(o.Number)
		}
		if _, _, err := GetOrderFor(ctx, tx, accounts.ScopeOf(ctx), o.Number); err != nil {
			return err
		}
		req := o.Request
		req.Acknowledged, req.Fingerprint = accepted.Acknowledged, accepted.Fingerprint
		if err := lockAccounts(ctx, tx, o.accounts()...); err != nil {
			return err
		}
		s, err := e.load(ctx, tx, req, orderID)
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
		return e.queue(ctx, tx, actor, s, p)
	})
}

// queue writes the order as submitted.
func (e *Engine) queue(ctx context.Context, tx *sqlx.Tx, actor audit.Actor, s *situation, p Preview) error {
	request, err := jsonText(s.request)
	if err != nil {
		return err
	}
	preview, err := jsonText(p)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		update transfer_orders set status = 'queued', version = version + 1, request = $2, preview = $3, fingerprint = $4,
		       submitted_at = $5, updated_at = $5, expires_at = null where id = $1`,
		s.orderID, request, preview, p.Fingerprint, e.Now())
	if err != nil {
		return fmt.Errorf("queue the order: %w", err)
	}
	for _, a := range s.accounts() {
		if _, err := tx.ExecContext(ctx, `insert into open_transfers (customer_id, order_id) values ($1, $2)`, a.ID, s.orderID); err != nil {
			return fmt.Errorf("take the account: %w", err)
		}
	}
	detail := fmt.Sprintf("Preview %.8s accepted, %s acknowledged", p.Fingerprint, plural(len(s.request.Acknowledged), "warning", "warnings"))
	if err := note(ctx, tx, s.orderID, actor, "Requested", detail); err != nil {
		return err
	}
	return audit.Append(ctx, tx, audit.Entry{
		Actor: actor, Action: "transfer.submit", SubjectKind: "order", Subject: OrderNumber(s.orderID), OrderID: s.orderID,
		Before: stateOf("draft"), After: map[string]any{"status": "queued", "request": s.request},
	})
}

// Execute carries out a queued order in one transaction: all of it or nothing. An
// order that is not queued any more is left alone, so that nothing executes twice.
// When the data changed since it was submitted, the order goes back to draft and the
// error is a *Refusal; any other mistake is recorded on the order as its failure.
func (e *Engine) Execute(ctx context.Context, actor audit.Actor, orderID int64) error {
	start := time.Now()
	ctx, err := e.behindRequester(ctx, orderID)
	if err != nil {
		return err
	}
	err = db.InTx(ctx, e.DB, func(tx *sqlx.Tx) error { return e.execute(ctx, tx, actor, orderID) })
	log := e.Log.With(slog.String("order", OrderNumber(orderID)), slog.Duration("took", time.Since(start)))
	if err == nil {
		log.Info("transfer executed")
		return nil
	}
	log.Warn("transfer not executed", slog.Any("error", err))
	if cause, ok := errors.AsType[*Refusal](err); ok {
		return errors.Join(err, e.backToDraft(ctx, actor, orderID, cause))
	}
	if errors.Is(err, errNotQueued) || ctx.Err() != nil {
		return err
	}
	return errors.Join(err, e.fail(ctx, actor, orderID, err))
}

var errNotQueued = fault.New(fault.Conflict, "The order is not waiting for its execution.")

// execute does the work inside the transaction.
func (e *Engine) execute(ctx context.Context, tx *sqlx.Tx, actor audit.Actor, orderID int64) error {
	o, err := lockOrder(ctx, tx, orderID)
	if err != nil {
		return err
	}
	if o.Status != "queued" {
		return errNotQueued
	}
	if o.ReversesID != nil {
		if _, err := lockOrder(ctx, tx, *o.ReversesID); err != nil {
			return err
		}
	}
	if err := lockAccounts(ctx, tx, o.accounts()...); err != nil {
		return err
	}
	if err := (&situation{request: o.Request}).admit(ctx, tx); err != nil {
		return err
	}
	if err := lockBooks(ctx, tx, o.Request, o.SourceDistributorID); err != nil {
		return err
	}
	s, err := e.load(ctx, tx, o.Request, orderID)
	if err != nil {
		return err
	}
	p, err := s.preview(ctx, tx, false)
	if err != nil {
		return err
	}
	if err := refuse(o.Request, p); err != nil {
		return e.recount(ctx, tx, s, err)
	}
	p.Impact = o.Preview.Impact
	x := newExecution(s, actor)
	if err := x.run(ctx, tx, p); err != nil {
		return err
	}
	return e.complete(ctx, tx, x)
}

// recount completes the preview of a refusal with the counts to be shown.
func (e *Engine) recount(ctx context.Context, tx *sqlx.Tx, s *situation, refusal error) error {
	cause, ok := errors.AsType[*Refusal](refusal)
	if !ok {
		return refusal
	}
	full, err := s.preview(ctx, tx, true)
	if err != nil {
		return err
	}
	cause.Preview = full
	return refusal
}

// run does the flow's steps between the two sums of the books.
func (x *execution) run(ctx context.Context, tx db.Querier, p Preview) error {
	before, err := x.sums(ctx, tx, []int64{x.source.ID, x.targetID})
	if err != nil {
		return err
	}
	for _, step := range x.flow.Steps {
		if err := step.Do(ctx, tx, x); err != nil {
			return fmt.Errorf("%s: %w", step.Name, err)
		}
	}
	after, err := x.sums(ctx, tx, []int64{x.source.ID, x.targetID})
	if err != nil {
		return err
	}
	for _, i := range p.Moving() {
		x.result.Moved = append(x.result.Moved, Moved{i.Kind, i.Moving.Count})
	}
	x.result.Rate = p.Rate
	if err := x.mark(ctx, tx); err != nil {
		return err
	}
	return x.reconcile(ctx, tx, before, after)
}

// complete writes the order's end with the head of the audit log at that moment, its
// timeline and audit entry, and gives the accounts back.
func (e *Engine) complete(ctx context.Context, tx *sqlx.Tx, x *execution) error {
	result, err := jsonText(x.result)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		update transfer_orders set status = 'completed', version = version + 1, target_customer_id = $2, result = $3,
		       completed_at = $4, updated_at = $4, audit_head_count = h.count, audit_head_hash = h.hash
		from audit_head h where id = $1`, x.orderID, x.targetID, result, e.Now())
	if err != nil {
		return fmt.Errorf("complete the order: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `delete from open_transfers where order_id = $1`, x.orderID); err != nil {
		return fmt.Errorf("give the accounts back: %w", err)
	}
	total := int64(0)
	for _, m := range x.result.Moved {
		total += m.Count
	}
	detail := fmt.Sprintf("%s moved, books proved", plural(int(total), "record", "records"))
	if err := note(ctx, tx, x.orderID, x.actor, "Completed", detail); err != nil {
		return err
	}
	return audit.Append(ctx, tx, audit.Entry{
		Actor: x.actor, Action: "transfer.execute", SubjectKind: "order", Subject: x.number, OrderID: x.orderID,
		Before: map[string]any{
			"status": "queued", "customer": x.source.Number, "distributor": x.from.Number, "balance": amountOf(x.source.Balance, x.source.Currency),
		},
		After: map[string]any{"status": "completed", "result": x.result},
	})
}

// backToDraft hands an order whose preview went stale back to its requester.
func (e *Engine) backToDraft(ctx context.Context, actor audit.Actor, orderID int64, cause *Refusal) error {
	return e.endQueued(ctx, actor, orderID, ending{"Back to draft", "transfer.draft", "draft"}, cause.Error(),
		`update transfer_orders set status = 'draft', version = version + 1, updated_at = $2 where id = $1 and status = 'queued'`)
}

// fail records the failure of an execution in a transaction of its own: the first is gone.
func (e *Engine) fail(ctx context.Context, actor audit.Actor, orderID int64, cause error) error {
	reason := "The transfer stopped before anything was changed. Try again; if it fails again, report the order's number."
	if f, ok := errors.AsType[*fault.Error](cause); ok {
		reason = f.Error()
	}
	return e.endQueued(ctx, actor, orderID, ending{"Failed", "transfer.fail", "failed"}, reason,
		`update transfer_orders set status = 'failed', version = version + 1, updated_at = $2, failure = $3 where id = $1 and status = 'queued'`, reason)
}

// ending is how an order leaves the queue without having been executed: in the
// timeline, in the audit log, and its status then.
type ending struct{ event, action, status string }

// stateOf is the before or after of an audit entry that only the status changes.
func stateOf(status string) map[string]string { return map[string]string{"status": status} }

// endQueued takes an order out of the queue with the statement, gives its accounts
// back and notes it.
func (e *Engine) endQueued(ctx context.Context, actor audit.Actor, orderID int64, end ending, detail, statement string, more ...any) error {
	return db.InTx(ctx, e.DB, func(tx *sqlx.Tx) error {
		if err := db.ActAsEngine(ctx, tx); err != nil {
			return err
		}
		done, err := tx.ExecContext(ctx, statement, append([]any{orderID, e.Now()}, more...)...)
		if err != nil {
			return fmt.Errorf("take the order out of the queue: %w", err)
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return err
		}
		if _, err := tx.ExecContext(ctx, `delete from open_transfers where order_id = $1`, orderID); err != nil {
			return fmt.Errorf("give the accounts back: %w", err)
		}
		if err := note(ctx, tx, orderID, actor, end.event, detail); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{
			Actor: actor, Action: end.action, SubjectKind: "order", Subject: OrderNumber(orderID), OrderID: orderID,
			Before: stateOf("queued"), After: map[string]string{"status": end.status, "reason": detail},
		})
	})
}

// Resume executes the orders that were queued when the program stopped. It returns
// how many it found.
func (e *Engine) Resume(ctx context.Context) (int, error) {
	var ids []int64
	if err := e.DB.SelectContext(ctx, &ids, `select id from transfer_orders where status = 'queued' order by id`); err != nil {
		return 0, fmt.Errorf("look for queued orders: %w", err)
	}
	for _, id := range ids {
		if err := e.Execute(ctx, audit.Actor{Name: "worker"}, id); err != nil && ctx.Err() != nil {
			return len(ids), err
		}
	}
	return len(ids), nil
}
