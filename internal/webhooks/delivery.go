package webhooks

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/accounts"
	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/fault"
)

// Statuses of a delivery.
const (
	Waiting   = "waiting"
	Delivered = "delivered"
	Failed    = "failed"
)

// DeliveryStatuses returns all of them.
func DeliveryStatuses() []string { return []string{Waiting, Delivered, Failed} }

// Test is the event of a message that a person sends to try an endpoint.
const Test = "test"

// Delivery is one message to one endpoint.
type Delivery struct {
	db.Key
	ID          int64      `db:"id"`
	EndpointID  int64      `db:"endpoint_id"`
	MessageID   string     `db:"message_id"`
	Event       string     `db:"event"`
	Order       string     `db:"order_number"` // "" = a test
	OccurredAt  time.Time  `db:"occurred_at"`
	Status      string     `db:"status"`
	Attempts    int        `db:"attempts"`
	NextAttempt time.Time  `db:"next_attempt_at"` // means something while it waits
	Answered    int        `db:"answered"`        // the last HTTP status, 0 = none
	LastError   string     `db:"last_error"`
	DeliveredAt *time.Time `db:"delivered_at"`
	Payload     string     `db:"payload"` // in GetDelivery only; "" until it is sent first
}

const deliveryColumns = `v.id, v.endpoint_id, v.message_id, v.event, coalesce(number_of('TO', v.order_id),
	'') as order_number, v.occurred_at, v.status, v.attempts,
	v.next_attempt_at, v.answered, v.last_error, v.delivered_at`

// Deliveries returns a page of an endpoint's log, the newest first. Read the endpoint before:
// that is what says whether the reader may see it.
func Deliveries(ctx context.Context, q db.Querier, endpoint int64, status string,
	p db.Page,
) (db.Part[Delivery], error) {
	k, err := db.NewKeyset(p, "v.id", "-", db.Order{Key: "occurred", Expr: "v.id", Type: "bigint"})
	if err != nil {
		return db.Part[Delivery]{}, err
	}
	w := new(db.Where)
	w.And("v.endpoint_id = ?", endpoint)
	if status != "" {
		w.And("v.status = ?", status)
	}
	k.Apply(w)
	var rows []Delivery
	err = q.SelectContext(ctx, &rows, `select `+deliveryColumns+`, `+k.Columns()+` from webhook_deliveries v `+w.SQL()+
		` `+k.Tail(), w.Args()...)
	if err != nil {
		return db.Part[Delivery]{}, fmt.Errorf("list the messages of a webhook: %w", err)
	}
	return db.Cut(k, rows), nil
}

// GetDelivery returns a message of the endpoint with its content; another one is a NotFound fault.
func GetDelivery(ctx context.Context, q db.Querier, endpoint, id int64) (Delivery, error) {
	var v Delivery
	err := q.GetContext(ctx, &v, `
		select `+deliveryColumns+`, coalesce(v.payload, '') as payload from webhook_deliveries v
			where v.endpoint_id = $1 and v.id = $2`, endpoint, id)
	if err != nil {
		return v, db.NotFound(fmt.Errorf("read a message of a webhook: %w", err), msgNoMessage)
	}
	return v, nil
}

// Replay sends a message again, at once and with all its attempts: the same id, the same
// content. One that waits goes first.
func (d Desk) Replay(ctx context.Context, s accounts.Scope, actor audit.Actor, endpoint, id int64) error {
	return db.InTx(ctx, d.DB, func(tx *sqlx.Tx) error {
		e, err := get(ctx, tx, s, endpoint, "")
		if err != nil {
			return err
		}
		if e.Status != Enabled {
			return fault.New(fault.Conflict, msgDisabledMessagesWait)
		}
		v, err := GetDelivery(ctx, tx, endpoint, id)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			update webhook_deliveries set status = 'waiting', delivered_at = null, failures = 0, next_attempt_at = $3
			  where endpoint_id = $1 and id = $2`,
			endpoint, id, d.Now())
		if err != nil {
			return fmt.Errorf("send a message again: %w", err)
		}
		_, err = tx.ExecContext(ctx, `update webhook_endpoints set retry_at = null where id = $1`, endpoint)
		if err != nil {
			return fmt.Errorf("send a message at once: %w", err)
		}
		return audit.Append(ctx, tx, audit.Entry{
			Actor: actor, Action: "webhook.replay", SubjectKind: "webhook", Subject: e.URL,
			Before: map[string]any{"message": v.MessageID, "status": v.Status},
			After:  map[string]any{"status": Waiting},
		})
	})
}

// SendTest writes a test message to the endpoint, about no order, and returns its id. It is sent
// also while the endpoint fails. One more than a distributor may send in an hour is an Invalid fault.
func (d Desk) SendTest(ctx context.Context, s accounts.Scope, actor audit.Actor, endpoint int64) (int64, error) {
	var id int64
	return id, db.InTx(ctx, d.DB, func(tx *sqlx.Tx) error {
		e, err := get(ctx, tx, s, endpoint, "")
		if err != nil {
			return err
		}
		if e.Status != Enabled {
			return fault.New(fault.Conflict, msgDisabled)
		}
		now := d.Now()
		if err := checkTests(ctx, tx, e, now); err != nil {
			return err
		}
		body, err := json.Marshal(map[string]any{
			"type": Test, "timestamp": now.UTC().Format(time.RFC3339),
			"data": map[string]any{},
		})
		if err != nil {
			return err
		}
		err = tx.GetContext(ctx, &id, `
			insert into webhook_deliveries (endpoint_id, event, occurred_at, next_attempt_at, payload)
			  values ($1, $2, $3, $3, $4) returning id`,
			endpoint, Test, now, string(body))
		if err != nil {
			return fmt.Errorf("write a test message: %w", err)
		}
		return audit.Append(ctx, tx, audit.Entry{
			Actor: actor, Action: "webhook.test", SubjectKind: "webhook",
			Subject: e.URL,
		})
	})
}
