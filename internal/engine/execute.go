package engine

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
	"handover/internal/emails"
	"handover/internal/engine/flow"
	"handover/internal/engine/rules"
	"handover/internal/engine/situation"
	"handover/internal/fault"
	"handover/internal/order"
	"handover/internal/record"
	"handover/internal/transfer"
)

// Refusal is why a transfer did not happen: the data changed since the preview, or
// its findings forbid it. It carries the preview as it is now.
type Refusal struct {
	Fault   *fault.Error
	Preview transfer.Preview
}

// Error returns the sentence.
func (r *Refusal) Error() string { return r.Fault.Error() }

// Unwrap returns the fault: PREVIEW_STALE or BLOCKED.
func (r *Refusal) Unwrap() error { return r.Fault }

// refusal returns a Refusal with the sentence for who asked. The order and its timeline keep the code.
func refusal(p transfer.Preview, code fault.Code, why order.Failure, format string, args ...any) *Refusal {
	f := fault.New(code, format, args...)
	f.Cause = &why
	return &Refusal{f, p}
}

// factsOf are the facts of a failure because of a finding.
func factsOf(f transfer.Finding, p transfer.Preview) order.FailureFacts {
	facts := order.FailureFacts{Finding: f.Code}
	if p.Rate != nil && (f.Code == "RATE_IMPLAUSIBLE" || f.Code == "RATE_DEVIATES") {
		facts.Now = p.Rate.Deviation
	}
	return facts
}

// refuse says why the request may not be executed as it was previewed; nil if it may.
func refuse(req transfer.Request, p transfer.Preview) error {
	if req.Fingerprint != p.Fingerprint {
		return refusal(p, fault.PreviewStale, order.Failure{Code: order.StalePreview}, msgPreviewStale)
	}
	if !p.Executable {
		first := p.Blocking()[0]
		return refusal(p, fault.Blocked, order.Failure{Code: order.StaleBlocked, Facts: factsOf(first, p)}, msgBlocked,
			first.Message)
	}
	if open := p.Unacknowledged(req); len(open) > 0 {
		why := order.Failure{Code: order.StaleUnconfirmed, Facts: factsOf(open[0], p)}
		return refusal(p, fault.Blocked, why, msgUnacknowledged, open[0].Message)
	}
	return nil
}

