package identity

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/notify"
)

// Purpose is what a mailed link is for.
type Purpose string

// The purposes.
const (
	ForInvitation Purpose = "invitation"
	ForReset      Purpose = "reset"
)

// purposes is the one table of what links do: how long one works, of people in which
// status, and what it is called.
var purposes = map[Purpose]struct {
	Lives  time.Duration
	Status string
	Path   string
	Gone   string // sentence when a link does not work
	Action string // of the audit entry when it is used
	Notice string // mailed when it is used; "" = none
}{
	ForInvitation: {
		7 * 24 * time.Hour, Invited, "/invitation/",
		"This invitation does not work any more: it was used or withdrawn, a newer one was sent, or it is older " +
			"than 7 days. Ask who invited you to send it again.",
		"staff.join", "",
	},
	ForReset: {
		24 * time.Hour, Active, "/reset/",
		"This link does not work any more: it was used, a newer one was sent, or it is older than a day. Ask " +
			"for another under Forgot password on the sign-in page.",
		"staff.password", passwordChanged,
	},
}

// linkEmail is the email that brings a link: the texts above and below it.
type linkEmail struct{ Subject, Text, Below string }

// sendLink makes a link, in place of an older one of the purpose, and writes its mail.
func (o StaffService) sendLink(ctx context.Context, q db.Querier, s Staff, purpose Purpose, l linkEmail) error {
	if err := dropLinks(ctx, q, `staff_id = $1 and purpose = $2`, s.ID, purpose); err != nil {
		return err
	}
	token := rand.Text() + rand.Text()
	mail, err := notify.WriteLink(ctx, q, o.Vault, notify.StaffMail{
		StaffID: s.ID, Subject: l.Subject, Text: l.Text,
		Below: l.Below,
	},
		o.BaseURL+purposes[purpose].Path+token)
	if err != nil {
		return err
	}
	_, err = q.ExecContext(ctx, `
		insert into staff_links (token_hash, staff_id, purpose, outbox_id, expires_at)
		values ($1, $2, $3, $4, now() + make_interval(secs => $5))`,
		idHash(token), s.ID, purpose, mail, purposes[purpose].Lives.Seconds())
	if err != nil {
		return fmt.Errorf("keep a mailed link: %w", err)
	}
	return nil
}

// dropLinks removes the links of the condition, a constant of the code, and what the
// outbox keeps of them.
func dropLinks(ctx context.Context, q db.Querier, condition string, args ...any) error {
	var mails []int64
	if err := q.SelectContext(ctx, &mails, `delete from staff_links where `+condition+` returning outbox_id`,
		args...); err != nil {
		return fmt.Errorf("forget mailed links: %w", err)
	}
	if len(mails) == 0 {
		return nil
	}
	return notify.Revoke(ctx, q, mails)
}

// OpenLink returns whose link it is. One that does not work any more is a NotFound
// fault. Opening uses nothing up: mail programs open links, too.
func (o StaffService) OpenLink(ctx context.Context, purpose Purpose, token string) (Staff, error) {
	ctx = db.WithoutScope(ctx) // the link says who it is
	var s Staff
	p := purposes[purpose]
	err := o.DB.GetContext(ctx, &s, `
		select `+staffColumns+` from staff_links l join `+staffTables+` on s.id = l.staff_id
		where l.token_hash = $1 and l.purpose = $2 and l.expires_at > now()
		  and s.status = $3`, idHash(token), purpose, p.Status)
	return s, db.NotFound(err, "%s", p.Gone)
}

// UseLink sets the password of the link's owner. The link works once. The person's
// sessions, API tokens and other links end. Where they used it they can sign in, even while another
// person's attempts fail.
func (o StaffService) UseLink(ctx context.Context, purpose Purpose, token, password string,
	client Client,
) (Staff, error) {
	ctx = db.WithoutScope(ctx) // the link says who it is
	s, err := o.OpenLink(ctx, purpose, token)
	if err != nil {
		return s, err
	}
	hash, err := hashPassword(password, s.names()...)
	if err != nil {
		return s, err
	}
	p := purposes[purpose]
	err = db.InTx(ctx, o.DB, func(tx *sqlx.Tx) error {
		// The row decides who uses it: it is deleted once.
		var id int64
		err := tx.GetContext(ctx, &id, `
			update staff set password_hash = $4, access_since = now(), status = 'active'
			where status = $3 and id = (select staff_id from staff_links
			                            where token_hash = $1 and purpose = $2 and expires_at > now() for update)
			returning id`, idHash(token), purpose, p.Status, hash)
		if err != nil {
			return db.NotFound(err, "%s", p.Gone)
		}
		if _, err := endCredentials(ctx, tx, id, ""); err != nil {
			return err
		}
		if err := noteAttempt(ctx, tx, Credentials{Email: s.Email, Client: client}, true); err != nil {
			return err
		}
		if p.Notice != "" {
			if err := s.tell(ctx, tx, s.Actor(client.Address), p.Notice); err != nil {
				return err
			}
		}
		return audit.Append(ctx, tx, audit.Entry{
			Actor: s.Actor(client.Address), Action: p.Action, SubjectKind: "staff", Subject: s.Email,
			Before: map[string]any{"status": s.Status}, After: map[string]any{"status": Active, "by": "mailed link"},
		})
	})
	if db.IsUnique(err, "staff_email") {
		err = fault.New(fault.Conflict, msgAccountExists, s.Email)
	}
	return s, err
}

// PendingLink is a link that was mailed and can still be used.
type PendingLink struct {
	Purpose   Purpose   `db:"purpose"`
	MailID    int64     `db:"outbox_id"`
	ExpiresAt time.Time `db:"expires_at"`
}

// PendingLinks returns the links of a staff member that can still be used.
func PendingLinks(ctx context.Context, q db.Querier, staffID int64) ([]PendingLink, error) {
	var out []PendingLink
	err := q.SelectContext(ctx, &out, `
		select purpose, outbox_id, expires_at from staff_links where staff_id = $1 and expires_at > now()
		order by purpose`, staffID)
	if err != nil {
		return nil, fmt.Errorf("list mailed links: %w", err)
	}
	return out, nil
}
