package settings

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"handover/internal/accounts"
	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/identity"
)

const pending = "pending"

// act ends a change that waits: the status that it gets, and how the audit log calls it.
type act struct {
	to     string
	action string
	person bool // a person did it; else time, or another change
}

// The acts. Each ends the status pending, and no other status ends (the checks of setting_changes).
var (
	actApprove   = act{"approved", "approve", true}
	actReject    = act{"rejected", "reject", true}
	actWithdraw  = act{"withdrawn", "withdraw", true}
	actExpire    = act{"expired", "expire", false}
	actSupersede = act{"superseded", "supersede", false}

	acts = []act{actApprove, actReject, actWithdraw, actExpire, actSupersede}
)

// Answer is a person's answer to a change that waits.
type Answer struct {
	DistributorID int64
	Change        int64  // its id
	Reason        string // "" = none
}

// Approve carries a change out that waits. The person must be among its Answerers; the
// requester must still be able to change the setting, and the setting must be as it was when
// they asked. Otherwise it is a Forbidden or Conflict fault, and nothing changes.
func (d Desk) Approve(ctx context.Context, by identity.By, proof identity.Confirmed, a Answer) (Change, error) {
	if err := isProof(by, proof); err != nil {
		return Change{}, err
	}
	return d.answer(ctx, by, a, func(t turn, ch Change) error {
		if err := t.mayAnswer(ctx, ch); err != nil {
			return err
		}
		if err := t.requesterMayStill(ctx, ch); err != nil {
			return err
		}
		current, err := ch.Current(ctx, t.tx)
		if err != nil {
			return err
		}
		if !current.Equal(ch.Before) {
			return fault.New(fault.Conflict, msgChangedSince, ch.Control.Label)
		}
		provider, err := t.requesterOfProvider(ctx, ch)
		if err != nil {
			return err
		}
		if err := t.keepsLock(ctx, provider, ch); err != nil {
			return err
		}
		if err := t.end(ctx, ch, actApprove); err != nil {
			return err
		}
		if err := t.apply(ctx, ch); err != nil {
			return err
		}
		return t.tell(ctx, ch, mailApproved)
	})
}

// Reject ends a change that waits; nothing changes. The person must be among its Answerers.
func (d Desk) Reject(ctx context.Context, by identity.By, a Answer) (Change, error) {
	return d.answer(ctx, by, a, func(t turn, ch Change) error {
		if err := t.mayAnswer(ctx, ch); err != nil {
			return err
		}
		if err := t.end(ctx, ch, actReject); err != nil {
			return err
		}
		return t.tell(ctx, ch, mailRejected)
	})
}

// Withdraw takes one's own change back while it waits.
func (d Desk) Withdraw(ctx context.Context, by identity.By, a Answer) (Change, error) {
	return d.answer(ctx, by, a, func(t turn, ch Change) error {
		if ch.RequestedBy != t.actor.ID {
			return fault.New(fault.Forbidden, msgOnlyRequesterWithdraws)
		}
		if err := t.end(ctx, ch, actWithdraw); err != nil {
			return err
		}
		return t.tell(ctx, ch, mailWithdrawn)
	})
}

// answer does something with a change that waits.
func (d Desk) answer(ctx context.Context, by identity.By, a Answer, do func(t turn, ch Change) error) (Change, error) {
	var ch Change
	reason, err := readReason(a.Reason)
	if err != nil {
		return ch, err
	}
	err = d.inTurn(ctx, by, a.DistributorID, reason, func(t turn) error {
		if ch, err = t.waiting(ctx, a.Change); err != nil {
			return err
		}
		return do(t, ch)
	})
	return ch, err
}

// waiting reads the change, which must wait. It is a NotFound fault where the distributor has
// no such change, and a Conflict fault where it was answered or expired.
func (t turn) waiting(ctx context.Context, id int64) (Change, error) {
	w := new(db.Where)
	w.And("c.id = ? and c.distributor_id = ?", id, t.dist.ID)
	found, err := selectChanges(ctx, t.tx, accounts.Scope{Everything: true}, w, "for update of c")
	if err != nil {
		return Change{}, err
	}
	if len(found) == 0 {
		return Change{}, fault.New(fault.NotFound, msgNoChange)
	}
	var status string
	if err := t.tx.GetContext(ctx, &status, `select status from setting_changes where id = $1`, id); err != nil {
		return Change{}, fmt.Errorf("read the status of a change: %w", err)
	}
	if status == pending && !found[0].ExpiresAt.After(t.Now()) {
		status = actExpire.to
	}
	if status != pending {
		return Change{}, fault.New(fault.Conflict, msgAnsweredAlready, found[0].Control.Label, status)
	}
	return found[0], nil
}