// refuseNow says why a submitted order may not be executed as things are; nil if it may. The
// data of a scheduled order go on changing until it is due: it must be clean, with nothing to
// acknowledge that was not acknowledged, but need not be what was previewed (docs/domain.md 5).
func refuseNow(o order.Order, p transfer.Preview) error {
	req := o.Request
	if o.StartAt != nil {
		req.Fingerprint = p.Fingerprint
	} else { // the clock alone turns no order back
		req.Acknowledged = append(slices.Clone(req.Acknowledged), string(transfer.RateStale))
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
func (e *Engine) Submit(ctx context.Context, actor audit.Actor, orderID int64, version int,
	accepted transfer.Request,
) error {
	return db.InTx(ctx, e.DB, func(tx *sqlx.Tx) error {
		o, err := order.LockOrder(ctx, tx, orderID)
		if err != nil {
			return err
		}
		if o.Status != order.StateDraft {
			return fault.New(fault.Conflict, msgSubmittedAlready, o.Number, transfer.Words(o.Status))
		}
		if o.Version != version {
			return order.ErrMovedOn(o.Number)
		}
		if _, _, err := order.GetOrderFor(ctx, tx, accounts.ScopeOf(ctx), o.Number); err != nil {
			return err
		}
		req := o.Request
		req.Acknowledged, req.Fingerprint, req.StartAt = accepted.Acknowledged, accepted.Fingerprint, accepted.StartAt
		req.Reason = cmp.Or(accepted.Reason, req.Reason)
		if err := order.LockAccounts(ctx, tx, o.Accounts()...); err != nil {
			return err
		}
		s, err := e.loadAsked(ctx, tx, req, orderID)
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
		return e.queue(ctx, tx, actor, o, s, p)
	})
}

// queue writes the order as submitted: into the queue, or to wait for its start or for
// those who must agree first.
func (e *Engine) queue(ctx context.Context, tx *sqlx.Tx, actor audit.Actor, o order.Order, s *situation.Situation,
	p transfer.Preview,
) error {
	start, err := order.StartOf(s.Request, e.Now())
	if err != nil {
		return err
	}
	if allowed := s.RateCheck.Allowed; allowed != nil && allowed.Deviation == "" {
		s.Request.RateAllowed = s.RateCheck.Settle(*allowed)
	}
	request, err := order.JSONText(s.Request)
	if err != nil {
		return err
	}
	preview, err := order.JSONText(p)
	if err != nil {
		return err
	}
	done, asked, expires := order.TransitionSubmit, s.Needs(actor), any(nil)
	facts := order.Facts{Fingerprint: fmt.Sprintf("%.8s", p.Fingerprint), Acknowledged: len(s.Request.Acknowledged)}
	switch {
	case len(asked) > 0:
		done, expires = order.TransitionAsk, e.Now().Add(order.ApprovalLife)
		facts.Agreements = order.Unanswered(asked)
	case start != nil:
		done, facts.StartAt = order.TransitionSchedule, start
	}
	err = order.ApplyTransition(ctx, tx, o, done, order.TransitionData{
		Actor: actor, At: e.Now(), Facts: facts, After: map[string]any{"request": s.Request},
		Set: map[string]any{
			"request": request, "preview": preview, "fingerprint": p.Fingerprint, "submitted_at": e.Now(),
			"expires_at": expires,
			"start_at":   start, "cut_on": situation.DayOrNull(s.Cut),
		},
	})
	if err != nil {
		return err
	}
	for _, a := range rules.Accounts(s) {
		if _, err := tx.ExecContext(ctx, `insert into open_transfers (customer_id, order_id) values ($1, $2)`, a.ID,
			o.ID); err != nil {
			return fmt.Errorf("take the account: %w", err)
		}
	}
	if err := order.Ask(ctx, tx, o.ID, e.Now(), asked); err != nil {
		return err
	}
	switch done.To {
	case order.StateAwaiting:
		return e.Tell(ctx, tx, actor, o, emails.ApprovalAsked, "Needed: "+order.WaitsFor(asked)+".", asked...)
	case order.StateQueued:
		return e.PutIntoQueue(ctx, tx, o.ID)
	}
	return nil
}

// execute does the work inside the transaction.
func (e *Engine) execute(ctx context.Context, tx *sqlx.Tx, actor audit.Actor, l *order.Lease) error {
	o, err := l.Order(ctx, tx)
	if err != nil {
		return err
	}
	if o.ReversesID != nil {
		if _, err := order.LockOrder(ctx, tx, *o.ReversesID); err != nil {
			return err
		}
	}
	if err := order.LockAccounts(ctx, tx, o.Accounts()...); err != nil {
		return err
	}
	l.Report(order.Phase{Code: order.PhaseChecking}, 0)
	if err := (&situation.Situation{Now: e.Now(), Request: o.Request}).Admit(ctx, tx); err != nil {
		return err
	}
	if err := order.LockBooks(ctx, tx, o.Request, o.SourceDistributorID); err != nil {
		return err
	}
	s, err := e.load(ctx, tx, o.Request, o.ID)
	if err != nil {
		return err
	}
	p, err := preview(ctx, tx, s, false)
	if err != nil {
		return err
	}
	if err := refuseNow(o, p); err != nil {
		return e.recount(ctx, tx, s, err)
	}
	if p.Fingerprint == o.Request.Fingerprint {
		p.Impact = o.Preview.Impact
	} else if p, err = preview(ctx, tx, s, true); err != nil { // a scheduled order moves what there is now
		return err
	}
	x := flow.New(s, actor, l)
	if err := run(ctx, tx, x, p); err != nil {
		return err
	}
	return e.complete(ctx, tx, o, x)
}

// recount completes the preview of a refusal with the counts to be shown.
func (e *Engine) recount(ctx context.Context, tx *sqlx.Tx, s *situation.Situation, refusal error) error {
	cause, ok := errors.AsType[*Refusal](refusal)
	if !ok {
		return refusal
	}
	full, err := preview(ctx, tx, s, true)
	if err != nil {
		return err
	}
	cause.Preview = full
	return refusal
}

// run does the flow's steps between the two sums of the books.
func run(ctx context.Context, tx db.Querier, x *flow.Execution, p transfer.Preview) error {
	before, err := flow.Sums(ctx, tx, x.Situation, []int64{x.Source.ID, x.TargetID})
	if err != nil {
		return err
	}
	if _, err := x.LoadBooks(ctx, tx); err != nil {
		return err
	}
	x.Expect(p.Impact)
	for _, step := range steps(x) {
		if err := step.Do(ctx, tx, x); err != nil {
			return fmt.Errorf("%s: %w", step.Name, err)
		}
	}
	x.Lease.Report(order.Phase{Code: order.PhaseReconciling}, x.Lease.Total())
	after, err := flow.Sums(ctx, tx, x.Situation, []int64{x.Source.ID, x.TargetID})
	if err != nil {
		return err
	}
	for _, i := range p.Moving() {
		x.Result.Moved = append(x.Result.Moved, transfer.Moved{Kind: i.Kind, Count: i.Moving.Count})
	}
	x.Result.Rate = p.Rate
	if err := x.Mark(ctx, tx); err != nil {
		return err
	}
	if err := x.Reconcile(ctx, tx, before, after); err != nil {
		return err
	}
	return x.ProveBooks(ctx, tx)
}

// complete writes the order's end with the head of the audit log at that moment, its
// timeline and audit entry, and gives the accounts back.
func (e *Engine) complete(ctx context.Context, tx *sqlx.Tx, o order.Order, x *flow.Execution) error {
	result, err := order.JSONText(x.Result)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		update transfer_orders set audit_head_count = h.count, audit_head_hash = h.hash from audit_head h
		  where id = $1`, o.ID)
	if err != nil {
		return fmt.Errorf("write the head of the audit log: %w", err)
	}
	var facts order.Facts
	for _, m := range x.Result.Moved {
		facts.Records += int(m.Count)
	}
	err = order.ApplyTransition(ctx, tx, o, order.TransitionComplete, order.TransitionData{
		Actor: x.Actor, At: e.Now(), Facts: facts,
		Set: map[string]any{"target_customer_id": x.TargetID, "result": result, "completed_at": e.Now()},
		Before: map[string]any{
			"customer": x.Source.Number, "distributor": x.From.Number, "balance": transfer.AmountOf(x.Source.Balance,
				x.Source.Currency),
		},
		After: map[string]any{"result": x.Result.Kept()},
	})
	if err != nil {
		return err
	}
	return e.Tell(ctx, tx, x.Actor, o, emails.OrderCompleted, facts.Detail(order.EventCompleted, "")+".")
}

// behindRequester returns a context that sees what the requester of the order sees,
// whoever starts the order.
func (e *Engine) behindRequester(ctx context.Context, orderID int64) (context.Context, error) {
	var requester struct {
		ID          int64  `db:"id"`
		Distributor *int64 `db:"distributor_id"`
		Provider    bool   `db:"provider"`
	}
	err := db.InTx(ctx, e.DB, func(tx *sqlx.Tx) error {
		if _, err := order.GetOrder(ctx, tx, record.OrderNumber(orderID)); err != nil {
			return err
		}
		if err := db.ActAsEngine(ctx, tx); err != nil {
			return err
		}
		return tx.GetContext(ctx, &requester, `
			select coalesce(f.id, 0) as id, f.distributor_id, coalesce(d.parent_id is null, false) as provider
			from transfer_orders o
			left join staff f on f.id = o.requested_by left join distributors d on d.id = f.distributor_id
			  where o.id = $1`, orderID)
	})
	if err != nil || requester.Distributor == nil {
		return ctx, err
	}
	return accounts.Scope{Root: *requester.Distributor, Everything: requester.Provider}.In(ctx, requester.ID), nil
}
