package identity

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/fault"
)

// Invitation is a person to invite.
type Invitation struct {
	Change
	Email string
}

// Invite adds a person who chooses their password by a mailed link. A person whose
// invitation was withdrawn can be invited again.
func (o StaffService) Invite(ctx context.Context, by By, n Invitation) (s Staff, err error) {
	n.Email, n.Name = strings.TrimSpace(n.Email), strings.TrimSpace(n.Name)
	var fields fault.Fields
	checkEmail(&fields, n.Email)
	if e, ok := asFields(n.check()); ok {
		fields = append(fields, e...)
	}
	if err := fields.Err(); err != nil {
		return s, err
	}
	if ctx, err = o.stepOut(ctx, by, 0, n.DistributorID); err != nil {
		return s, err
	}
	err = db.InTx(ctx, o.DB, func(tx *sqlx.Tx) error {
		if _, err := distributorWithin(ctx, tx, by, n.DistributorID); err != nil {
			return err
		}
		id, err := openInvitation(ctx, tx, by, n)
		if err != nil {
			return err
		}
		if s, err = GetStaff(ctx, tx, by.Scope, id); err != nil {
			return err
		}
		if err := o.invited(ctx, tx, by, s); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{
			Actor: by.Actor, Action: "staff.invite", SubjectKind: "staff",
			Subject: s.Email, After: s.record(),
		})
	})
	return s, err
}

// openInvitation writes the invited person and returns their id. An open invitation of another
// distributor does not matter; an account does.
func openInvitation(ctx context.Context, q db.Querier, by By, n Invitation) (id int64, err error) {
	if taken, err := isTaken(ctx, q, n.Email, n.DistributorID, 0); err != nil || taken {
		return 0, cmp.Or(err, error(fault.InvalidField("email", msgEmailTaken, n.Email)))
	}
	was, err := withdrawn(ctx, q, by, n.Email)
	if err != nil {
		return 0, err
	}
	query := `
		insert into staff (distributor_id, email, name, role, status) values ($1, $2, $3, $4, 'invited') returning id`
	args := []any{n.DistributorID, n.Email, n.Name, n.Role}
	if was != 0 {
		query = `
			update staff set distributor_id = $1, email = $2, name = $3, role = $4, status = 'invited'
			where id = $5 returning id`
		args = append(args, was)
	}
	if err := q.GetContext(ctx, &id, query, args...); err != nil {
		return 0, fmt.Errorf("invite a person: %w", err)
	}
	return id, nil
}

// isTaken reports whether an account has the email address, or an open invitation of the
// distributor, other than that of the staff member.
func isTaken(ctx context.Context, q db.Querier, email string, distributor, except int64) (taken bool, err error) {
	err = q.GetContext(ctx, &taken, `
		select exists (select 1 from staff where lower(email) = lower($1) and id <> $3
		    and (status in ('active', 'disabled') or status = 'invited' and distributor_id = $2))`,
		email, distributor, except)
	if err != nil {
		return false, fmt.Errorf("look who has an email address: %w", err)
	}
	return taken, nil
}

// withdrawn returns who within the manager's scope had an invitation to the address that
// was withdrawn the last, 0 = no one.
func withdrawn(ctx context.Context, q db.Querier, by By, email string) (id int64, err error) {
	w := StaffFilter{Status: Withdrawn}.where(by.Scope)
	w.And("lower(s.email) = lower(?)", email)
	err = q.GetContext(ctx, &id, `select coalesce(max(s.id), 0) from `+staffTables+` `+w.SQL(), w.Args()...)
	if err != nil {
		return 0, fmt.Errorf("look for a withdrawn invitation: %w", err)
	}
	return id, nil
}

// Limits of invitation mails within a day: from the people of one distributor to one address,
// and from one person. The first is counted per distributor, so that no distributor uses up the
// other one's.
const (
	maxInvitationsTo = 3
	maxInvitationsBy = 50
	invitationWindow = 24 * time.Hour
)