// mayAnswer refuses who may not answer the change, and says who may.
func (t turn) mayAnswer(ctx context.Context, ch Change) error {
	if ch.RequestedBy == t.actor.ID {
		return fault.New(fault.Forbidden, msgOwnChange)
	}
	list, err := Answerers(ctx, t.tx, accounts.Scope{Everything: true}, ch.DistributorID, ch.RequestedBy, t.Now())
	if err != nil || Includes(list, t.actor.ID) {
		return err
	}
	return fault.New(fault.Forbidden, msgMayNotAnswer, WhoAnswers)
}

// WhoAnswers says who may answer a change of a setting.
const WhoAnswers = msgWhoAnswers

// requesterMayStill refuses to carry out what the requester could not change any more.
func (t turn) requesterMayStill(ctx context.Context, ch Change) error {
	var may bool
	err := t.tx.GetContext(ctx, &may, `
		select exists (select 1 from staff s join distributors d on d.id = s.distributor_id
		               where s.id = $1 and s.status = 'active' and s.role = any($2)
		                 and (d.parent_id is null or $3 = any(handover_below(d.id))))`,
		ch.RequestedBy, pq.Array(administrators()), ch.DistributorID)
	if err != nil {
		return fmt.Errorf("look whether the requester may still change the setting: %w", err)
	}
	if !may {
		return fault.New(fault.Conflict, msgRequesterLostRole)
	}
	return nil
}

// end gives the change its last status and writes the audit entry.
func (t turn) end(ctx context.Context, ch Change, a act) error {
	var by *int64
	if a.person {
		by = &t.actor.ID
	}
	result, err := t.tx.ExecContext(ctx, `
		update setting_changes set status = $2, answered_by = $3, answered_at = $4, answer = $5
		where id = $1 and status = 'pending'`, ch.ID, a.to, by, t.Now(), t.reason)
	if err != nil {
		return fmt.Errorf("end a change of a setting: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil {
		return err
	} else if n == 0 {
		return fault.New(fault.Conflict, msgAnswered, ch.Control.Label)
	}
	return t.noteStep(ctx, ch, a.action, t.reason)
}

// workerName is who does what time does, in the audit log.
const workerName = "worker"

// Tick ends the changes that were not answered in time, and mails that. Any number of
// processes may do it at once.
func (d Desk) Tick(ctx context.Context) error {
	return db.InTx(ctx, d.DB, func(tx *sqlx.Tx) error { return d.expire(ctx, tx, `true`) })
}

// atOnce is how many changes Tick ends in one transaction.
const atOnce = 100

// expire ends the changes of the condition, a constant of the code over $2 and further
// arguments, that were not answered in time.
func (d Desk) expire(ctx context.Context, tx *sqlx.Tx, condition string, args ...any) error {
	var ids []int64
	err := tx.SelectContext(ctx, &ids, fmt.Sprintf(`
		select id from setting_changes where status = 'pending' and expires_at <= $1 and (%s)
		order by id limit %d for update skip locked`, condition, atOnce), append([]any{d.Now()}, args...)...)
	if err != nil {
		return fmt.Errorf("look for changes that expired: %w", err)
	}
	everything := accounts.Scope{Everything: true}
	w := new(db.Where)
	w.And("c.id = any(?)", pq.Array(ids))
	found, err := selectChanges(ctx, tx, everything, w, "")
	if err != nil {
		return err
	}
	for _, ch := range found {
		dist, err := accounts.GetDistributor(ctx, tx, everything, ch.DistributorID)
		if err != nil {
			return err
		}
		t := turn{Desk: d, tx: tx, actor: audit.Actor{Name: workerName, DistributorID: dist.ID}, dist: dist}
		if err := t.end(ctx, ch, actExpire); err != nil {
			return err
		}
		if err := t.tell(ctx, ch, mailExpired); err != nil {
			return err
		}
	}
	return nil
}
