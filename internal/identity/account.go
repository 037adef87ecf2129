package identity

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/fault"
)

// Session is one browser in which a person is signed in.
type Session struct {
	Handle    string    `db:"handle"` // names the session on a page; it opens nothing
	Address   string    `db:"address"`
	UserAgent string    `db:"user_agent"`
	StartedAt time.Time `db:"created_at"`
	LastSeen  time.Time `db:"last_seen_at"`
	EndsAt    time.Time `db:"expires_at"`
	This      bool      `db:"this"` // the one that asks
}

// Sessions returns the staff member's sessions that have not ended, the one with
// the token first, then the one that was used last.
func Sessions(ctx context.Context, pool *sqlx.DB, staffID int64, token string) ([]Session, error) {
	ctx = db.WithoutScope(ctx) // one's own, and kept from pages
	var out []Session
	err := pool.SelectContext(ctx, &out, `
		select encode(id_hash, 'hex') as handle, address, user_agent, created_at, last_seen_at, expires_at,
		       id_hash = $2 as this
		from sessions where staff_id = $1 and expires_at > now() and last_seen_at > now() - make_interval(secs => $3)
		order by this desc, last_seen_at desc, id_hash`, staffID, idHash(token), IdleTime.Seconds())
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	return out, nil
}

// EndSession ends one session of the staff member; one that ended already is a
// NotFound fault.
func EndSession(ctx context.Context, pool *sqlx.DB, s Staff, address, handle string) error {
	ctx = db.WithoutScope(ctx) // one's own, and kept from pages
	gone := fault.New(fault.NotFound, msgSessionEnded)
	hash, err := hex.DecodeString(handle)
	if err != nil {
		return gone
	}
	return db.InTx(ctx, pool, func(tx *sqlx.Tx) error {
		var was Session
		err := tx.GetContext(ctx, &was, `
			delete from sessions where staff_id = $1 and id_hash = $2
			returning encode(id_hash, 'hex') as handle, address, user_agent, created_at, last_seen_at,
			  expires_at`, s.ID, hash)
		if err != nil {
			return db.NotFound(err, "%s", gone.Message)
		}
		return audit.Append(ctx, tx, audit.Entry{
			Actor: s.Actor(address), Action: "session.end", SubjectKind: "staff", Subject: s.Email,
			Before: was.record(),
		})
	})
}

func (s Session) record() map[string]any {
	return map[string]any{"address": s.Address, "browser": s.UserAgent, "started": s.StartedAt.UTC()}
}

// EndOtherSessions ends the staff member's sessions but the one with the token, and their API
// tokens; it returns how many of each.
func EndOtherSessions(ctx context.Context, pool *sqlx.DB, s Staff, address, token string) (sessions, tokens int,
	err error,
) {
	ctx = db.WithoutScope(ctx) // one's own, and kept from pages
	var over ended
	err = db.InTx(ctx, pool, func(tx *sqlx.Tx) (err error) {
		if over, err = endCredentials(ctx, tx, s.ID, token); err != nil || !over.any() {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{
			Actor: s.Actor(address), Action: "session.end_others", SubjectKind: "staff", Subject: s.Email,
			After: over.record(),
		})
	})
	return over.Sessions, over.Tokens, err
}

// PasswordChange is a person's change of their own password.
type PasswordChange struct {
	Current, New string
	Token        string // of the session in which it is changed
	Client       Client
}

// ChangePassword gives a person another password after asking for the current one,
// ends their other sessions and their API tokens, and returns the new random id of this one. A wrong
// current password counts as a failed sign-in.
func (d *Authenticator) ChangePassword(ctx context.Context, s Staff, n PasswordChange) (string, error) {
	ctx = db.WithoutScope(ctx) // one's own, and kept from pages
	c := Credentials{Email: s.Email, Password: n.Current, Client: n.Client}
	if err := d.prove(ctx, s, c, "current_password"); err != nil {
		return "", err
	}
	if n.New == n.Current {
		return "", fault.InvalidField("new_password", msgSamePassword)
	}
	hash, err := hashPassword(n.New, s.names()...)
	if err != nil {
		return "", renameField(err, "password", "new_password")
	}
	token := rand.Text() + rand.Text()
	err = db.InTx(ctx, d.db, func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, `update staff set password_hash = $2 where id = $1`, s.ID, hash); err != nil {
			return fmt.Errorf("change the password: %w", err)
		}
		over, err := endCredentials(ctx, tx, s.ID, n.Token)
		if err != nil {
			return err
		}
		result, err := tx.ExecContext(ctx, `update sessions set id_hash = $3 where staff_id = $1 and id_hash = $2`,
			s.ID, idHash(n.Token), idHash(token))
		if err != nil {
			return fmt.Errorf("change the session's id: %w", err)
		}
		if n, err := result.RowsAffected(); err != nil {
			return err
		} else if n == 0 {
			return db.NotFound(sql.ErrNoRows, msgNotSignedIn)
		}
		if err := s.tell(ctx, tx, s.Actor(n.Client.Address), passwordChanged); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{
			Actor: s.Actor(n.Client.Address), Action: "staff.password", SubjectKind: "staff", Subject: s.Email,
			After: map[string]any{"by": "the person", "sessions_ended": over.Sessions, "tokens_revoked": over.Tokens},
		})
	})
	return token, err
}

// prove asks a signed-in person for the current password; field is where the form has it.
// A wrong password counts as a failed sign-in, for the throttle and in the audit log.
func (d *Authenticator) prove(ctx context.Context, s Staff, c Credentials, field string) error {
	leave, err := d.enter(ctx, c)
	if err != nil {
		return renameField(err, "", field)
	}
	defer leave()
	a, err := d.account(ctx, s.Email)
	if err != nil {
		return err
	}
	match, err := matches(c.Password, a.Hash)
	if err != nil {
		return err
	}
	if match && a.Status == Active {
		return nil
	}
	if err := d.refuse(ctx, c, a); !fault.Is(err, fault.Invalid) {
		return err
	}
	return fault.InvalidField(field, msgWrongPassword)
}

// renameField moves the sentence of a fault to another field, where a form calls it so.
func renameField(err error, from, to string) error {
	e, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return err
	}
	if from == "" {
		return fault.InvalidField(to, "%s", e.Message)
	}
	for i := range e.Fields {
		if e.Fields[i].Name == from {
			e.Fields[i].Name = to
		}
	}
	return err
}
