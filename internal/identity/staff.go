package identity

import (
	"context"
	"slices"
	"time"

	"handover/internal/db"
)

// Staff is a person who signs in, with the distributor they work for.
type Staff struct {
	ID              int64       `db:"id"`
	Email           string      `db:"email"`
	Name            string      `db:"name"`
	Role            Role        `db:"role"`
	Status          string      `db:"status"`
	CreatedAt       time.Time   `db:"created_at"`
	LastSignInAt    *time.Time  `db:"last_sign_in_at"`
	DistributorID   int64       `db:"distributor_id"`
	DistributorName string      `db:"distributor_name"`
	ParentID        *int64      `db:"parent_id"` // the distributor's parent, nil for the provider
	BrandName       string      `db:"brand_name"`
	BrandColor      string      `db:"brand_color"` // "#1f5eff" or ""
	SecondFactor    bool        `db:"second_factor"`
	Only            []Privilege `db:"-"` // what a token leaves of the role; nil = all of it
	// the session's: the distributor requires a second factor and there is none yet
	MustEnrol bool `db:"must_enrol"`
	// how pages look; read with a session
	Settings StaffSettings `db:"-"`
}

// Statuses of a staff member.
const (
	Invited   = "invited" // has not set a password yet
	Active    = "active"
	Disabled  = "disabled"
	Withdrawn = "withdrawn" // the invitation was taken back before it was used
)

// Statuses returns all statuses of a staff member.
func Statuses() []string { return []string{Active, Invited, Disabled, Withdrawn} }

// Can reports whether the staff member may do what the privilege allows.
func (s Staff) Can(p Privilege) bool {
	return s.Status == Active && s.Role.Can(p) && (s.Only == nil || slices.Contains(s.Only, p))
}

// OfProvider reports whether the staff member works for the provider.
func (s Staff) OfProvider() bool { return s.ParentID == nil }

// staffColumns are the columns of Staff, from staff s, its distributor d and its brand b.
const staffColumns = `s.id, s.email, s.name, s.role, s.status, s.created_at, s.last_sign_in_at, s.distributor_id,
	d.name as distributor_name, d.parent_id, coalesce(b.name, '') as brand_name,
	  coalesce(b.primary_color, '') as brand_color,
	` + hasSecondFactor + ` as second_factor`

const hasSecondFactor = `exists (select 1 from second_factors f where f.staff_id = s.id and f.confirmed_at is not null)`

const staffTables = `staff s join distributors d on d.id = s.distributor_id left join brands b on b.id = d.brand_id`

// List returns all staff members by email address.
func List(ctx context.Context, q db.Querier) ([]Staff, error) {
	var out []Staff
	err := q.SelectContext(ctx, &out, `select `+staffColumns+` from `+staffTables+` order by lower(s.email)`)
	return out, err
}

// ofEmail is the condition on a staff member s that finds whose email address $1 is, in any
// case of letters: the one account with it, else the newest invitation.
const ofEmail = `lower(s.email) = lower($1) order by ` + hasAccount + ` desc, s.id desc limit 1`

// hasAccount is true for a staff member s who accepted their invitation.
const hasAccount = `(s.status in ('active', 'disabled'))`

// ByEmail returns the staff member with the email address, in any case of letters. Where no
// account has it, the newest invitation to it counts.
func ByEmail(ctx context.Context, q db.Querier, email string) (Staff, error) {
	var s Staff
	err := q.GetContext(ctx, &s, `select `+staffColumns+` from `+staffTables+` where `+ofEmail, email)
	return s, db.NotFound(err, msgNoStaffWithEmail, email)
}
