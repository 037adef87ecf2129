package identity

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"github.com/jmoiron/sqlx"

	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/fault"
)

// attemptsAtOnce bounds the memory that a burst of sign-ins takes (32 MB each).
const attemptsAtOnce = 4

// maxEmail is how much of an e-mail address is looked up and noted.
const maxEmail = 320

// Door signs people in and out.
type Door struct {
	db     *sqlx.DB
	decoy  string        // hash of nobody's password: unknown accounts take the same time
	places chan struct{} // one per attempt under way
}

// NewDoor returns the door to the panel.
func NewDoor(pool *sqlx.DB) (*Door, error) {
	decoy, err := hashPassword("nobody has this password")
	if err != nil {
		return nil, err
	}
	return &Door{db: pool, decoy: decoy, places: make(chan struct{}, attemptsAtOnce)}, nil
}

// Credentials are what a person signs in with.
type Credentials struct {
	Email    string
	Password string
	Client   Client
}

// refused is the one answer to an unknown address, a wrong password and a
// disabled account.
const refused = "E-mail and password do not match. Check both and try again."

// SignIn checks the credentials and starts a session; it returns the session's
// random id. The previous session of the same browser, if any, ends.
func (d *Door) SignIn(ctx context.Context, c Credentials, previous string) (string, error) {
	ctx = db.Outside(ctx) // nobody is known yet
	if len(c.Email) > maxEmail {
		c.Email = strings.ToValidUTF8(c.Email[:maxEmail], "")
	}
	// The place is held until the attempt is noted: many at once do not slip by the throttle.
	select {
	case d.places <- struct{}{}:
		defer func() { <-d.places }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	if err := checkThrottle(ctx, d.db, c); err != nil {
		return "", err
	}
	a, err := d.account(ctx, c.Email)
	if err != nil {
		return "", err
	}
	match, err := matches(c.Password, a.Hash)
	if err != nil {
		return "", err
	}
	if !match || a.Status != Active {
		return "", d.refuse(ctx, c, a)
	}
	return d.admit(ctx, c, a, previous)
}

type account struct {
	Staff
	Hash string `db:"password_hash"`
}

// account returns who has the e-mail address; for an unknown one an empty
// account with the decoy's hash.
func (d *Door) account(ctx context.Context, email string) (account, error) {
	var a account
	err := d.db.GetContext(ctx, &a, `select `+staffColumns+`, s.password_hash from `+staffTables+`
		where lower(s.email) = lower($1)`, email)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return a, fmt.Errorf("look up a staff member: %w", err)
	}
	if a.Hash == "" {
		a.Hash = d.decoy
		a.Status = Disabled
	}
	return a, nil
}

func matches(password, hash string) (bool, error) {
	if len(password) > MaxPassword*utf8.UTFMax {
		return false, nil
	}
	match, err := argon2id.ComparePasswordAndHash(password, hash)
	if err != nil {
		return false, fmt.Errorf("compare a password: %w", err)
	}
	return match, nil
}

// refuse notes the failed attempt and returns the one answer to it.
func (d *Door) refuse(ctx context.Context, c Credentials, a account) error {
	err := db.InTx(ctx, d.db, func(tx *sqlx.Tx) error {
		if err := noteAttempt(ctx, tx, c, false); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{
			Actor:  audit.Actor{ID: a.ID, Name: c.Email, DistributorID: a.DistributorID, Address: c.Client.Address},
			Action: "sign_in.failed", SubjectKind: "staff", Subject: c.Email,
		})
	})
	if err != nil {
		return err
	}
	slog.WarnContext(ctx, "sign-in refused", "email", c.Email, "address", c.Client.Address)
	return fault.New(fault.Invalid, refused)
}

func (d *Door) admit(ctx context.Context, c Credentials, a account, previous string) (string, error) {
	var token string
	err := db.InTx(ctx, d.db, func(tx *sqlx.Tx) error {
		if err := noteAttempt(ctx, tx, c, true); err != nil {
			return err
		}
		if err := endSession(ctx, tx, previous); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `update staff set last_sign_in_at = now() where id = $1`, a.ID); err != nil {
			return err
		}
		var err error
		if token, err = startSession(ctx, tx, a.ID, c.Client); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{
			Actor: a.Actor(c.Client.Address), Action: "sign_in", SubjectKind: "staff", Subject: a.Email,
		})
	})
	return token, err
}

// SignOut ends the session.
func (d *Door) SignOut(ctx context.Context, s Staff, token, address string) error {
	ctx = db.Outside(ctx) // sessions are kept from pages
	return db.InTx(ctx, d.db, func(tx *sqlx.Tx) error {
		if err := endSession(ctx, tx, token); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{
			Actor: s.Actor(address), Action: "sign_out", SubjectKind: "staff", Subject: s.Email,
		})
	})
}

// Actor returns the staff member as the actor of an audit entry.
func (s Staff) Actor(address string) audit.Actor {
	return audit.Actor{ID: s.ID, Name: s.Name, DistributorID: s.DistributorID, Address: address}
}
