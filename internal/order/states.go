package order

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
	"handover/internal/transfer"
)

// The states of an order (docs/domain.md 6).
const (
	StateDraft      = "draft"
	StateAwaiting   = "awaiting_approval"
	stateScheduled  = "scheduled"
	StateQueued     = "queued"
	stateInProgress = "in_progress"
	stateCompleted  = "completed"
	stateFailed     = "failed"
	stateRejected   = "rejected"
	stateCancelled  = "cancelled"
	stateReversed   = "reversed"
)

// transition is a change of the state of an order: from which states to which, and
// the codes by which the timeline (messages.go), the audit log and programs know it.
type transition struct {
	from   []string
	To     string
	event  string
	action string
	tells  string // the announcement to programs, "" = none
}

// The transitions. The database refuses every change that none of them makes
// (transfer_order_changes).
var (
	TransitionSubmit = transition{
		[]string{StateDraft},
		StateQueued, eventRequested, "transfer.submit",
		OrderCreated,
	}
	TransitionAsk = transition{
		[]string{StateDraft},
		StateAwaiting, eventApprovalRequested, "transfer.ask",
		OrderCreated,
	}
	TransitionSchedule = transition{
		[]string{StateDraft},
		stateScheduled, eventScheduled, "transfer.schedule",
		OrderCreated,
	}
	transitionDiscard     = transition{[]string{StateDraft}, stateCancelled, eventDiscarded, "transfer.cancel", ""}
	transitionExpireDraft = transition{[]string{StateDraft}, stateCancelled, eventDraftExpired, "transfer.expire", ""}
	transitionApprove     = transition{[]string{StateAwaiting}, StateQueued, eventApproved, "transfer.approve", ""}
	transitionApproveFor  = transition{[]string{StateAwaiting}, stateScheduled, eventApproved, "transfer.approve", ""}
	transitionReject      = transition{[]string{StateAwaiting}, stateRejected, eventRejected, "transfer.reject", ""}
	transitionExpire      = transition{
		[]string{StateAwaiting},
		stateCancelled, eventRequestExpired,
		"transfer.expire", "",
	}
	transitionDue    = transition{[]string{stateScheduled}, StateQueued, eventDue, "transfer.due", ""}
	transitionCancel = transition{
		[]string{StateAwaiting, stateScheduled, StateQueued},
		stateCancelled,
		eventCancelled, "transfer.cancel", "",
	}
	transitionBegin    = transition{[]string{StateQueued}, stateInProgress, eventStarted, "transfer.begin", ""}
	TransitionHandBack = transition{
		[]string{stateInProgress},
		StateQueued, eventHandedBack,
		"transfer.hand_back", "",
	}
	TransitionComplete = transition{
		[]string{stateInProgress},
		stateCompleted, EventCompleted, "transfer.execute",
		OrderCompleted,
	}
	TransitionFail = transition{
		[]string{stateInProgress},
		stateFailed, eventFailed, "transfer.fail",
		OrderFailed,
	}
	TransitionStale   = transition{[]string{stateInProgress}, StateDraft, eventBackToDraft, "transfer.draft", ""}
	transitionRetry   = transition{[]string{stateFailed}, StateDraft, eventRetried, "transfer.retry", ""}
	TransitionReverse = transition{
		[]string{stateCompleted},
		stateReversed, eventReversed, "transfer.reverse",
		OrderReversed,
	}
)

// transitions is the one list of them.
var transitions = []transition{
	TransitionSubmit, TransitionAsk, TransitionSchedule, transitionDiscard, transitionExpireDraft, transitionApprove,
	transitionApproveFor, transitionReject, transitionExpire, transitionDue, transitionCancel,
	transitionBegin, TransitionHandBack, TransitionComplete, TransitionFail, TransitionStale, transitionRetry,
	TransitionReverse,
}

// allows reports whether the transition is possible for an order in that state.
func (a transition) allows(state string) bool { return slices.Contains(a.from, state) }

