package settings

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
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

// Request is a requested value of a control setting.
type Request struct {
	DistributorID int64
	Control       Name
	Values        Values
	Reason        string // "" = none
}

// Outcome is the result of a request.
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
	err = d.inTurn(ctx, by, r.DistributorID, "", func(t turn) error {
		before, err := c.valuesOf(ctx, t.tx, t.dist.ID)
		if err != nil {
			return err
		}
		if c.tidy != nil {
			r.Values = c.tidy(r.Values)
		}
		if c.check != nil {
			if err := c.check(ctx, t.tx, r.Values); err != nil {
				return err
			}
		}
		if before.Equal(r.Values) {
			return nil
		}
		ch := Change{
			Control: c, DistributorID: t.dist.ID, Before: before, After: r.Values, Reason: r.Reason,
			RequestedBy: by.Actor.ID, RequestedAt: d.Now(), ExpiresAt: d.Now().Add(Life),
		}
		if err := t.keepsLock(ctx, by.Scope.Everything, ch); err != nil {
			return err
		}
		if t.dist.RequireApproval {
			outcome = Waiting
			return t.ask(ctx, ch)
		}
		outcome = Changed
		return t.changeNow(ctx, ch)
	})
	return outcome, err
}

// turn is a transaction in which a person, or time, changes the control settings of a
// distributor.
type turn struct {
	Desk
	tx     *sqlx.Tx
	actor  audit.Actor
	dist   accounts.Distributor
	reason string // of an answer, "" = none
}

// inTurn finds the distributor in the scope, acts as the engine from there on, and does
// something under the distributor's lock: one turn after the other, each on what is true then.
func (d Desk) inTurn(ctx context.Context, by identity.By, distributorID int64, reason string,
	do func(t turn) error,
) error {
	return db.InTx(ctx, d.DB, func(tx *sqlx.Tx) error {
		dist, err := accounts.GetDistributor(ctx, tx, by.Scope, distributorID)
		if err != nil {
			return err
		}
		if err := db.ActAsEngine(ctx, tx); err != nil {
			return err
		}
		const locked = `select require_approval from distributors where id = $1 for update`
		if err := tx.GetContext(ctx, &dist.RequireApproval, locked, dist.ID); err != nil {
			return fmt.Errorf("lock the distributor: %w", err)
		}
		return do(turn{Desk: d, tx: tx, actor: by.Actor, dist: dist, reason: reason})
	})
}

// isProof refuses the proof of another person: a programming error.
func isProof(by identity.By, proof identity.Confirmed) error {
	if by.Actor.ID == 0 || proof.Staff().ID != by.Actor.ID {
		return fault.New(fault.Forbidden, msgEnterPassword)
	}
	return nil
}

func readReason(text string) (string, error) {
	text = strings.TrimSpace(text)
	if n := utf8.RuneCountInString(text); n > maxReason {
		return "", fault.InvalidField("reason", msgReasonTooLong, n, maxReason)
	}
	return text, nil
}

// changeNow changes the setting without a second person.
func (t turn) changeNow(ctx context.Context, ch Change) error {
	if err := t.supersede(ctx, ch); err != nil {
		return err
	}
	if err := t.apply(ctx, ch); err != nil {
		return err
	}
	return t.tell(ctx, ch, mailChanged)
}

// apply saves what the change says and writes the audit entry of the setting.
func (t turn) apply(ctx context.Context, ch Change) error {
	if err := ch.Control.save(ctx, t.tx, t.dist.ID, ch.After); err != nil {
		return err
	}
	after := maps.Clone(ch.After)
	if ch.Reason != "" {
		after["reason"] = ch.Reason
	}
	return t.note(ctx, ch.Control.Action, ch.Before, after)
}

// note writes an audit entry about the distributor.
func (t turn) note(ctx context.Context, action string, before, after Values) error {
	return audit.Append(ctx, t.tx, audit.Entry{
		Actor: t.actor, Action: action, SubjectKind: "distributor", Subject: t.dist.Number(), Before: before,
		After: after,
	})
}

// noteStep writes the audit entry of a step of a change that waits, with its reason.
func (t turn) noteStep(ctx context.Context, ch Change, step, reason string) error {
	before, after := maps.Clone(ch.Before), maps.Clone(ch.After)
	for _, v := range []Values{before, after} {
		v["setting"], v["change"] = ch.Control.Name, ch.ID
	}
	if reason != "" {
		after["reason"] = reason
	}
	return t.note(ctx, "setting_change."+step, before, after)
}

// ask keeps the change until another administrator answers.
func (t turn) ask(ctx context.Context, ch Change) error {
	before, err := json.Marshal(ch.Before)
	if err != nil {
		return fmt.Errorf("write the values of a setting: %w", err)
	}
	after, err := json.Marshal(ch.After)
	if err != nil {
		return fmt.Errorf("write the values of a setting: %w", err)
	}
	// A change that expired a moment ago does not block this one.
	if err := t.expire(ctx, t.tx, `distributor_id = $2 and setting = $3`, t.dist.ID, ch.Control.Name); err != nil {
		return err
	}
	var ids []int64
	err = t.tx.SelectContext(ctx, &ids, `
		insert into setting_changes (distributor_id, setting, before, after, reason, requested_by, requested_at,
		                             expires_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8)
		on conflict (distributor_id, setting) where status = 'pending' do nothing returning id`,
		t.dist.ID, ch.Control.Name, string(before), string(after), ch.Reason, ch.RequestedBy, ch.RequestedAt,
		ch.ExpiresAt)
	if err != nil {
		return fmt.Errorf("keep a change of a setting: %w", err)
	}
	if len(ids) == 0 {
		return fault.New(fault.Conflict, msgAlreadyPending, ch.Control.Label)
	}
	ch.ID = ids[0]
	if err := t.noteStep(ctx, ch, "ask", ch.Reason); err != nil {
		return err
	}
	return t.tell(ctx, ch, mailAsked)
}

// supersede ends a change of the same setting that still waits: what it was asked on is
// not there any more.
func (t turn) supersede(ctx context.Context, ch Change) error {
	waiting, err := pendingOf(ctx, t.tx, accounts.Scope{Everything: true}, t.dist.ID, t.Now(), "for update of c")
	if err != nil {
		return err
	}
	for _, old := range waiting {
		if old.Control.Name != ch.Control.Name {
			continue
		}
		if err := t.end(ctx, old, actSupersede); err != nil {
			return err
		}
	}
	return nil
}
