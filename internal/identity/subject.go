package identity

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/jmoiron/sqlx"

	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/fault"
)

// subject is the staff member whom a provider's claims are about.
type subject struct {
	Staff
	Issuer  *string `db:"issuer"` // what they are bound to, nil = nothing yet
	Subject *string `db:"subject"`
}

// admitSubject starts a session for the staff member whom the provider vouches for. The
// first time it finds them by their verified email address and binds them to the
// provider's subject; from then on it finds them by the subject. It adds no staff members.
func (d *Authenticator) admitSubject(ctx context.Context, p Provider, c claims, client Client,
	previous string,
) (string, error) {
	var token string
	var refused error
	err := db.InTx(ctx, d.db, func(tx *sqlx.Tx) error {
		s, err := findSubject(ctx, tx, p.Issuer, c)
		if err != nil {
			return err
		}
		if refused = p.refuse(s, c); refused != nil {
			return noteRefusal(ctx, tx, c, s, client, refused)
		}
		if s.Subject == nil {
			if err := bind(ctx, tx, p, s.Staff, c, client); err != nil {
				return err
			}
		}
		token, err = begin(ctx, tx, Credentials{Email: s.Email, Client: client}, s.Staff, beginning{
			how: bySingleSignOn, provedAt: c.ProvedAt, previous: previous,
			note: map[string]any{"single_sign_on": p.Issuer},
		})
		return err
	})
	if db.IsUnique(err, "staff_subjects_pkey") || db.IsUnique(err, "staff_subjects_issuer_subject_key") {
		return "", fault.New(fault.Conflict, msgTwoSignIns)
	}
	if err == nil {
		err = refused
	}
	return token, err
}

// findSubject returns the staff member bound to the subject, else the one with the
// email address, else an empty one.
func findSubject(ctx context.Context, q db.Querier, issuer string, c claims) (subject, error) {
	var found []subject
	err := q.SelectContext(ctx, &found, `
		select `+staffColumns+`, x.issuer, x.subject
		from `+staffTables+` left join staff_subjects x on x.staff_id = s.id
		where x.issuer = $1 and x.subject = $2 or lower(s.email) = lower($3)
		order by (x.issuer = $1 and x.subject = $2) is true desc,
		  `+hasAccount+` desc, s.id desc limit 1`, issuer, c.Subject, c.Email)
	if err != nil || len(found) == 0 {
		return subject{}, err
	}
	return found[0], nil
}

// refuse returns why the person cannot sign in, nil when they can.
func (p Provider) refuse(s subject, c claims) error {
	switch {
	case c.Email == "":
		return fault.New(fault.Forbidden, msgNoEmailClaim, p.Name)
	case !c.Verified:
		return fault.New(fault.Forbidden, msgEmailNotVerified, p.Name, c.Email)
	case s.ID == 0:
		return fault.New(fault.Forbidden, msgUnknownEmail, c.Email)
	case s.Status == Invited:
		return fault.New(fault.Forbidden, msgNotAccepted, p.Name)
	case s.Status != Active:
		return fault.New(fault.Forbidden, msgAccessEnded)
	case s.Subject != nil && (*s.Subject != c.Subject || *s.Issuer != p.Issuer):
		return fault.New(fault.Forbidden, msgOtherSubject, s.Email, p.Name)
	default:
		return nil
	}
}

func noteRefusal(ctx context.Context, q db.Querier, c claims, s subject, client Client, why error) error {
	slog.WarnContext(ctx, "single sign-on refused", slog.String("email", c.Email),
		slog.String("address", client.Address), slog.Any("why", why))
	return audit.Append(ctx, q, audit.Entry{
		Actor:  audit.Actor{ID: s.ID, Name: c.Email, DistributorID: s.DistributorID, Address: client.Address},
		Action: "sign_in.failed", SubjectKind: "staff", Subject: c.Email, After: map[string]any{"reason": why.Error()},
	})
}

// bind keeps who the staff member is at the provider.
func bind(ctx context.Context, q db.Querier, p Provider, s Staff, c claims, client Client) error {
	_, err := q.ExecContext(ctx, `insert into staff_subjects (staff_id, issuer, subject) values ($1, $2, $3)`, s.ID,
		p.Issuer, c.Subject)
	if err != nil {
		return fmt.Errorf("bind a staff member to the provider: %w", err)
	}
	return audit.Append(ctx, q, audit.Entry{
		Actor: s.Actor(client.Address), Action: "single_sign_on.bind", SubjectKind: "staff", Subject: s.Email,
		After: map[string]any{"issuer": p.Issuer, "subject": c.Subject},
	})
}

// ReleaseSubject forgets who a staff member is at the provider of single sign-on, so that
// the next account there with their verified email address is taken. A person outside the
// scope of the context is not found.
func ReleaseSubject(ctx context.Context, pool *sqlx.DB, actor audit.Actor, email string) error {
	s, err := seen(ctx, pool, email)
	if err != nil {
		return err
	}
	ctx = db.WithoutScope(ctx) // found in the scope; bindings are kept from pages
	return db.InTx(ctx, pool, func(tx *sqlx.Tx) error {
		var before struct {
			Issuer  string `db:"issuer" json:"issuer"`
			Subject string `db:"subject" json:"subject"`
		}
		err := tx.GetContext(ctx, &before, `delete from staff_subjects where staff_id = $1 returning issuer, subject`,
			s.ID)
		if err := db.NotFound(err, msgNoSubject, s.Email); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{
			Actor: actor, Action: "single_sign_on.release", SubjectKind: "staff", Subject: s.Email, Before: before,
		})
	})
}
