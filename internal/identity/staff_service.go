package identity

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"handover/internal/accounts"
	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/names"
	"handover/internal/vault"
)

// StaffService manages the people who sign in, and mails them their links.
type StaffService struct {
	DB      *sqlx.DB
	BaseURL string      // "https://panel.example": where links in mails lead
	Vault   vault.Vault // of vault.MailedLinks, which seals them
}

// By is who manages staff members, and at which distributors they may.
type By struct {
	Actor audit.Actor
	Scope accounts.Scope
}

// Change is what a person is called, what they may do and for whom they work.
type Change struct {
	Name          string
	Role          Role
	DistributorID int64
}

func (c Change) check() error {
	var fields fault.Fields
	if c.Name == "" {
		fields.Add("name", msgEnterName, names.Longest)
	}
	if problem := names.PersonProblem(c.Name); problem != "" {
		fields.Add("name", "%s", problem)
	}
	if !c.Role.Valid() {
		fields.Add("role", msgNoRole, c.Role, roleList())
	}
	return fields.Err()
}

// Change gives a staff member another name, role or distributor. Another role or
// distributor ends their sessions and API tokens at once. It reports whether anything changed.
func (o StaffService) Change(ctx context.Context, by By, id int64, c Change) (changed bool, err error) {
	if err := c.check(); err != nil {
		return false, err
	}
	if ctx, err = o.stepOut(ctx, by, id, c.DistributorID); err != nil {
		return false, err
	}
	err = db.InTx(ctx, o.DB, func(tx *sqlx.Tx) error {
		s, err := lockStaff(ctx, tx, by, id)
		if err != nil {
			return err
		}
		to, err := distributorWithin(ctx, tx, by, c.DistributorID)
		if err != nil {
			return err
		}
		moved := c.Role != s.Role || c.DistributorID != s.DistributorID
		if changed = moved || c.Name != s.Name; !changed {
			return nil
		}
		if c.Role != Administrator || c.DistributorID != s.DistributorID {
			if err := keepAdministrator(ctx, tx, by, s); err != nil {
				return err
			}
		}
		_, err = tx.ExecContext(ctx, `
			update staff set name = $2, role = $3, distributor_id = $4, access_since = case when $5 then now()
			  else access_since end
			where id = $1`, id, c.Name, c.Role, c.DistributorID, moved)
		if err != nil {
			return fmt.Errorf("change a staff member: %w", err)
		}
		if moved && s.Status != Invited { // an invitation has opened nothing yet, and stays
			if _, err := endCredentials(ctx, tx, id, ""); err != nil {
				return err
			}
		}
		return audit.Append(ctx, tx, audit.Entry{
			Actor: by.Actor, Action: "staff.change", SubjectKind: "staff", Subject: s.Email,
			Before: s.record(), After: map[string]any{
				"name": c.Name, "role": c.Role, "distributor": to.Name,
				"status": s.Status,
			},
		})
	})
	return changed, err
}

// record is what an audit entry keeps of a staff member.
func (s Staff) record() map[string]any {
	return map[string]any{"name": s.Name, "role": s.Role, "distributor": s.DistributorName, "status": s.Status}
}

// Disable ends a staff member's access at once: sessions, API tokens, and links that were mailed.
func (o StaffService) Disable(ctx context.Context, by By, id int64) (Staff, error) {
	return o.setStatus(ctx, by, id, Disabled)
}

// Enable lets a disabled staff member sign in again, with the same password as before; the
// API tokens of before stay revoked.
func (o StaffService) Enable(ctx context.Context, by By, id int64) (Staff, error) {
	return o.setStatus(ctx, by, id, Active)
}

// statusChanges is the one table of what Disable and Enable may do.
var statusChanges = []struct{ From, To, Action string }{
	{Active, Disabled, "staff.disable"},
	{Disabled, Active, "staff.enable"},
}

