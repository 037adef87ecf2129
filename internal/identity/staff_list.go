package identity

import (
	"context"
	"fmt"

	"handover/internal/accounts"
	"handover/internal/db"
)

// StaffFilter says which staff members a list shows; its zero value shows all.
type StaffFilter struct {
	Search        string // part of the name or of the email address
	Role          Role
	Status        string
	DistributorID int64
}

// StaffRow is one staff member in a list.
type StaffRow struct {
	Staff
	db.Key
}

// staffOrders are the orders of the list.
var staffOrders = []db.Order{
	{Key: "name", Expr: "lower(s.name)", Type: "text"},
	{Key: "email", Expr: "lower(s.email)", Type: "text"},
	{Key: "role", Expr: "s.role", Type: "text"},
	{Key: "distributor", Expr: "lower(d.name)", Type: "text"},
	{Key: "status", Expr: "s.status", Type: "text"},
	{Key: "seen", Expr: "coalesce(extract(epoch from s.last_sign_in_at) * 1000000, 0)::bigint", Type: "bigint"},
}

func (f StaffFilter) where(s accounts.Scope) *db.Where {
	w := new(db.Where)
	s.Apply(w, "s.distributor_id")
	if f.Search != "" {
		like := "%" + db.Like(f.Search) + "%"
		w.And("s.name ilike ? or s.email ilike ?", like, like)
	}
	if f.Role != "" {
		w.And("s.role = ?", string(f.Role))
	}
	if f.Status != "" {
		w.And("s.status = ?", f.Status)
	}
	if f.DistributorID != 0 {
		w.And("s.distributor_id = ?", f.DistributorID)
	}
	return w
}

// ListStaff returns a page of the staff members in the scope that the filter keeps,
// by name unless the page says otherwise.
func ListStaff(ctx context.Context, q db.Querier, s accounts.Scope, f StaffFilter,
	p db.Page,
) (db.Part[StaffRow], error) {
	k, err := db.NewKeyset(p, "s.id", "", staffOrders...)
	if err != nil {
		return db.Part[StaffRow]{}, err
	}
	w := f.where(s)
	k.Apply(w)
	var rows []StaffRow
	err = q.SelectContext(ctx, &rows, `select `+staffColumns+`, `+k.Columns()+` from `+staffTables+` `+w.SQL()+` `+
		k.Tail(), w.Args()...)
	if err != nil {
		return db.Part[StaffRow]{}, fmt.Errorf("list staff members: %w", err)
	}
	return db.Cut(k, rows), nil
}

// CountStaff returns how many staff members of the scope the filter keeps.
func CountStaff(ctx context.Context, q db.Querier, s accounts.Scope, f StaffFilter) (db.Total, error) {
	w := f.where(s)
	return db.Count(ctx, q, `select from `+staffTables+` `+w.SQL(), w.Args()...)
}

// GetStaff returns a staff member in the scope by their id.
func GetStaff(ctx context.Context, q db.Querier, s accounts.Scope, id int64) (Staff, error) {
	w := StaffFilter{}.where(s)
	w.And("s.id = ?", id)
	var found Staff
	err := q.GetContext(ctx, &found, `select `+staffColumns+` from `+staffTables+` `+w.SQL(), w.Args()...)
	return found, db.NotFound(err, msgNoStaff)
}
