package identity

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"strings"

	"github.com/alexedwards/argon2id"
	"github.com/jmoiron/sqlx"

	"handover/internal/accounts"
	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/fault"
)

// NewStaff is a staff member to add.
type NewStaff struct {
	Email       string
	Name        string
	Distributor string // external id or number
	Role        Role
	Password    string
	Demo        bool // of the demo data: everybody may know the password, so no rule holds
}

// Add adds a staff member who can sign in at once.
func Add(ctx context.Context, pool *sqlx.DB, actor audit.Actor, n NewStaff) (Staff, error) {
	n.Email, n.Name = strings.TrimSpace(n.Email), strings.TrimSpace(n.Name)
	if err := n.check(); err != nil {
		return Staff{}, err
	}
	distributor, err := findDistributor(ctx, pool, n.Distributor)
	if err != nil {
		return Staff{}, err
	}
	hash, err := n.hash(distributor.Name)
	if err != nil {
		return Staff{}, err
	}
	var added Staff
	err = db.InTx(ctx, pool, func(tx *sqlx.Tx) error {
		result, err := tx.ExecContext(ctx, `
			insert into staff (distributor_id, email, name, role, password_hash) values ($1, $2, $3, $4, $5)
			on conflict (lower(email))
			  where status in ('active', 'disabled') do nothing`, distributor.ID, n.Email, n.Name, n.Role, hash)
		if err != nil {
			return fmt.Errorf("add a staff member: %w", err)
		}
		rows, err := result.RowsAffected()
		if err != nil {
			return err
		}
		if rows == 0 {
			return fault.InvalidField("email", msgEmailExists, n.Email)
		}
		if added, err = ByEmail(ctx, tx, n.Email); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{
			Actor: actor, Action: "staff.add", SubjectKind: "staff", Subject: added.Email,
			After: map[string]any{"name": added.Name, "role": added.Role, "distributor": added.DistributorName},
		})
	})
	return added, err
}

// hash returns the hash of the password.
func (n NewStaff) hash(distributor string) (string, error) {
	if n.Demo {
		return argon2id.CreateHash(n.Password, hashParams)
	}
	return hashPassword(n.Password, n.Email, n.Name, distributor)
}

func (n NewStaff) check() error {
	var fields fault.Fields
	checkEmail(&fields, n.Email)
	if e, ok := asFields(Change{Name: n.Name, Role: n.Role}.check()); ok {
		fields = append(fields, e...)
	}
	return fields.Err()
}

func checkEmail(fields *fault.Fields, email string) {
	if address, err := mail.ParseAddress(email); err != nil || address.Address != email || len(email) > maxEmail {
		fields.Add("email", msgNotAnEmail, email)
	}
}

// asFields returns the wrong fields of a fault.
func asFields(err error) (fault.Fields, bool) {
	e, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return nil, false
	}
	return e.Fields, true
}

func roleList() string {
	var names []string
	for _, r := range Roles() {
		names = append(names, string(r))
	}
	return strings.Join(names, ", ")
}

// findDistributor finds a distributor by its external id, else by its number.
func findDistributor(ctx context.Context, q db.Querier, reference string) (accounts.DistributorName, error) {
	var d accounts.DistributorName
	err := q.GetContext(ctx, &d, `
		select id, name from distributors where external_id = $1 or number_of('D', id) = $1
		order by (external_id is not distinct from $1) desc limit 1`, reference)
	return d, db.NotFound(err, msgNoDistributor, reference)
}

// byCommand is the manager behind a command: it manages everywhere and has no superior.
func byCommand(actor audit.Actor) By {
	return By{Actor: actor, Scope: accounts.Scope{Everything: true}}
}

// Disable ends the access of the staff member with the email address at once. The
// last administrator of the provider stays.
func Disable(ctx context.Context, pool *sqlx.DB, actor audit.Actor, email string) error {
	s, err := ByEmail(ctx, pool, email)
	if err != nil {
		return err
	}
	_, err = StaffService{DB: pool}.Disable(ctx, byCommand(actor), s.ID)
	return err
}

// Enable lets the disabled staff member with the email address sign in again.
func Enable(ctx context.Context, pool *sqlx.DB, actor audit.Actor, email string) error {
	s, err := ByEmail(ctx, pool, email)
	if err != nil {
		return err
	}
	_, err = StaffService{DB: pool}.Enable(ctx, byCommand(actor), s.ID)
	return err
}

// SetRole gives the staff member with the email address another role and ends their
// sessions.
func SetRole(ctx context.Context, pool *sqlx.DB, actor audit.Actor, email string, role Role) error {
	s, err := ByEmail(ctx, pool, email)
	if err != nil {
		return err
	}
	_, err = StaffService{DB: pool}.Change(ctx, byCommand(actor), s.ID,
		Change{Name: s.Name, Role: role, DistributorID: s.DistributorID})
	return err
}

// SetPassword gives a staff member another password and ends their sessions, API tokens and
// links. An invited person can sign in with it.
func SetPassword(ctx context.Context, pool *sqlx.DB, actor audit.Actor, email, password string) error {
	known, err := ByEmail(ctx, pool, email)
	if err != nil {
		return err
	}
	hash, err := hashPassword(password, known.names()...)
	if err != nil {
		return err
	}
	return db.InTx(ctx, pool, func(tx *sqlx.Tx) error {
		s, err := lockStaff(ctx, tx, byCommand(actor), known.ID)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			update staff set password_hash = $2,
			       access_since = case when status = 'invited' then now() else access_since end,
			       status = case when status = 'invited' then 'active' else status end where id = $1`, s.ID, hash)
		if err != nil {
			return fmt.Errorf("set a password: %w", err)
		}
		if err := forgetShownLinks(ctx, tx, s.ID); err != nil {
			return err
		}
		if _, err := endCredentials(ctx, tx, s.ID, ""); err != nil {
			return err
		}
		if s.Status == Active {
			if err := s.tell(ctx, tx, actor, passwordChanged); err != nil {
				return err
			}
		}
		return audit.Append(ctx, tx, audit.Entry{
			Actor: actor, Action: "staff.password", SubjectKind: "staff",
			Subject: s.Email,
		})
	})
}
