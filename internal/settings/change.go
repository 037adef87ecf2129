package settings

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jmoiron/sqlx"

	"handover/internal/accounts"
	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/identity"
)

const (
	// Life is how long a change waits for its answer.
	Life = 7 * 24 * time.Hour
	// AccessAge is how long a person must have had their access to answer a change.
	AccessAge = 7 * 24 * time.Hour

	maxReason = 500 // characters
)

// Desk changes control settings.
type Desk struct {
	DB   *sqlx.DB
	Now  func() time.Time
	Link func(number string, provider bool) string // address of a distributor's page, for mails
}

// Request is a control setting as somebody wants it.
type Request struct {
	DistributorID int64
	Control       Name
	Values        Values
	Reason        string // "" = none
}

// Outcome is what became of a request.
type Outcome string

// The outcomes.
const (
	Unchanged Outcome = "unchanged"
	Changed   Outcome = "changed"
	Waiting   Outcome = "waiting" // for another administrator
)

// Change changes a control setting of a distributor within the scope, or, where the
// distributor requires approval by a second person, keeps the change until another
// administrator answers. It writes the mails to the other administrators. A value that
// cannot be saved is an Invalid fault; a change that waits already is a Conflict fault.
func (d Desk) Change(ctx context.Context, by identity.By, proof identity.Confirmed, r Request) (Outcome, error) {
	c, err := ControlOf(r.Control)
	if err != nil {
		return "", err
	}
	if err := isProof(by, proof); err != nil {
		return "", err
	}
	if r.Reason, err = readReason(r.Reason); err != nil {
		return "", err
	}
	outcome := Unchanged
	err = db.InTx(ctx, d.DB, func(tx *sqlx.Tx) error {
		dist, before, err := d.lock(ctx, tx, by, c, r.DistributorID)
		if err != nil {
			return err
		}
		if c.check != nil {
			if err := c.check(ctx, tx, r.Values); err != nil {
				return err
			}
		}
		if before.Equal(r.Values) {
			return nil
		}
		ch := Change{
			Control: c, DistributorID: dist.ID, Before: before, After: r.Values, Reason: r.Reason,
			RequestedBy: by.Actor.ID, RequestedAt: d.Now(), ExpiresAt: d.Now().Add(Life),
		}
		if dist.RequireApproval {
			outcome = Waiting
			return d.ask(ctx, tx, by.Actor, dist, ch)
		}
		outcome = Changed
		return d.changeNow(ctx, tx, by.Actor, dist, ch)
	})
	return outcome, err
}

// isProof refuses the proof of somebody else: a mistake of ours.
func isProof(by identity.By, proof identity.Confirmed) error {
	if by.Actor.ID == 0 || proof.Staff().ID != by.Actor.ID {
		return fault.New(fault.Forbidden, "Confirm that it is you: enter your password.")
	}
	return nil
}

func readReason(text string) (string, error) {
	text = strings.TrimSpace(text)
	if n := utf8.RuneCountInString(text); n > maxReason {
		return "", fault.InvalidField("reason", "The reason has %d characters; at most %d are allowed.", n, maxReason)
	}
	return text, nil
}

// lock finds the distributor behind the wall, acts as the engine from there on, and returns
// the distributor and the setting as they are under its lock.
func (d Desk) lock(ctx context.Context, tx *sqlx.Tx, by identity.By, c Control, id int64) (accounts.Distributor, Values, error) {
	dist, err := accounts.GetDistributor(ctx, tx, by.Scope, id)
	if err != nil {
		return dist, nil, err
	}
	if err := db.ActAsEngine(ctx, tx); err != nil {
		return dist, nil, err
	}
	if err := tx.GetContext(ctx, &dist.RequireApproval, `select require_approval from distributors where id = $1 for update`, id); err != nil {
		return dist, nil, fmt.Errorf("lock the distributor: %w", err)
	}
	values, err := c.valuesOf(ctx, tx, id)
	return dist, values, err
}

