package identity

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/url"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/accounts"
	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/fault"
)

// FactorState is the state of a person's second factor.
type FactorState struct {
	On        bool
	Since     time.Time // when it was confirmed
	CodesLeft int       // recovery codes that were not used
	Secret    string    // while it is being set up, else ""
	Address   string    // otpauth:// of the secret, for the picture
}

// secretChars is the length of a secret in base32: 160 bits, as many as SHA-1 takes.
const secretChars = 32

// SecondFactor returns the state of the person's second factor.
func (d *Authenticator) SecondFactor(ctx context.Context, s Staff) (FactorState, error) {
	ctx = db.WithoutScope(ctx) // one's own, and kept from pages
	var rows []struct {
		Secret      []byte     `db:"secret"`
		ConfirmedAt *time.Time `db:"confirmed_at"`
		CodesLeft   int        `db:"codes_left"`
	}
	err := d.db.SelectContext(ctx, &rows, `
		select f.secret, f.confirmed_at,
		       (select count(*) from recovery_codes r where r.staff_id = f.staff_id and r.used_at is null) as codes_left
		from second_factors f where f.staff_id = $1`, s.ID)
	if err != nil || len(rows) == 0 {
		return FactorState{}, err
	}
	row := rows[0]
	if row.ConfirmedAt != nil {
		return FactorState{On: true, Since: *row.ConfirmedAt, CodesLeft: row.CodesLeft}, nil
	}
	secret, err := d.vault.Open(s.ID, row.Secret)
	if err != nil { // of another session key: it is set up anew
		slog.WarnContext(ctx, "a second factor that was being set up cannot be read", slog.Int64("staff", s.ID))
		return FactorState{}, nil
	}
	return FactorState{Secret: secret, Address: enrolAddress(s, secret)}, nil
}

// enrolAddress returns what authenticator apps read from the picture.
func enrolAddress(s Staff, secret string) string {
	const issuer = "Handover"
	u := url.URL{
		Scheme: "otpauth", Host: "totp", Path: "/" + issuer + ":" + s.Email,
		RawQuery: url.Values{"secret": {secret}, "issuer": {issuer}}.Encode(),
	}
	return u.String()
}

