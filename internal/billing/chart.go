package billing

import (
	"context"
	"fmt"

	"github.com/lib/pq"

	"handover/internal/db"
)

// Role is the part that ledger accounts play in a distributor's books.
type Role string

// The roles of a chart of accounts (docs/accounting.md).
const (
	Receivable      Role = "receivable"
	DeferredRevenue Role = "deferred_revenue"
	Revenue         Role = "revenue"
	Clearing        Role = "clearing"
	DueFrom         Role = "due_from"
	DueTo           Role = "due_to"
	Cash            Role = "cash"
)

// RoleInfo says how a role is called, and on which accounts it is checked where a chart says
// nothing.
type RoleInfo struct {
	Role     Role
	Label    string
	Accounts []string // how they begin
}

// Roles lists all roles in the order in which they are shown. The view
// chart_defaults has the same accounts.
func Roles() []RoleInfo {
	return []RoleInfo{
		{Receivable, "Receivable", []string{"1100"}},
		{DeferredRevenue, "Deferred revenue", []string{"2400"}},
		{Revenue, "Revenue", []string{"4"}},
		{Clearing, "Clearing", []string{"1990"}},
		{DueFrom, "Intercompany, due from", []string{"1985"}},
		{DueTo, "Intercompany, due to", []string{"1985"}},
		{Cash, "Cash", []string{"1000", "1200"}},
	}
}

// Label names the role for people.
func (r Role) Label() string {
	for _, info := range Roles() {
		if info.Role == r {
			return info.Label
		}
	}
	return string(r)
}

// ChartRole is one role in a distributor's chart as it takes effect.
type ChartRole struct {
	Role     Role           `db:"role"`
	Accounts pq.StringArray `db:"accounts"` // how the accounts that are checked begin: "1100"
	PostsTo  string         `db:"posts_to"` // the account that Handover posts to; never empty
	Said     string         `db:"said"`     // what the chart says of it, "" = the one used most
	Declared bool           `db:"declared"` // the distributor's own chart names the role
	Kept     bool           `db:"kept"`     // an entry that no transfer wrote uses one of its accounts
}

// Chart is a distributor's chart of accounts, role by role.
type Chart struct {
	DistributorID    int64
	Roles            []ChartRole // all of them, in the order in which they are shown
	RecognitionInSum bool        // deferred revenue is compared per distributor only
}

// ChartOf reads the chart of a distributor as it takes effect. A distributor that the reader
// does not see is a NotFound fault.
func ChartOf(ctx context.Context, q db.Querier, distributorID int64) (Chart, error) {
	c := Chart{DistributorID: distributorID}
	err := q.GetContext(ctx, &c.RecognitionInSum, `select recognition_in_sum from distributors where id = $1`,
		distributorID)
	if err != nil {
		return c, db.NotFound(fmt.Errorf("read distributor %d: %w", distributorID, err), msgNoDistributor)
	}
	err = q.SelectContext(ctx, &c.Roles, `
		select role, accounts, posts_to, said, declared, kept from charts where distributor_id = $1
		order by place`, distributorID)
	if err != nil {
		return c, fmt.Errorf("read the chart of accounts: %w", err)
	}
	return c, nil
}

// Of returns a role of the chart.
func (c Chart) Of(role Role) ChartRole {
	for _, r := range c.Roles {
		if r.Role == role {
			return r
		}
	}
	return ChartRole{Role: role}
}

// Account returns the account that Handover posts to for a role. Books that keep receivable
// but not deferred revenue post revenue where deferred revenue is asked for.
func (c Chart) Account(role Role) string {
	if role == DeferredRevenue && c.Of(Receivable).Kept && !c.Of(DeferredRevenue).Kept {
		role = Revenue
	}
	return c.Of(role).PostsTo
}
