package webhooks

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"handover/internal/accounts"
	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/names"
	"handover/internal/order"
	"handover/internal/vault"
)

// Statuses of an endpoint. A removed one is not shown and gets nothing.
const (
	Enabled  = "enabled"
	Disabled = "disabled"
	Removed  = "removed"
)

// overlap is for how long the former secret signs beside the new one.
const overlap = 24 * time.Hour

const (
	secretPrefix = "whsec_"
	secretSize   = 32 // bytes
	maxText      = 500
)

// Endpoint is an address of a program that receives events.
type Endpoint struct {
	ID              int64          `db:"id"`
	DistributorID   int64          `db:"distributor_id"`
	DistributorName string         `db:"distributor_name"`
	URL             string         `db:"url"`
	Description     string         `db:"description"`
	Events          pq.StringArray `db:"events"`
	Status          string         `db:"status"`
	Reason          string         `db:"reason"` // why Handover disabled it
	FailingSince    *time.Time     `db:"failing_since"`
	OldSecretUntil  *time.Time     `db:"old_secret_until"`
	CreatedAt       time.Time      `db:"created_at"`
}

const endpointColumns = `e.id, e.distributor_id, d.name as distributor_name, e.url, e.description, e.events, e.status,
	e.reason, e.failing_since, e.old_secret_until, e.created_at`

const endpointTables = `webhook_endpoints e join distributors d on d.id = e.distributor_id`

// Desk keeps the endpoints.
type Desk struct {
	DB      *sqlx.DB
	Vault   vault.Vault
	Allowed Networks
	Now     func() time.Time
}

// Wanted is what a person says of an endpoint.
type Wanted struct {
	URL, Description string
	Events           []string
}

// check returns what is wrong with it for an endpoint of the distributor as an Invalid fault that
// names the fields.
func (d Desk) check(ctx context.Context, q db.Querier, distributor int64, w Wanted) error {
	var provider bool
	if err := q.GetContext(ctx, &provider, `select parent_id is null from distributors where id = $1`,
		distributor); err != nil {
		return fmt.Errorf("look whether the distributor is the provider: %w", err)
	}
	var wrong fault.Fields
	if sentence := d.Allowed.of(distributor, provider).checkURL(w.URL); sentence != "" {
		wrong.Add("url", "%s", sentence)
	}
	if problem := names.Problem(w.Description); problem != "" {
		wrong.Add("description", "%s", problem)
	}
	if len(w.Events) == 0 {
		wrong.Add("events", msgChooseEvent)
	}
	for _, name := range w.Events {
		if !slices.ContainsFunc(order.Announcements(), func(a order.Announcement) bool { return a.Name == name }) {
			wrong.Add("events", msgNoEvent, name)
		}
	}
	return wrong.Err()
}

// List returns the endpoints that the reader may see, the newest first.
func List(ctx context.Context, q db.Querier, s accounts.Scope) ([]Endpoint, error) {
	w := new(db.Where)
	s.Apply(w, "e.distributor_id")
	w.And("e.status <> ?", Removed)
	var list []Endpoint
	err := q.SelectContext(ctx, &list, `select `+endpointColumns+` from `+endpointTables+` `+w.SQL()+
		` order by e.id desc`, w.Args()...)
	if err != nil {
		return nil, fmt.Errorf("list the webhooks: %w", err)
	}
	return list, nil
}

// Get returns an endpoint that the reader may see; another one is a NotFound fault.
func Get(ctx context.Context, q db.Querier, s accounts.Scope, id int64) (Endpoint, error) {
	return get(ctx, q, s, id, "")
}

func get(ctx context.Context, q db.Querier, s accounts.Scope, id int64, lock string) (Endpoint, error) {
	w := new(db.Where)
	s.Apply(w, "e.distributor_id")
	w.And("e.id = ?", id)
	w.And("e.status <> ?", Removed)
	var e Endpoint
	err := q.GetContext(ctx, &e, `select `+endpointColumns+` from `+endpointTables+` `+w.SQL()+` `+lock, w.Args()...)
	if err != nil {
		return e, db.NotFound(fmt.Errorf("read a webhook: %w", err), msgNoWebhook)
	}
	return e, nil
}

