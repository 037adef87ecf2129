package identity

import (
	"context"
	"fmt"
	"net/mail"
	"strings"

	"github.com/jmoiron/sqlx"

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
}

// Add adds a staff member who can sign in at once.
func Add(ctx context.Context, pool *sqlx.DB, actor audit.Actor, n NewStaff) (Staff, error) {
	n.Email, n.Name = strings.TrimSpace(n.Email), strings.TrimSpace(n.Name)
	if err := n.check(); err != nil {
		return Staff{}, err
	}
	hash, err := hashPassword(n.Password)
	if err != nil {
		return Staff{}, err
	}
	var added Staff
	err = db.InTx(ctx, pool, func(tx *sqlx.Tx) error {
		distributor, err := distributorID(ctx, tx, n.Distributor)
		if err != nil {
			return err
		}
		result, err := tx.ExecContext(ctx, `
			insert into staff (distributor_id, email, name, role, password_hash) values ($1, $2, $3, $4, $5)
			on conflict (lower(email)) do nothing`, distributor, n.Email, n.Name, n.Role, hash)
		if err != nil {
			return fmt.Errorf("add a staff member: %w", err)
		}
		rows, err := result.RowsAffected()
		if err != nil {
			return err
		}
		if rows == 0 {
			return fault.InvalidField("email", "There is a staff member with the e-mail address %s already.", n.Email)
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

func (n NewStaff) check() error {
	var fields fault.Fields
	if address, err := mail.ParseAddress(n.Email); err != nil || address.Address != n.Email {
		fields.Add("email", "%q is not an e-mail address like name@aurora.example.", n.Email)
	}
	if n.Name == "" {
		fields.Add("name", "Enter the person's name.")
	}
	if !n.Role.Valid() {
		fields.Add("role", "There is no role %q. The roles are %s.", n.Role, roleList())
	}
	return fields.Err()
}

func roleList() string {
	var names []string
	for _, r := range Roles() {
		names = append(names, string(r))
	}
	return strings.Join(names, ", ")
}

// distributorID finds a distributor by its external id, else by its number.
func distributorID(ctx context.Context, q db.Querier, reference string) (int64, error) {
	var id int64
	err := q.GetContext(ctx, &id, `
		select id from distributors where external_id = $1 or number_of('D', id) = $1
		order by (external_id is not distinct from $1) desc limit 1`, reference)
	return id, db.NotFound(err, "There is no distributor with the external id or number %q.", reference)
}

// Disable ends a staff member's access at once. The last administrator of the
// provider stays.
func Disable(ctx context.Context, pool *sqlx.DB, actor audit.Actor, email string) error {
	return db.InTx(ctx, pool, func(tx *sqlx.Tx) error {
		if err := lockAdministrators(ctx, tx); err != nil {
			return err
		}
		s, err := ByEmail(ctx, tx, email)
		if err != nil {
			return err
		}
		if s.Status == Disabled {
			return fault.New(fault.Conflict, "%s is disabled already.", s.Email)
		}
		if err := keepAdministrator(ctx, tx, s); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `update staff set status = 'disabled' where id = $1`, s.ID); err != nil {
			return fmt.Errorf("disable a staff member: %w", err)
		}
		if err := endSessions(ctx, tx, s.ID); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{
			Actor: actor, Action: "staff.disable", SubjectKind: "staff", Subject: s.Email,
			Before: map[string]any{"status": Active}, After: map[string]any{"status": Disabled},
		})
	})
}

// lockAdministrators makes two people who disable each other wait in line.
func lockAdministrators(ctx context.Context, q db.Querier) error {
	_, err := q.ExecContext(ctx, `select id from staff where role = $1 and status = 'active' order by id for update`, Administrator)
	return err
}

// keepAdministrator refuses when nobody else could manage the installation any more.
func keepAdministrator(ctx context.Context, q db.Querier, s Staff) error {
	if s.Role != Administrator || !s.OfProvider() {
		return nil
	}
	var others int
	err := q.GetContext(ctx, &others, `
		select count(*) from staff s join distributors d on d.id = s.distributor_id
		where s.role = $1 and s.status = 'active' and d.parent_id is null and s.id <> $2`, Administrator, s.ID)
	if err != nil {
		return fmt.Errorf("count administrators: %w", err)
	}
	if others == 0 {
		return fault.New(fault.Conflict, "%s is the last administrator. Add another one first.", s.Email)
	}
	return nil
}

// SetPassword gives a staff member another password and ends their sessions.
func SetPassword(ctx context.Context, pool *sqlx.DB, actor audit.Actor, email, password string) error {
	hash, err := hashPassword(password)
	if err != nil {
		return err
	}
	return db.InTx(ctx, pool, func(tx *sqlx.Tx) error {
		s, err := ByEmail(ctx, tx, email)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `update staff set password_hash = $2 where id = $1`, s.ID, hash); err != nil {
			return fmt.Errorf("set a password: %w", err)
		}
		if err := endSessions(ctx, tx, s.ID); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{Actor: actor, Action: "staff.password", SubjectKind: "staff", Subject: s.Email})
	})
}
