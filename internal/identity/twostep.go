package identity

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/fault"
)

// PendingTime is how long a sign-in waits for its code, and a way to the provider
// of single sign-on for its return.
const PendingTime = 10 * time.Minute

// maxCodes is how many wrong codes end a pending sign-in.
const maxCodes = 5

// errEnded answers a pending sign-in that is over: too old, used, or cut off.
var errEnded = fault.New(fault.NotFound, msgSignInEnded)

// hold makes a pending sign-in: no session, but the right to enter a code.
func (d *Authenticator) hold(ctx context.Context, a account) (Admission, error) {
	token := newToken()
	_, err := d.db.ExecContext(ctx, `
		insert into pending_sign_ins (id_hash, staff_id, expires_at)
		values ($1, $2, now() + make_interval(secs => $3))`,
		idHash(token), a.ID, PendingTime.Seconds())
	if err != nil {
		return Admission{}, fmt.Errorf("start a pending sign-in: %w", err)
	}
	return Admission{Pending: token}, nil
}

// pendingStaff returns whose sign-in waits under the random id, locked.
func pendingStaff(ctx context.Context, q db.Querier, pending string, lock string) (Staff, error) {
	var s Staff
	err := q.GetContext(ctx, &s, `
		select `+staffColumns+` from pending_sign_ins x join `+staffTables+` on s.id = x.staff_id
		where x.id_hash = $1 and x.expires_at > now() and s.status = 'active' `+lock, idHash(pending))
	if fault.Is(db.NotFound(err, ""), fault.NotFound) {
		return s, errEnded
	}
	return s, err
}

// Waits returns nil when a sign-in waits for a code under the random id, and a
// NotFound fault when it has ended.
func (d *Authenticator) Waits(ctx context.Context, pending string) error {
	_, err := pendingStaff(db.WithoutScope(ctx), d.db, pending, "") // not signed in yet
	return err
}

// EnterCode completes a pending sign-in with a code from the person's app or one of
// their recovery codes, and returns the new session's random id. A NotFound fault
// means that the sign-in has to begin again.
func (d *Authenticator) EnterCode(ctx context.Context, pending, code string, client Client,
	previous string,
) (string, error) {
	ctx = db.WithoutScope(ctx) // not signed in yet
	var token string
	var refused error
	err := db.InTx(ctx, d.db, func(tx *sqlx.Tx) error {
		s, err := pendingStaff(ctx, tx, pending, "for update of x")
		if err != nil {
			return err
		}
		f, err := lockFactor(ctx, tx, s.ID)
		if fault.Is(err, fault.NotFound) {
			return errEnded // it was reset meanwhile
		}
		if err != nil {
			return err
		}
		c := Credentials{Email: s.Email, Client: client}
		if err := checkThrottle(ctx, tx, c); err != nil {
			return err
		}
		got, err := d.useCode(ctx, tx, s.ID, f, code)
		if err != nil {
			return err
		}
		if !got.accepted() {
			refused, err = refuseCode(ctx, tx, pending, c, s, got)
			return err
		}
		if err := endPending(ctx, tx, pending); err != nil {
			return err
		}
		token, err = begin(ctx, tx, c, s, beginning{
			how: byPassword, previous: previous,
			note: map[string]any{"second_factor": got.String()},
		})
		return err
	})
	if err == nil {
		err = refused
	}
	return token, err
}

// refuseCode counts the wrong code and returns the message to the person.
func refuseCode(ctx context.Context, tx *sqlx.Tx, pending string, c Credentials, s Staff, got outcome) (told,
	err error,
) {
	if err := noteWrongCode(ctx, tx, c, s, "sign_in.failed", got); err != nil {
		return nil, err
	}
	var failures int
	err = tx.GetContext(ctx, &failures, `
		update pending_sign_ins set failures = failures + 1 where id_hash = $1 returning failures`, idHash(pending))
	if err != nil {
		return nil, fmt.Errorf("count a wrong code: %w", err)
	}
	if failures < maxCodes {
		return got.fault(), nil
	}
	if err := endPending(ctx, tx, pending); err != nil {
		return nil, err
	}
	return fault.New(fault.NotFound, msgTooManyCodes, maxCodes, int(window.Minutes())), nil
}

// noteWrongCode counts like a wrong password: who guesses codes is slowed down in
// the same way.
func noteWrongCode(ctx context.Context, tx *sqlx.Tx, c Credentials, s Staff, action string, got outcome) error {
	if err := noteAttempt(ctx, tx, c, false); err != nil {
		return err
	}
	return audit.Append(ctx, tx, audit.Entry{
		Actor: s.Actor(c.Client.Address), Action: action, SubjectKind: "staff", Subject: s.Email,
		After: map[string]any{"reason": got.String()},
	})
}

func endPending(ctx context.Context, q db.Querier, pending string) error {
	if _, err := q.ExecContext(ctx, `delete from pending_sign_ins where id_hash = $1`, idHash(pending)); err != nil {
		return fmt.Errorf("end a pending sign-in: %w", err)
	}
	return nil
}
