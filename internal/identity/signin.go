package identity

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"github.com/jmoiron/sqlx"

	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/vault"
)

// maxEmail is how much of an email address is looked up and noted.
const maxEmail = 320

// Authenticator signs people in and out.
type Authenticator struct {
	Now    func() time.Time // the clock that codes are compared with
	db     *sqlx.DB
	vault  vault.Vault
	decoy  string  // hash that no password matches: unknown accounts take the same time
	places *places // where passwords are compared
}

// NewAuthenticator returns the authenticator of the panel. The secrets of second factors are sealed
// with a key derived from the session key.
func NewAuthenticator(pool *sqlx.DB, sessionKey []byte) (*Authenticator, error) {
	decoy, err := hashPassword("no account has this password")
	if err != nil {
		return nil, err
	}
	secrets, err := vault.New(sessionKey, vault.SecondFactors)
	if err != nil {
		return nil, err
	}
	return &Authenticator{
		Now: time.Now, db: pool, vault: secrets, decoy: decoy,
		places: newPlaces(),
	}, nil
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

// Admission is the result of a sign-in so far: a session, or a sign-in that waits for the
// code of the second factor. Each is a random id for a cookie of its own.
type Admission struct {
	Session string
	Pending string
}

// SignIn checks the credentials and starts a session, or, where the person has a
// second factor, a pending sign-in that EnterCode completes. The previous session
// of the same browser, if any, ends with the new one.
func (d *Authenticator) SignIn(ctx context.Context, c Credentials, previous string) (Admission, error) {
	ctx = db.WithoutScope(ctx) // not signed in yet
	if len(c.Email) > maxEmail {
		c.Email = strings.ToValidUTF8(c.Email[:maxEmail], "")
	}
	leave, err := d.enter(ctx, c)
	if err != nil {
		return Admission{}, err
	}
	defer leave()
	a, err := d.account(ctx, c.Email)
	if err != nil {
		return Admission{}, err
	}
	match, err := matches(c.Password, a.Hash)
	if err != nil {
		return Admission{}, err
	}
	if !match || a.Status != Active {
		return Admission{}, d.refuse(ctx, c, a)
	}
	if a.SecondFactor {
		return d.hold(ctx, a)
	}
	session, err := d.admit(ctx, c, a, previous)
	return Admission{Session: session}, err
}

// enter asks the throttle, waits for a place, and asks the throttle again: what waited with the
// attempt may have failed. The caller holds the place until the attempt is noted, so that many at
// once do not slip by. leave gives the place back.
func (d *Authenticator) enter(ctx context.Context, c Credentials) (leave func(), err error) {
	n, err := countAttempts(ctx, d.db, c)
	if err != nil {
		return nil, err
	}
	if n.tooMany() {
		return nil, tooManyFault()
	}
	leave, err = d.places.enter(ctx, newAttempt(c, n.KnownDevice || n.KnownAddress))
	if err != nil {
		return nil, err
	}
	if err := checkThrottle(ctx, d.db, c); err != nil {
		leave()
		return nil, err
	}
	return leave, nil
}

type account struct {
	Staff
	Hash string `db:"password_hash"`
}

// account returns who has the email address; for an unknown one an empty
// account with the decoy's hash.
func (d *Authenticator) account(ctx context.Context, email string) (account, error) {
	var a account
	err := d.db.GetContext(ctx, &a, `select `+staffColumns+`, s.password_hash from `+staffTables+`
		where `+ofEmail, email)
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
func (d *Authenticator) refuse(ctx context.Context, c Credentials, a account) error {
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

func (d *Authenticator) admit(ctx context.Context, c Credentials, a account, previous string) (string, error) {
	var token string
	err := db.InTx(ctx, d.db, func(tx *sqlx.Tx) error {
		var err error
		token, err = begin(ctx, tx, c, a.Staff, beginning{how: byPassword, previous: previous})
		return err
	})
	return token, err
}

// beginning is what a session starts from.
type beginning struct {
	how      proof
	provedAt *time.Time     // when the provider of single sign-on asked who one is; nil = it did not, or does not say
	previous string         // the browser's session before
	note     map[string]any // for the audit log, nil = none
}

// begin starts the session of a person who proved who they are.
func begin(ctx context.Context, tx *sqlx.Tx, c Credentials, s Staff, b beginning) (string, error) {
	if err := noteAttempt(ctx, tx, c, true); err != nil {
		return "", err
	}
	if err := endSession(ctx, tx, b.previous); err != nil {
		return "", err
	}
	if _, err := tx.ExecContext(ctx, `update staff set last_sign_in_at = now() where id = $1`, s.ID); err != nil {
		return "", err
	}
	token, err := startSession(ctx, tx, s.ID, c.Client, b)
	if err != nil {
		return "", err
	}
	entry := audit.Entry{Actor: s.Actor(c.Client.Address), Action: "sign_in", SubjectKind: "staff", Subject: s.Email}
	if b.note != nil {
		entry.After = b.note
	}
	return token, audit.Append(ctx, tx, entry)
}

// SignOut ends the session.
func (d *Authenticator) SignOut(ctx context.Context, s Staff, token, address string) error {
	ctx = db.WithoutScope(ctx) // sessions are kept from pages
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
