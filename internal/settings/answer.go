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
	person bool // somebody did it; else time, or another change
}

// The acts. Each ends the status pending, and no other status ends (migration 0166).
var (
	actApprove   = act{"approved", "approve", true}
	actReject    = act{"rejected", "reject", true}
	actWithdraw  = act{"withdrawn", "withdraw", true}
	actExpire    = act{"expired", "expire", false}
	actSupersede = act{"superseded", "supersede", false}

	acts = []act{actApprove, actReject, actWithdraw, actExpire, actSupersede}
)

// Approve carries a change out that waits. The person must be among its Answerers; the
// requester must still be able to change the setting, and the setting must be as it was when
// they asked. Otherwise it is a Forbidden or Conflict fault, and nothing changes.
func (d Desk) Approve(ctx context.Context, by identity.By, proof identity.Confirmed, distributorID, id int64, reason string) (Change, error) {
	if err := isProof(by, proof); err != nil {
		return Change{}, err
	}
	return d.answer(ctx, by, distributorID, id, reason, func(tx *sqlx.Tx, dist accounts.Distributor, ch Change, reason string) error {
		if err := d.mayAnswer(ctx, tx, by, ch); err != nil {
			return err
		}
		if err := stillMay(ctx, tx, ch); err != nil {
			return err
		}
		current, err := ch.Current(ctx, tx)
		if err != nil {
			return err
		}
		if !current.Equal(ch.Before) {
			return fault.New(fault.Conflict, "The setting %q changed after this change was requested. Reject it; the requester can ask again.", ch.Control.Label)
		}
		if err := d.end(ctx, tx, by.Actor, dist, ch, actApprove, reason); err != nil {
			return err
		}
		if err := d.apply(ctx, tx, by.Actor, dist, ch, ch.Reason); err != nil {
			return err
		}
		return d.tell(ctx, tx, by.Actor, dist, ch, mailApproved, reason)
	})
}

// Reject ends a change that waits; nothing changes. The person must be among its Answerers.
func (d Desk) Reject(ctx context.Context, by identity.By, distributorID, id int64, reason string) (Change, error) {
	return d.answer(ctx, by, distributorID, id, reason, func(tx *sqlx.Tx, dist accounts.Distributor, ch Change, reason string) error {
		if err := d.mayAnswer(ctx, tx, by, ch); err != nil {
			return err
		}
		if err := d.end(ctx, tx, by.Actor, dist, ch, actReject, reason); err != nil {
			return err
		}
		return d.tell(ctx, tx, by.Actor, dist, ch, mailRejected, reason)
	})
}

// Withdraw takes one's own change back while it waits.
func (d Desk) Withdraw(ctx context.Context, by identity.By, distributorID, id int64) (Change, error) {
	return d.answer(ctx, by, distributorID, id, "", func(tx *sqlx.Tx, dist accounts.Distributor, ch Change, _ string) error {
		if ch.RequestedBy != by.Actor.ID {
			return fault.New(fault.Forbidden, "Only the requester can withdraw this change. You can reject it if you may answer it.")
		}
		if err := d.end(ctx, tx, by.Actor, dist, ch, actWithdraw, ""); err != nil {
			return err
		}
		return d.tell(ctx, tx, by.Actor, dist, ch, mailWithdrawn, "")
	})
}

// answer does something with a change that waits, under the lock of the distributor.
func (d Desk) answer(
	ctx context.Context, by identity.By, distributorID, id int64, reason string,
	do func(tx *sqlx.Tx, dist accounts.Distributor, ch Change, reason string) error,
) (Change, error) {
	var ch Change
	reason, err := readReason(reason)
	if err != nil {
		return ch, err
	}
	err = db.InTx(ctx, d.DB, func(tx *sqlx.Tx) error {
		dist, err := accounts.GetDistributor(ctx, tx, by.Scope, distributorID)
		if err != nil {
			return err
		}
		if err := db.ActAsEngine(ctx, tx); err != nil {
			return err
		}
		// The same order of locks as Change: the distributor, then its changes.
		if _, err := tx.ExecContext(ctx, `select from distributors where id = $1 for update`, dist.ID); err != nil {
			return fmt.Errorf("lock the distributor: %w", err)
		}
		if ch, err = d.waiting(ctx, tx, dist.ID, id); err != nil {
			return err
		}
		return do(tx, dist, ch, reason)
	})
	return ch, err
}

