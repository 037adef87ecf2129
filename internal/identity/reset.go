package identity

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/network"
)

// SendReset mails an active staff member a link to choose another password. Until
// they do, nothing changes for them.
func (o StaffService) SendReset(ctx context.Context, by By, id int64) (s Staff, err error) {
	if ctx, err = o.stepOut(ctx, by, id, 0); err != nil {
		return s, err
	}
	err = db.InTx(ctx, o.DB, func(tx *sqlx.Tx) error {
		if s, err = lockStaff(ctx, tx, by, id); err != nil {
			return err
		}
		if s.Status != Active {
			return fault.New(fault.Conflict, msgNoResetFor, s.Email, s.Status)
		}
		if err := o.sendLink(ctx, tx, s, ForReset, resetEmail(s, fmt.Sprintf(msgResetBy, by.Actor.Name))); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{
			Actor: by.Actor, Action: "staff.send_reset", SubjectKind: "staff",
			Subject: s.Email,
		})
	})
	return s, err
}

func resetEmail(s Staff, why string) linkEmail {
	return linkEmail{
		Subject: msgResetSubject, Text: fmt.Sprintf(msgReset, s.Name),
		Below: fmt.Sprintf(msgResetBelow, why, s.DistributorName),
	}
}

// How often a link is mailed because of a forgotten password, and how long every answer
// takes: its time must not reveal whether the address is known.
const (
	forgotWindow     = time.Hour
	maxForgotAccount = 3
	maxForgotAddress = 20
	forgotTime       = 400 * time.Millisecond
)

// Forgot mails a link to choose another password to the staff member with the email
// address, if there is an active one, at most three times an hour. It answers the
// same in the same time whether there is; too many requests from one network address
// are an Invalid fault.
func (o StaffService) Forgot(ctx context.Context, email string, client Client) error {
	done := time.NewTimer(forgotTime)
	defer done.Stop()
	if len(email) > maxEmail {
		email = strings.ToValidUTF8(email[:maxEmail], "")
	}
	err := o.forgot(db.WithoutScope(ctx), email, client) // not signed in yet
	select {
	case <-done.C:
	case <-ctx.Done():
	}
	return err
}

func (o StaffService) forgot(ctx context.Context, email string, client Client) error {
	return db.InTx(ctx, o.DB, func(tx *sqlx.Tx) error {
		var s Staff // its row is locked: requests at once wait for each other's count
		err := tx.GetContext(ctx, &s, `select `+staffColumns+` from `+staffTables+` where `+ofEmail+
			` for update of s`, email)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("look up a staff member: %w", err)
		}
		var n struct{ Account, Address int }
		err = tx.GetContext(ctx, &n, `
			select count(*) filter (where lower(email) = lower($1)) as account,
			       count(*) filter (where address = $2) as address
			from reset_requests where (lower(email) = lower($1) or address = $2)
			  and at > now() - make_interval(secs => $3)`,
			email, network.Of(client.Address), forgotWindow.Seconds())
		if err != nil {
			return fmt.Errorf("count requests for links: %w", err)
		}
		if n.Address >= maxForgotAddress {
			return fault.New(fault.Invalid, msgTooManyLinks)
		}
		if _, err := tx.ExecContext(ctx, `insert into reset_requests (email, address) values ($1, $2)`, email,
			network.Of(client.Address)); err != nil {
			return fmt.Errorf("note a request for a link: %w", err)
		}
		sends := s.Status == Active && n.Account < maxForgotAccount
		if sends {
			if err := o.sendLink(ctx, tx, s, ForReset,
				resetEmail(s, "This link was requested on the sign-in page.")); err != nil {
				return err
			}
		}
		return audit.Append(ctx, tx, audit.Entry{
			Actor:  audit.Actor{ID: s.ID, Name: email, DistributorID: s.DistributorID, Address: client.Address},
			Action: "staff.forgot_password", SubjectKind: "staff", Subject: email,
			After: map[string]any{"link_sent": sends},
		})
	})
}
