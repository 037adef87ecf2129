package transfer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jmoiron/sqlx"

	"handover/internal/accounts"
	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/letters"
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

// refuseNow says why a submitted order may not be executed as things are; nil if it may. The
// data of a scheduled order go on changing until it is due: it must be clean, with nothing to
// acknowledge that was not acknowledged, but need not be what was previewed (docs/domain.md 5).
func refuseNow(o Order, p Preview) error {
	req := o.Request
	if o.StartAt != nil {
		req.Fingerprint = p.Fingerprint
	} else { // the clock alone turns no order back
		req.Acknowledged = append(slices.Clone(req.Acknowledged), string(rateStale))
	}
	if err := refuse(req, p); err != nil {
		return err
	}
	return refuseRate(o.Preview, p)
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
		if o.Status != stateDraft {
			return fault.New(fault.Conflict, "%s is %s already; it was not submitted twice.", o.Number, words(o.Status))
		}
		if o.Version != version {
			return errMovedOn(o.Number)
		}
		if _, _, err := GetOrderFor(ctx, tx, accounts.ScopeOf(ctx), o.Number); err != nil {
			return err
		}
		req := o.Request
		req.Acknowledged, req.Fingerprint, req.StartAt = accepted.Acknowledged, accepted.Fingerprint, accepted.StartAt
		req.Reason = cmp.Or(accepted.Reason, req.Reason)
		if err := lockAccounts(ctx, tx, o.accounts()...); err != nil {
			return err
		}
		s, err := e.loadAsked(ctx, tx, req, orderID)
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
		return e.queue(ctx, tx, actor, o, s, p)
	})
}

// queue writes the order as submitted: into the queue, or to wait for its start or for
// those who must agree first.
func (e *Engine) queue(ctx context.Context, tx *sqlx.Tx, actor audit.Actor, o Order, s *situation, p Preview) error {
	start, err := startOf(s.request, e.Now())
	if err != nil {
		return err
	}
	if allowed := s.rateCheck.allowed; allowed != nil && allowed.Deviation == "" {
		s.request.RateAllowed = s.rateCheck.settle(*allowed)
	}
	request, err := jsonText(s.request)
	if err != nil {
		return err
	}
	preview, err := jsonText(p)
	if err != nil {
		return err
	}
	done, asked, expires := actSubmit, s.needs(actor), any(nil)
	detail := fmt.Sprintf("Preview %.8s accepted, %s acknowledged", p.Fingerprint, plural(len(s.request.Acknowledged), "warning", "warnings"))
	switch {
	case len(asked) > 0:
		done, expires = actAsk, e.Now().Add(approvalLife)
		detail += "; needed: " + waitsFor(asked)
	case start != nil:
		done = actSchedule
		detail += "; starts on " + start.Format("2 Jan 2006 15:04 MST")
	}
	err = pass(ctx, tx, o, done, passage{
		actor: actor, at: e.Now(), detail: detail, after: map[string]any{"request": s.request},
		set: map[string]any{
			"request": request, "preview": preview, "fingerprint": p.Fingerprint, "submitted_at": e.Now(), "expires_at": expires,
			"start_at": start, "cut_on": dayOrNull(s.cut),
		},
	})
	if err != nil {
		return err
	}
	for _, a := range s.accounts() {
		if _, err := tx.ExecContext(ctx, `insert into open_transfers (customer_id, order_id) values ($1, $2)`, a.ID, o.ID); err != nil {
			return fmt.Errorf("take the account: %w", err)
		}
	}
	if err := ask(ctx, tx, o.ID, e.Now(), asked); err != nil {
		return err
	}
	switch done.to {
	case stateAwaiting:
		return e.tell(ctx, tx, actor, o, letters.ApprovalAsked, "Needed: "+waitsFor(asked)+".", asked...)
	case stateQueued:
		return e.enqueue(ctx, tx, o.ID)
	}
	return nil
}