// changeNow changes the setting without a second person.
func (d Desk) changeNow(ctx context.Context, tx *sqlx.Tx, actor audit.Actor, dist accounts.Distributor, ch Change) error {
	if err := d.supersede(ctx, tx, actor, dist, ch); err != nil {
		return err
	}
	if err := d.apply(ctx, tx, actor, dist, ch, ch.Reason); err != nil {
		return err
	}
	return d.tell(ctx, tx, actor, dist, ch, mailChanged, "")
}

// apply saves what the change says and writes the audit entry of the setting.
func (d Desk) apply(ctx context.Context, tx *sqlx.Tx, actor audit.Actor, dist accounts.Distributor, ch Change, reason string) error {
	if err := ch.Control.save(ctx, tx, dist.ID, ch.After); err != nil {
		return err
	}
	after := map[string]any(ch.After)
	if reason != "" {
		after = map[string]any{"reason": reason}
		for key, v := range ch.After {
			after[key] = v
		}
	}
	return audit.Append(ctx, tx, audit.Entry{
		Actor: actor, Action: ch.Control.Action, SubjectKind: "distributor", Subject: dist.Number(), Before: ch.Before, After: after,
	})
}

// ask keeps the change until another administrator answers.
func (d Desk) ask(ctx context.Context, tx *sqlx.Tx, actor audit.Actor, dist accounts.Distributor, ch Change) error {
	before, err := json.Marshal(ch.Before)
	if err != nil {
		return fmt.Errorf("write the values of a setting: %w", err)
	}
	after, err := json.Marshal(ch.After)
	if err != nil {
		return fmt.Errorf("write the values of a setting: %w", err)
	}
	// What expired a moment ago is not in the way.
	if err := d.expire(ctx, tx, `distributor_id = $2 and setting = $3`, dist.ID, ch.Control.Name); err != nil {
		return err
	}
	var ids []int64
	err = tx.SelectContext(ctx, &ids, `
		insert into setting_changes (distributor_id, setting, before, after, reason, requested_by, requested_at, expires_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8)
		on conflict (distributor_id, setting) where status = 'pending' do nothing returning id`,
		dist.ID, ch.Control.Name, string(before), string(after), ch.Reason, ch.RequestedBy, ch.RequestedAt, ch.ExpiresAt)
	if err != nil {
		return fmt.Errorf("keep a change of a setting: %w", err)
	}
	if len(ids) == 0 {
		return fault.New(fault.Conflict, "A change of %q already waits for another administrator. Withdraw or reject it first, then ask again.", ch.Control.Label)
	}
	ch.ID = ids[0]
	if err := ch.note(ctx, tx, actor, dist, "ask", ch.Reason); err != nil {
		return err
	}
	return d.tell(ctx, tx, actor, dist, ch, mailAsked, "")
}

// supersede ends a change of the same setting that still waits: what it was asked on is
// not there any more.
func (d Desk) supersede(ctx context.Context, tx *sqlx.Tx, actor audit.Actor, dist accounts.Distributor, ch Change) error {
	waiting, err := pendingOf(ctx, tx, accounts.Scope{Everything: true}, dist.ID, d.Now(), "for update of c")
	if err != nil {
		return err
	}
	for _, old := range waiting {
		if old.Control.Name != ch.Control.Name {
			continue
		}
		if err := d.end(ctx, tx, actor, dist, old, actSupersede, ""); err != nil {
			return err
		}
	}
	return nil
}

// note writes the audit entry of a step of the change.
func (ch Change) note(ctx context.Context, q db.Querier, actor audit.Actor, dist accounts.Distributor, step, reason string) error {
	record := func(v Values) map[string]any {
		out := map[string]any{"setting": ch.Control.Name, "change": ch.ID}
		for key, value := range v {
			out[key] = value
		}
		return out
	}
	after := record(ch.After)
	if reason != "" {
		after["reason"] = reason
	}
	return audit.Append(ctx, q, audit.Entry{
		Actor: actor, Action: "setting_change." + step, SubjectKind: "distributor", Subject: dist.Number(), Before: record(ch.Before), After: after,
	})
}
