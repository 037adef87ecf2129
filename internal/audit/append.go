package audit

import (
	"context"
	"encoding/json"
	"fmt"

	"handover/internal/db"
)

// Actor is who did it: a staff member, or the program itself by a name.
type Actor struct {
	ID            int64 // 0 = not a staff member
	Name          string
	DistributorID int64  // 0 = none
	Address       string // network address, "" = the machine itself
}

// Entry is one thing that happened. Before and After are marshalled to JSON; nil means
// none.
type Entry struct {
	Actor       Actor
	Action      string // "staff.add", "sign_in", "transfer.execute"
	SubjectKind string // "staff", "customer", "order"
	Subject     string // number or email address
	OrderID     int64  // 0 = none
	Before      any
	After       any
}

// Append writes the entry. Call it in the transaction of the change itself.
func Append(ctx context.Context, q db.Querier, e Entry) error {
	before, err := jsonOrNil(e.Before)
	if err != nil {
		return fmt.Errorf("audit %s: write before: %w", e.Action, err)
	}
	after, err := jsonOrNil(e.After)
	if err != nil {
		return fmt.Errorf("audit %s: write after: %w", e.Action, err)
	}
	_, err = q.ExecContext(ctx, `
		insert into audit_entries (actor_id, actor_name, distributor_id, address, action,
		                           subject_kind, subject, order_id, before, after)
		values (nullif($1::bigint, 0), $2, nullif($3::bigint, 0), $4, $5, $6, $7, nullif($8::bigint, 0), $9, $10)`,
		e.Actor.ID, e.Actor.Name, e.Actor.DistributorID, e.Actor.Address, e.Action,
		e.SubjectKind, e.Subject, e.OrderID, before, after)
	if err != nil {
		return fmt.Errorf("audit %s: %w", e.Action, err)
	}
	return nil
}

// jsonOrNil returns the value as JSON text (the driver takes text, not bytes, for
// jsonb), or nil.
func jsonOrNil(v any) (any, error) {
	if v == nil {
		return nil, nil
	}
	text, err := json.Marshal(v)
	return string(text), err
}