// execute does the work inside the transaction.
func (e *Engine) execute(ctx context.Context, tx *sqlx.Tx, actor audit.Actor, l *lease) error {
	o, err := l.order(ctx, tx)
	if err != nil {
		return err
	}
	if o.ReversesID != nil {
		if _, err := lockOrder(ctx, tx, *o.ReversesID); err != nil {
			return err
		}
	}
	if err := lockAccounts(ctx, tx, o.accounts()...); err != nil {
		return err
	}
	l.report(phaseChecking, 0)
	if err := (&situation{now: e.Now(), request: o.Request}).admit(ctx, tx); err != nil {
		return err
	}
	if err := lockBooks(ctx, tx, o.Request, o.SourceDistributorID); err != nil {
		return err
	}
	s, err := e.load(ctx, tx, o.Request, o.ID)
	if err != nil {
		return err
	}
	p, err := s.preview(ctx, tx, false)
	if err != nil {
		return err
	}
	if err := refuseNow(o, p); err != nil {
		return e.recount(ctx, tx, s, err)
	}
	if p.Fingerprint == o.Request.Fingerprint {
		p.Impact = o.Preview.Impact
	} else if p, err = s.preview(ctx, tx, true); err != nil { // a scheduled order moves what there is now
		return err
	}
	x := newExecution(s, actor, l)
	if err := x.run(ctx, tx, p); err != nil {
		return err
	}
	return e.complete(ctx, tx, o, x)
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
	if _, err := x.loadBooks(ctx, tx); err != nil {
		return err
	}
	x.expect(p.Impact)
	for _, step := range x.steps() {
		if err := step.Do(ctx, tx, x); err != nil {
			return fmt.Errorf("%s: %w", step.Name, err)
		}
	}
	x.lease.report(phaseProving, x.lease.total())
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
	if err := x.reconcile(ctx, tx, before, after); err != nil {
		return err
	}
	return x.proveBooks(ctx, tx)
}

// complete writes the order's end with the head of the audit log at that moment, its
// timeline and audit entry, and gives the accounts back.
func (e *Engine) complete(ctx context.Context, tx *sqlx.Tx, o Order, x *execution) error {
	result, err := jsonText(x.result)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		update transfer_orders set audit_head_count = h.count, audit_head_hash = h.hash from audit_head h where id = $1`, o.ID)
	if err != nil {
		return fmt.Errorf("write the head of the audit log: %w", err)
	}
	total := int64(0)
	for _, m := range x.result.Moved {
		total += m.Count
	}
	detail := fmt.Sprintf("%s moved, books proved", plural(int(total), "record", "records"))
	err = pass(ctx, tx, o, actComplete, passage{
		actor: x.actor, at: e.Now(), detail: detail,
		set: map[string]any{"target_customer_id": x.targetID, "result": result, "completed_at": e.Now()},
		before: map[string]any{
			"customer": x.source.Number, "distributor": x.from.Number, "balance": amountOf(x.source.Balance, x.source.Currency),
		},
		after: map[string]any{"result": x.result},
	})
	if err != nil {
		return err
	}
	return e.tell(ctx, tx, x.actor, o, letters.OrderCompleted, detail+".")
}

// behindRequester returns a context that sees what the requester of the order sees,
// whoever starts the order.
func (e *Engine) behindRequester(ctx context.Context, orderID int64) (context.Context, error) {
	var requester struct {
		Distributor *int64 `db:"distributor_id"`
		Provider    bool   `db:"provider"`
	}
	err := db.InTx(ctx, e.DB, func(tx *sqlx.Tx) error {
		if _, err := GetOrder(ctx, tx, OrderNumber(orderID)); err != nil {
			return err
		}
		if err := db.ActAsEngine(ctx, tx); err != nil {
			return err
		}
		return tx.GetContext(ctx, &requester, `
			select f.distributor_id, coalesce(d.parent_id is null, false) as provider from transfer_orders o
			left join staff f on f.id = o.requested_by left join distributors d on d.id = f.distributor_id where o.id = $1`, orderID)
	})
	if err != nil || requester.Distributor == nil {
		return ctx, err
	}
	return accounts.Scope{Root: *requester.Distributor, Everything: requester.Provider}.Behind(ctx), nil
}