// waiting reads the change, which must wait. It is a NotFound fault where the distributor has
// no such change, and a Conflict fault where it was answered or expired.
func (d Desk) waiting(ctx context.Context, q db.Querier, distributorID, id int64) (Change, error) {
	w := new(db.Where)
	w.And("c.id = ? and c.distributor_id = ?", id, distributorID)
	found, err := selectChanges(ctx, q, accounts.Scope{Everything: true}, w, "for update of c")
	if err != nil {
		return Change{}, err
	}
	if len(found) == 0 {
		return Change{}, fault.New(fault.NotFound, "There is no such change of a setting.")
	}
	var status string
	if err := q.GetContext(ctx, &status, `select status from setting_changes where id = $1`, id); err != nil {
		return Change{}, fmt.Errorf("read the status of a change: %w", err)
	}
	if status == pending && !found[0].ExpiresAt.After(d.Now()) {
		status = actExpire.to
	}
	if status != pending {
		return Change{}, fault.New(fault.Conflict, "This change of %q was %s before.", found[0].Control.Label, status)
	}
	return found[0], nil
}

// mayAnswer refuses who may not answer the change, and says who may.
func (d Desk) mayAnswer(ctx context.Context, q db.Querier, by identity.By, ch Change) error {
	if ch.RequestedBy == by.Actor.ID {
		return fault.New(fault.Forbidden, "You requested this change. Another administrator must answer it.")
	}
	list, err := Answerers(ctx, q, by.Scope, ch.DistributorID, ch.RequestedBy, d.Now())
	if err != nil || Includes(list, by.Actor.ID) {
		return err
	}
	return fault.New(fault.Forbidden, "You may not answer this change. %s "+
		"An administrator of the distributor itself goes before one of a distributor above it.", WhoAnswers)
}

// WhoAnswers says who may answer a change of a setting.
const WhoAnswers = "An administrator answers who has had access for at least 7 days and is not connected with the requester by an invitation."

// stillMay refuses to carry out what the requester could not change any more.
func stillMay(ctx context.Context, q db.Querier, ch Change) error {
	var may bool
	err := q.GetContext(ctx, &may, `
		select exists (select 1 from staff s join distributors d on d.id = s.distributor_id
		               where s.id = $1 and s.status = 'active' and s.role = any($2)
		                 and (d.parent_id is null or $3 = any(handover_below(d.id))))`,
		ch.RequestedBy, pq.Array(administrators()), ch.DistributorID)
	if err != nil {
		return fmt.Errorf("look whether the requester may still change the setting: %w", err)
	}
	if !may {
		return fault.New(fault.Conflict, "The requester may not change this setting any more. Reject the change.")
	}
	return nil
}

// end gives the change its last status and writes the audit entry.
func (d Desk) end(ctx context.Context, q db.Querier, actor audit.Actor, dist accounts.Distributor, ch Change, a act, reason string) error {
	by := int64(0)
	if a.person {
		by = actor.ID
	}
	result, err := q.ExecContext(ctx, `
		update setting_changes set status = $2, answered_by = nullif($3::bigint, 0), answered_at = $4, answer = $5
		where id = $1 and status = 'pending'`, ch.ID, a.to, by, d.Now(), reason)
	if err != nil {
		return fmt.Errorf("end a change of a setting: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return fault.New(fault.Conflict, "This change of %q was answered before.", ch.Control.Label)
	}
	return ch.note(ctx, q, actor, dist, a.action, reason)
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
		select id from setting_changes where status = 'pending' and expires_at <= $1 and (%s) order by id limit %d for update skip locked`,
		condition, atOnce), append([]any{d.Now()}, args...)...)
	if err != nil {
		return fmt.Errorf("look for changes that expired: %w", err)
	}
	for _, id := range ids {
		w := new(db.Where)
		w.And("c.id = ?", id)
		found, err := selectChanges(ctx, tx, accounts.Scope{Everything: true}, w, "")
		if err != nil {
			return err
		}
		for _, ch := range found {
			dist, err := accounts.GetDistributor(ctx, tx, accounts.Scope{Everything: true}, ch.DistributorID)
			if err != nil {
				return err
			}
			actor := audit.Actor{Name: workerName, DistributorID: dist.ID}
			if err := d.end(ctx, tx, actor, dist, ch, actExpire, ""); err != nil {
				return err
			}
			if err := d.tell(ctx, tx, actor, dist, ch, mailExpired, ""); err != nil {
				return err
			}
		}
	}
	return nil
}