func (o StaffService) setStatus(ctx context.Context, by By, id int64, to string) (s Staff, err error) {
	if ctx, err = o.stepOut(ctx, by, id, 0); err != nil {
		return s, err
	}
	err = db.InTx(ctx, o.DB, func(tx *sqlx.Tx) error {
		if s, err = lockStaff(ctx, tx, by, id); err != nil {
			return err
		}
		action := ""
		for _, c := range statusChanges {
			if c.From == s.Status && c.To == to {
				action = c.Action
			}
		}
		switch {
		case action == "":
			return notFrom(s)
		case to == Disabled && s.ID == by.Actor.ID:
			return fault.New(fault.Conflict, msgOwnAccount)
		case to == Disabled:
			if err := keepAdministrator(ctx, tx, by, s); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, `
			update staff set status = $2, access_since = case when $2 = 'active' then now() else access_since end
			  where id = $1`, s.ID, to)
		if err != nil {
			return fmt.Errorf("set the status of a staff member: %w", err)
		}
		if _, err := endCredentials(ctx, tx, s.ID, ""); err != nil {
			return err
		}
		before := s.Status
		s.Status = to
		return audit.Append(ctx, tx, audit.Entry{
			Actor: by.Actor, Action: action, SubjectKind: "staff", Subject: s.Email,
			Before: map[string]any{"status": before}, After: map[string]any{"status": to},
		})
	})
	return s, err
}

// notFrom says why a staff member in this status cannot be changed like that.
func notFrom(s Staff) error {
	switch s.Status {
	case Invited:
		return fault.New(fault.Conflict, msgStillInvited, s.Email)
	case Withdrawn:
		return fault.New(fault.Conflict, msgInvitationWithdrawn, s.Email)
	case Disabled:
		return fault.New(fault.Conflict, msgAlreadyDisabled, s.Email)
	default:
		return fault.New(fault.Conflict, msgAlreadyActive, s.Email)
	}
}

// stepOut looks for the staff member and the distributor (0 = none) in the scope
// of the context, and returns a context outside of it: what signs people in, and their
// mails, is written by no page. There the manager's scope still holds.
func (o StaffService) stepOut(ctx context.Context, by By, id, distributor int64) (context.Context, error) {
	if _, scoped := db.ScopeOf(ctx); !scoped {
		return ctx, nil
	}
	err := db.InTx(ctx, o.DB, func(tx *sqlx.Tx) error {
		if id != 0 {
			if _, err := GetStaff(ctx, tx, by.Scope, id); err != nil {
				return err
			}
		}
		if distributor == 0 {
			return nil
		}
		_, err := distributorWithin(ctx, tx, by, distributor)
		return err
	})
	return db.WithoutScope(ctx), err
}

// ResetSecondFactor removes the second factor of a person who lost both phone and recovery
// codes, and ends their sessions. To remove one's own takes a code: TurnOffSecondFactor.
func (o StaffService) ResetSecondFactor(ctx context.Context, by By, id int64) (s Staff, err error) {
	err = db.InTx(ctx, o.DB, func(tx *sqlx.Tx) error {
		s, err = GetStaff(ctx, tx, by.Scope, id)
		return err
	})
	if err != nil {
		return s, err
	}
	if s.ID == by.Actor.ID {
		return s, fault.New(fault.Conflict, msgOwnFactor)
	}
	return s, resetSecondFactor(ctx, o.DB, by.Actor, s.ID)
}

// lockStaff reads a staff member whom the manager may manage, and makes two
// administrators who change each other wait in line.
func lockStaff(ctx context.Context, q db.Querier, by By, id int64) (Staff, error) {
	_, err := q.ExecContext(ctx, `select id from staff where id = $2 or role = $1 and status = 'active'
		order by id for update`, Administrator, id)
	if err != nil {
		return Staff{}, fmt.Errorf("lock the administrators: %w", err)
	}
	return GetStaff(ctx, q, by.Scope, id)
}

// distributorWithin returns a distributor at which the manager may manage staff.
func distributorWithin(ctx context.Context, q db.Querier, by By, id int64) (accounts.Distributor, error) {
	d, err := accounts.GetDistributor(ctx, q, by.Scope, id)
	if fault.Is(err, fault.NotFound) {
		return d, fault.InvalidField("distributor", msgChooseDistributor)
	}
	return d, err
}

// keepAdministrator refuses when the distributor would have no administrator left.
// For the provider there is no way around; a reseller's last one may be changed from
// above, where another one can be invited.
func keepAdministrator(ctx context.Context, q db.Querier, by By, s Staff) error {
	if s.Role != Administrator || s.Status != Active {
		return nil
	}
	if !s.OfProvider() && by.Actor.DistributorID != s.DistributorID {
		return nil
	}
	var others int
	err := q.GetContext(ctx, &others, `
		select count(*) from staff where distributor_id = $1 and role = $2 and status = 'active'
		  and id <> $3`, s.DistributorID, Administrator, s.ID)
	if err != nil {
		return fmt.Errorf("count administrators: %w", err)
	}
	if others == 0 {
		return fault.New(fault.Conflict, msgLastAdministrator, s.Email, s.DistributorName)
	}
	return nil
}