// Cancellable reports whether the order was submitted and does not run yet.
func (o Order) Cancellable() bool { return transitionCancel.allows(o.Status) }

// holding are the states in which an order has its accounts: no other transfer can be
// submitted for them.
var holding = []string{StateAwaiting, stateScheduled, StateQueued, stateInProgress}

// TransitionData is what is written with a change of state.
type TransitionData struct {
	Actor  audit.Actor
	At     time.Time
	Facts  Facts          // of the event in the timeline
	Said   string         // there as well: what a person wrote, or why the program refused
	Set    map[string]any // more columns of the order
	Before map[string]any // more of the audit entry
	After  map[string]any
}

// ApplyTransition changes the state of an order, with its line in the timeline, its audit entry and the
// messages to programs.
// An order that leaves the states in which it has its accounts gives them back. What the
// transition does not allow is a Conflict fault; then nothing is written. The rest of the transaction
// acts as the engine: pages cannot write the state of an order.
func ApplyTransition(ctx context.Context, q db.Querier, o Order, a transition, p TransitionData) error {
	if !a.allows(o.Status) {
		return fault.New(fault.Conflict, msgNoTransition, o.Number, transfer.Words(o.Status), transfer.Words(a.To))
	}
	if err := db.ActAsEngine(ctx, q); err != nil {
		return err
	}
	var w db.Where
	set := []string{"status = " + w.Arg(a.To), "version = version + 1", "updated_at = " + w.Arg(p.At)}
	for _, column := range slices.Sorted(maps.Keys(p.Set)) {
		set = append(set, column+" = "+w.Arg(p.Set[column]))
	}
	w.And("id = ?", o.ID)
	w.And("status = ?", o.Status)
	done, err := q.ExecContext(ctx, `update transfer_orders set `+strings.Join(set, ", ")+" "+w.SQL(), w.Args()...)
	if err != nil {
		return fmt.Errorf("make %s %s: %w", o.Number, transfer.Words(a.To), err)
	}
	if n, err := done.RowsAffected(); err != nil {
		return err
	} else if n != 1 {
		return fault.New(fault.Conflict, msgStateChanged, o.Number, transfer.Words(o.Status))
	}
	if slices.Contains(holding, o.Status) && !slices.Contains(holding, a.To) {
		if _, err := q.ExecContext(ctx, `delete from open_transfers where order_id = $1`, o.ID); err != nil {
			return fmt.Errorf("give the accounts of %s back: %w", o.Number, err)
		}
	}
	if err := Note(ctx, q, o.ID, p.Actor, a.event, p.Facts, p.Said); err != nil {
		return err
	}
	if err := announce(ctx, q, o, a, p); err != nil {
		return err
	}
	return audit.Append(ctx, q, audit.Entry{
		Actor: p.Actor, Action: a.action, SubjectKind: "order", Subject: o.Number, OrderID: o.ID,
		Before: withStatus(p.Before, o.Status), After: withStatus(p.After, a.To),
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

// Note writes an event into the order's timeline: its code with its facts, and what a person wrote
// or the program refused with.
func Note(ctx context.Context, q db.Querier, orderID int64, actor audit.Actor, code string, f Facts,
	said string,
) error {
	facts, err := JSONText(f)
	if err != nil {
		return err
	}
	_, err = q.ExecContext(ctx, `
		insert into transfer_events (order_id, actor_id, actor_name, event, facts, detail)
		values ($1, nullif($2::bigint, 0), $3, $4, $5, $6)`, orderID, actor.ID, actor.Name, code, facts, said)
	if err != nil {
		return fmt.Errorf("write the timeline: %w", err)
	}
	return nil
}

// JSONText returns v as JSON text: the driver takes text, not bytes, for jsonb.
func JSONText(v any) (string, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("write JSON: %w", err)
	}
	return string(text), nil
}
