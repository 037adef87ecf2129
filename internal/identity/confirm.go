package identity

import (
	"context"
	"fmt"
	"time"

	"handover/internal/db"
	"handover/internal/fault"
)

// FreshTime is how long a single sign-on replaces the password when a person confirms who
// they are. It counts from the moment at which the provider asked.
const FreshTime = 5 * time.Minute

// Confirmation is how a signed-in person proves once more who they are.
type Confirmation struct {
	Password string // "" = by a fresh single sign-on
	Code     string // of the second factor, where the act asks for one
	Session  string // random id of the session
	Client   Client
}

// Confirmed is a person who has just shown who they are. Only Confirm makes one, so that
// what takes it cannot be reached without.
type Confirmed struct{ staff Staff }

// Staff returns who it is.
func (c Confirmed) Staff() Staff { return c.staff }

// Confirm asks for the person's password, or takes a fresh single sign-on in its place. A
// wrong password is an Invalid fault of the field password and counts as a failed sign-in.
func (d *Authenticator) Confirm(ctx context.Context, s Staff, c Confirmation) (Confirmed, error) {
	ctx = db.WithoutScope(ctx) // one's own session and password, kept from pages
	if c.Password != "" {
		typed := Credentials{Email: s.Email, Password: c.Password, Client: c.Client}
		if err := d.prove(ctx, s, typed, "password"); err != nil {
			return Confirmed{}, err
		}
		return Confirmed{s}, nil
	}
	on, err := d.SignedOn(ctx, s, c.Session)
	if err != nil {
		return Confirmed{}, err
	}
	if !on.Fresh() {
		return Confirmed{}, fault.InvalidField("password", msgEnterPassword)
	}
	return Confirmed{s}, nil
}

// SignOnState is what a session has of single sign-on.
type SignOnState struct {
	Used  bool       `db:"used"`        // the session began with it
	Until *time.Time `db:"fresh_until"` // nil = no password is spared
}

// Fresh reports whether the person showed the provider who they are minutes ago.
func (o SignOnState) Fresh() bool { return o.Until != nil }

// SignedOn returns what the person's session has of single sign-on.
func (d *Authenticator) SignedOn(ctx context.Context, s Staff, session string) (SignOnState, error) {
	var found []SignOnState
	err := d.db.SelectContext(db.WithoutScope(ctx), &found, `
		select proof = 'single_sign_on' as used,
		       case when proof = 'single_sign_on' and proved_at + make_interval(secs => $3) > now()
		            then proved_at + make_interval(secs => $3) end as fresh_until
		from sessions where id_hash = $1 and staff_id = $2 and expires_at > now()`,
		idHash(session), s.ID, FreshTime.Seconds())
	if err != nil {
		return SignOnState{}, fmt.Errorf("look how the session began: %w", err)
	}
	if len(found) == 0 {
		return SignOnState{}, nil
	}
	return found[0], nil
}
