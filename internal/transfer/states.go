package transfer

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/fault"
)

// The states of an order (docs/domain.md 6).
const (
	stateDraft      = "draft"
	stateAwaiting   = "awaiting_approval"
	stateScheduled  = "scheduled"
	stateQueued     = "queued"
	stateInProgress = "in_progress"
	stateCompleted  = "completed"
	stateFailed     = "failed"
	stateRejected   = "rejected"
	stateCancelled  = "cancelled"
	stateReversed   = "reversed"
)

// act is something that changes the state of an order: from which states to which, and
// how the timeline, the audit log and programs call it.
type act struct {
	from   []string
	to     string
	event  string
	action string
	tells  string // the announcement to programs, "" = none
}

// The acts. The database refuses every change that none of them makes
// (transfer_order_changes).
var (
	actSubmit      = act{[]string{stateDraft}, stateQueued, "Requested", "transfer.submit", OrderCreated}
	actAsk         = act{[]string{stateDraft}, stateAwaiting, "Approval requested", "transfer.ask", OrderCreated}
	actSchedule    = act{[]string{stateDraft}, stateScheduled, "Scheduled", "transfer.schedule", OrderCreated}
	actDiscard     = act{[]string{stateDraft}, stateCancelled, "Cancelled", "transfer.cancel", ""}
	actExpireDraft = act{[]string{stateDraft}, stateCancelled, "Expired", "transfer.expire", ""}
	actApprove     = act{[]string{stateAwaiting}, stateQueued, "Approved", "transfer.approve", ""}
	actApproveFor  = act{[]string{stateAwaiting}, stateScheduled, "Approved", "transfer.approve", ""}
	actReject      = act{[]string{stateAwaiting}, stateRejected, "Rejected", "transfer.reject", ""}
	actExpire      = act{[]string{stateAwaiting}, stateCancelled, "Expired", "transfer.expire", ""}
	actDue         = act{[]string{stateScheduled}, stateQueued, "Due", "transfer.due", ""}
	actCancel      = act{[]string{stateAwaiting, stateScheduled, stateQueued}, stateCancelled, "Cancelled", "transfer.cancel", ""}
	actBegin       = act{[]string{stateQueued}, stateInProgress, "Started", "transfer.begin", ""}
	actHandBack    = act{[]string{stateInProgress}, stateQueued, "Handed back", "transfer.hand_back", ""}
	actComplete    = act{[]string{stateInProgress}, stateCompleted, "Completed", "transfer.execute", OrderCompleted}
	actFail        = act{[]string{stateInProgress}, stateFailed, "Failed", "transfer.fail", OrderFailed}
	actStale       = act{[]string{stateInProgress}, stateDraft, "Back to draft", "transfer.draft", ""}
	actRetry       = act{[]string{stateFailed}, stateDraft, "Retried", "transfer.retry", ""}
	actReverse     = act{[]string{stateCompleted}, stateReversed, "Reversed", "transfer.reverse", OrderReversed}
)

// acts is the one list of them.
var acts = []act{
	actSubmit, actAsk, actSchedule, actDiscard, actExpireDraft, actApprove, actApproveFor, actReject, actExpire, actDue, actCancel,
	actBegin, actHandBack, actComplete, actFail, actStale, actRetry, actReverse,
}

// allows reports whether the act is possible for an order in that state.
func (a act) allows(state string) bool { return slices.Contains(a.from, state) }

// Cancellable reports whether the order was submitted and does not run yet.
func (o Order) Cancellable() bool { return actCancel.allows(o.Status) }

// holding are the states in which an order has its accounts: no other transfer can be
// submitted for them.
var holding = []string{stateAwaiting, stateScheduled, stateQueued, stateInProgress}

// passage is what goes with a change of state.
type passage struct {
	actor  audit.Actor
	at     time.Time
	detail string         // in the timeline
	set    map[string]any // more columns of the order
	before map[string]any // more of the audit entry
	after  map[string]any
}

// pass changes the state of an order, with its line in the timeline, its audit entry and the
// messages to programs.
// An order that leaves the states in which it has its accounts gives them back. What the
// act does not allow is a Conflict fault; then nothing is written.
func pass(ctx context.Context, q db.Querier, o Order, a act, p passage) error {
	if !a.allows(o.Status) {
		return fault.New(fault.Conflict, "%s is %s; it cannot become %s.", o.Number, words(o.Status), words(a.to))
	}
	var w db.Where
	set := []string{"status = " + w.Arg(a.to), "version = version + 1", "updated_at = " + w.Arg(p.at)}
	for _, column := range slices.Sorted(maps.Keys(p.set)) {
		set = append(set, column+" = "+w.Arg(p.set[column]))
	}
	w.And("id = ?", o.ID)
	w.And("status = ?", o.Status)
	done, err := q.ExecContext(ctx, `update transfer_orders set `+strings.Join(set, ", ")+" "+w.SQL(), w.Args()...)
	if err != nil {
		return fmt.Errorf("make %s %s: %w", o.Number, words(a.to), err)
	}
	if n, err := done.RowsAffected(); err != nil || n != 1 {
		return fault.New(fault.Conflict, "%s is not %s any more; somebody else changed it. Look at it again.", o.Number, words(o.Status))
	}
	if slices.Contains(holding, o.Status) && !slices.Contains(holding, a.to) {
		if _, err := q.ExecContext(ctx, `delete from open_transfers where order_id = $1`, o.ID); err != nil {
			return fmt.Errorf("give the accounts of %s back: %w", o.Number, err)
		}
	}
	if err := note(ctx, q, o.ID, p.actor, a.event, p.detail); err != nil {
		return err
	}
	if err := announce(ctx, q, o, a, p); err != nil {
		return err
	}
	return audit.Append(ctx, q, audit.Entry{
		Actor: p.actor, Action: a.action, SubjectKind: "order", Subject: o.Number, OrderID: o.ID,
		Before: withStatus(p.before, o.Status), After: withStatus(p.after, a.to),
	})
}

// withStatus is the before or after of an audit entry about a change of state.
func withStatus(more map[string]any, status string) map[string]any {
	out := map[string]any{"status": status}
	for key, v := range more {
		out[key] = v
	}
	return out
}

// nullID is an id as a value of a column, null where there is none.
func nullID(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}

// note writes a line of the order's timeline.
func note(ctx context.Context, q db.Querier, orderID int64, actor audit.Actor, event, detail string) error {
	_, err := q.ExecContext(ctx, `
		insert into transfer_events (order_id, actor_id, actor_name, event, detail)
		values ($1, nullif($2::bigint, 0), $3, $4, $5)`, orderID, actor.ID, actor.Name, event, detail)
	if err != nil {
		return fmt.Errorf("write the timeline: %w", err)
	}
	return nil
}

// jsonText returns v as JSON text: the driver takes text, not bytes, for jsonb.
func jsonText(v any) (string, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("write JSON: %w", err)
	}
	return string(text), nil
}