// countInvitation counts a mail to the address, and refuses one too many. Those who invite for
// one distributor at one moment wait for each other's count. A command has no limit.
func countInvitation(ctx context.Context, q db.Querier, by audit.Actor, email string) error {
	if by.ID == 0 {
		return nil
	}
	const lock = `select pg_advisory_xact_lock(hashtextextended('invitation_mails', $1))`
	if _, err := q.ExecContext(ctx, lock, by.DistributorID); err != nil {
		return fmt.Errorf("wait for other invitations: %w", err)
	}
	var n struct{ Recipient, Inviter int }
	err := q.GetContext(ctx, &n, `
		select count(*) filter (where lower(email) = lower($3)) as recipient,
		       count(*) filter (where inviter_id = $2) as inviter
		from invitation_mails where distributor_id = $1 and at > now() - make_interval(secs => $4)`,
		by.DistributorID, by.ID, email, invitationWindow.Seconds())
	if err != nil {
		return fmt.Errorf("count invitations: %w", err)
	}
	switch {
	case n.Recipient >= maxInvitationsTo:
		return fault.InvalidField("email", msgTooManyTo, email, n.Recipient)
	case n.Inviter >= maxInvitationsBy:
		return fault.InvalidField("email", msgTooManyBy, n.Inviter)
	}
	_, err = q.ExecContext(ctx, `
		insert into invitation_mails (inviter_id, distributor_id, email)
		  values ($1, $2, $3)`, by.ID, by.DistributorID, email)
	if err != nil {
		return fmt.Errorf("count an invitation: %w", err)
	}
	return nil
}

// invited mails the link of an invitation and keeps who invited.
func (o StaffService) invited(ctx context.Context, q db.Querier, by By, s Staff) error {
	if err := countInvitation(ctx, q, by.Actor, s.Email); err != nil {
		return err
	}
	if err := keepOrigin(ctx, q, s.ID, by.Actor.ID, originInvited); err != nil {
		return err
	}
	return o.sendLink(ctx, q, s, ForInvitation, invitation(by, s))
}

// invitation is the mail to a person who does not know Handover yet. What the inviter typed is
// shown as theirs, and the person's name, which they typed too, is left out.
func invitation(by By, s Staff) linkEmail {
	return linkEmail{
		Subject: msgInvitationSubject,
		Text:    fmt.Sprintf(msgInvitation, by.Actor.Name, s.DistributorName, strings.ToLower(s.Role.Name())),
		Below:   fmt.Sprintf(msgInvitationBelow, s.DistributorName),
	}
}

// InviteAgain mails an invited person another link; the former one ends.
func (o StaffService) InviteAgain(ctx context.Context, by By, id int64) (s Staff, err error) {
	if ctx, err = o.stepOut(ctx, by, id, 0); err != nil {
		return s, err
	}
	err = db.InTx(ctx, o.DB, func(tx *sqlx.Tx) error {
		if s, err = lockStaff(ctx, tx, by, id); err != nil {
			return err
		}
		if s.Status != Invited && s.Status != Withdrawn {
			return fault.New(fault.Conflict, msgAccepted, s.Email)
		}
		if taken, err := isTaken(ctx, tx, s.Email, s.DistributorID, s.ID); err != nil || taken {
			return cmp.Or(err, error(fault.New(fault.Conflict, msgEmailTaken, s.Email)))
		}
		before := s.Status
		if _, err := tx.ExecContext(ctx, `update staff set status = 'invited' where id = $1`, id); err != nil {
			return fmt.Errorf("invite a person again: %w", err)
		}
		s.Status = Invited
		if err := o.invited(ctx, tx, by, s); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{
			Actor: by.Actor, Action: "staff.invite_again", SubjectKind: "staff", Subject: s.Email,
			Before: map[string]any{"status": before}, After: map[string]any{"status": Invited},
		})
	})
	return s, err
}

// Withdraw ends an invitation that was not accepted yet.
func (o StaffService) Withdraw(ctx context.Context, by By, id int64) (s Staff, err error) {
	if ctx, err = o.stepOut(ctx, by, id, 0); err != nil {
		return s, err
	}
	err = db.InTx(ctx, o.DB, func(tx *sqlx.Tx) error {
		if s, err = lockStaff(ctx, tx, by, id); err != nil {
			return err
		}
		if s.Status != Invited {
			return fault.New(fault.Conflict, msgNoInvitation, s.Email)
		}
		if _, err := tx.ExecContext(ctx, `update staff set status = 'withdrawn' where id = $1`, id); err != nil {
			return fmt.Errorf("withdraw an invitation: %w", err)
		}
		s.Status = Withdrawn
		if err := dropLinks(ctx, tx, `staff_id = $1`, id); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{
			Actor: by.Actor, Action: "staff.withdraw", SubjectKind: "staff", Subject: s.Email,
			Before: map[string]any{"status": Invited}, After: map[string]any{"status": Withdrawn},
		})
	})
	return s, err
}