// StartSecondFactor makes a new secret for the person. It asks for the password, so that a
// stolen session cannot lock the owner out. The secret counts only when it is confirmed.
func (d *Authenticator) StartSecondFactor(ctx context.Context, s Staff, password string, client Client) error {
	ctx = db.WithoutScope(ctx) // one's own, and kept from pages
	if err := d.prove(ctx, s, Credentials{Email: s.Email, Password: password, Client: client}, "password"); err != nil {
		return err
	}
	secret := (rand.Text() + rand.Text())[:secretChars]
	result, err := d.db.ExecContext(ctx, `
		insert into second_factors (staff_id, secret) values ($1, $2)
		on conflict (staff_id) do update set secret = excluded.secret, last_step = 0, created_at = now()
		where second_factors.confirmed_at is null`, s.ID, d.vault.Close(s.ID, secret))
	if err != nil {
		return fmt.Errorf("start a second factor: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 1 {
		return err
	}
	return errFactorOn
}

var errFactorOn = fault.New(fault.Conflict, msgFactorOn)

// CancelSecondFactor forgets a secret that was not confirmed.
func (d *Authenticator) CancelSecondFactor(ctx context.Context, s Staff) error {
	ctx = db.WithoutScope(ctx) // one's own, and kept from pages
	_, err := d.db.ExecContext(ctx, `delete from second_factors where staff_id = $1 and confirmed_at is null`, s.ID)
	return err
}

// ConfirmSecondFactor turns the second factor on with a first code of it, ends the
// person's other sessions and API tokens, and returns their recovery codes. They are kept hashed only, so
// this is the one time that they can be shown.
func (d *Authenticator) ConfirmSecondFactor(ctx context.Context, s Staff, code string, client Client,
	session string,
) ([]string, error) {
	ctx = db.WithoutScope(ctx) // one's own, and kept from pages
	var codes []string
	err := db.InTx(ctx, d.db, func(tx *sqlx.Tx) error {
		f, err := lockFactor(ctx, tx, s.ID)
		if err != nil {
			return err
		}
		if f.Confirmed {
			return errFactorOn
		}
		got, err := d.useCode(ctx, tx, s.ID, f, code)
		if err != nil {
			return err
		}
		if got != codeRight {
			return got.fault()
		}
		if _, err := tx.ExecContext(ctx, `update second_factors set confirmed_at = now() where staff_id = $1`,
			s.ID); err != nil {
			return fmt.Errorf("confirm a second factor: %w", err)
		}
		if codes, err = newRecoveryCodes(ctx, tx, s.ID); err != nil {
			return err
		}
		if _, err := endCredentials(ctx, tx, s.ID, session); err != nil {
			return err
		}
		return s.auditFactor(ctx, tx, s.Actor(client.Address), "second_factor.on", factorOn)
	})
	return codes, err
}

// RenewRecoveryCodes replaces all recovery codes, for the password and a code.
func (d *Authenticator) RenewRecoveryCodes(ctx context.Context, s Staff, password, code string,
	client Client,
) ([]string, error) {
	ctx = db.WithoutScope(ctx) // one's own, and kept from pages
	var codes []string
	err := d.withBoth(ctx, s, password, code, client, func(tx *sqlx.Tx) error {
		var err error
		if codes, err = newRecoveryCodes(ctx, tx, s.ID); err != nil {
			return err
		}
		return s.auditFactor(ctx, tx, s.Actor(client.Address), "second_factor.codes", codesRenewed)
	})
	return codes, err
}

// TurnOffSecondFactor removes the second factor, for the password and a code.
func (d *Authenticator) TurnOffSecondFactor(ctx context.Context, s Staff, password, code string, client Client) error {
	ctx = db.WithoutScope(ctx) // one's own, and kept from pages
	return d.withBoth(ctx, s, password, code, client, func(tx *sqlx.Tx) error {
		if err := removeFactor(ctx, tx, s.ID); err != nil {
			return err
		}
		return s.auditFactor(ctx, tx, s.Actor(client.Address), "second_factor.off", factorOff)
	})
}

// ResetSecondFactor removes another person's second factor, for one who lost both phone
// and recovery codes, and ends their sessions and API tokens. Ask who they are first: after it the
// password alone signs in. A person outside the scope of the context is not found.
func ResetSecondFactor(ctx context.Context, pool *sqlx.DB, actor audit.Actor, email string) error {
	s, err := seen(ctx, pool, email)
	if err != nil {
		return err
	}
	return resetSecondFactor(ctx, pool, actor, s.ID)
}

// resetSecondFactor is ResetSecondFactor of a person who was found in the scope of the
// context: by their id, since outside of it another person may have the same address.
func resetSecondFactor(ctx context.Context, pool *sqlx.DB, actor audit.Actor, id int64) error {
	ctx = db.WithoutScope(ctx) // found in the scope; secrets and sessions are kept from pages
	return db.InTx(ctx, pool, func(tx *sqlx.Tx) error {
		s, err := GetStaff(ctx, tx, accounts.Scope{Everything: true}, id)
		if err != nil {
			return err
		}
		if !s.SecondFactor {
			return fault.New(fault.Conflict, msgNoFactorOf, s.Email)
		}
		if err := removeFactor(ctx, tx, s.ID); err != nil {
			return err
		}
		if _, err := endCredentials(ctx, tx, s.ID, ""); err != nil {
			return err
		}
		return s.auditFactor(ctx, tx, actor, "second_factor.reset", factorReset)
	})
}

// seen returns the staff member with the email address in the scope of the context.
func seen(ctx context.Context, pool *sqlx.DB, email string) (s Staff, err error) {
	err = db.InTx(ctx, pool, func(tx *sqlx.Tx) error {
		s, err = ByEmail(ctx, tx, email)
		return err
	})
	return s, err
}

// withBoth does something that password and code together allow.
func (d *Authenticator) withBoth(ctx context.Context, s Staff, password, code string, client Client,
	do func(*sqlx.Tx) error,
) error {
	if err := d.prove(ctx, s, Credentials{Email: s.Email, Password: password, Client: client}, "password"); err != nil {
		return err
	}
	return d.withCode(ctx, s, code, client, do)
}

// withCode does something that a code of the person's second factor allows.
func (d *Authenticator) withCode(ctx context.Context, s Staff, code string, client Client,
	do func(*sqlx.Tx) error,
) error {
	var refused error
	err := db.InTx(ctx, d.db, func(tx *sqlx.Tx) error {
		f, err := lockFactor(ctx, tx, s.ID)
		if err != nil {
			return err
		}
		if !f.Confirmed {
			return fault.New(fault.Conflict, msgFactorOff)
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
			refused = got.fault()
			return noteWrongCode(ctx, tx, c, s, "second_factor.failed", got)
		}
		return do(tx)
	})
	if err == nil {
		err = refused
	}
	return err
}

func removeFactor(ctx context.Context, q db.Querier, staffID int64) error {
	for _, table := range []string{"recovery_codes", "second_factors"} {
		if _, err := q.ExecContext(ctx, `delete from `+table+` where staff_id = $1`, staffID); err != nil {
			return fmt.Errorf("remove a second factor: %w", err)
		}
	}
	return nil
}

func (s Staff) auditFactor(ctx context.Context, q db.Querier, actor audit.Actor, action, notice string) error {
	if err := s.tell(ctx, q, actor, notice); err != nil {
		return err
	}
	return audit.Append(ctx, q, audit.Entry{Actor: actor, Action: action, SubjectKind: "staff", Subject: s.Email})
}