// Create adds an endpoint of the actor's distributor. It returns its id and the secret, which
// is not shown again. One more than a distributor may have is an Invalid fault.
func (d Desk) Create(ctx context.Context, actor audit.Actor, w Wanted) (id int64, secret string, err error) {
	secret = newSecret()
	err = db.InTx(ctx, d.DB, func(tx *sqlx.Tx) error {
		if err := d.check(ctx, tx, actor.DistributorID, w); err != nil {
			return err
		}
		if err := checkRoom(ctx, tx, actor.DistributorID); err != nil {
			return err
		}
		err := tx.GetContext(ctx, &id, `
			insert into webhook_endpoints (distributor_id, url, description, events, created_at)
			  values ($1, $2, $3, $4, $5) returning id`,
			actor.DistributorID, w.URL, w.Description, pq.Array(w.Events), d.Now())
		if err != nil {
			return fmt.Errorf("add a webhook: %w", err)
		}
		if _, err := tx.ExecContext(ctx, `update webhook_endpoints set secret = $2 where id = $1`, id,
			d.Vault.Close(id, secret)); err != nil {
			return fmt.Errorf("keep the secret: %w", err)
		}
		return audit.Append(ctx, tx, audit.Entry{
			Actor: actor, Action: "webhook.create", SubjectKind: "webhook",
			Subject: w.URL, After: w.record(),
		})
	})
	return id, secret, err
}

func (w Wanted) record() map[string]any {
	return map[string]any{"url": w.URL, "description": w.Description, "events": w.Events}
}

func newSecret() string {
	key := make([]byte, secretSize)
	_, _ = rand.Read(key) // never fails
	return secretPrefix + base64.StdEncoding.EncodeToString(key)
}

// Change writes what a person says of the endpoint. What waits to be sent goes to the new
// address.
func (d Desk) Change(ctx context.Context, s accounts.Scope, actor audit.Actor, id int64, w Wanted) error {
	return d.alter(ctx, s, actor, id, "webhook.change", func(tx *sqlx.Tx, e Endpoint) (before, after map[string]any,
		err error,
	) {
		if err := d.check(ctx, tx, e.DistributorID, w); err != nil {
			return nil, nil, err
		}
		_, err = tx.ExecContext(ctx, `update webhook_endpoints set url = $2, description = $3, events = $4,
			retry_at = null where id = $1`, id, w.URL, w.Description, pq.Array(w.Events))
		return Wanted{e.URL, e.Description, e.Events}.record(), w.record(), err
	})
}

// Rotate gives the endpoint another secret and returns it. The former one signs beside it for
// a day, so that the receiver can change over.
func (d Desk) Rotate(ctx context.Context, s accounts.Scope, actor audit.Actor, id int64) (string, error) {
	secret, until := newSecret(), d.Now().Add(overlap)
	return secret, d.alter(ctx, s, actor, id, "webhook.rotate",
		func(tx *sqlx.Tx, _ Endpoint) (before, after map[string]any, err error) {
			_, err = tx.ExecContext(ctx, `
			update webhook_endpoints set old_secret = secret, old_secret_until = $3, secret = $2
			  where id = $1`, id, d.Vault.Close(id, secret), until)
			return nil, map[string]any{"former_secret_until": until}, err
		})
}

// SetStatus enables, disables or removes the endpoint. What waits is sent when it is enabled
// again; a removed one gets it never.
func (d Desk) SetStatus(ctx context.Context, s accounts.Scope, actor audit.Actor, id int64, status string) error {
	return d.alter(ctx, s, actor, id, "webhook."+status, func(tx *sqlx.Tx, e Endpoint) (before, after map[string]any,
		err error,
	) {
		_, err = tx.ExecContext(ctx, `update webhook_endpoints set status = $2, reason = '', failing_since = null,
			failures = 0, retry_at = null where id = $1`, id, status)
		return map[string]any{"status": e.Status}, map[string]any{"status": status}, err
	})
}

// alter changes an endpoint that the reader may see, with its audit entry.
func (d Desk) alter(ctx context.Context, s accounts.Scope, actor audit.Actor, id int64, action string,
	do func(tx *sqlx.Tx, e Endpoint) (before, after map[string]any, err error),
) error {
	return db.InTx(ctx, d.DB, func(tx *sqlx.Tx) error {
		e, err := get(ctx, tx, s, id, "for update of e")
		if err != nil {
			return err
		}
		before, after, err := do(tx, e)
		if err != nil {
			return fmt.Errorf("change a webhook: %w", err)
		}
		return audit.Append(ctx, tx, audit.Entry{
			Actor: actor, Action: action, SubjectKind: "webhook", Subject: e.URL,
			Before: before, After: after,
		})
	})
}
