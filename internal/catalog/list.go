package catalog

import (
	"context"
	"fmt"
	"strings"

	"handover/internal/accounts"
	"handover/internal/db"
)

// PlanFilter says which plans a list shows; its zero value shows all.
type PlanFilter struct {
	Search        string // number, external id or part of the name
	DistributorID int64
	BillingPeriod string // "" = any
	Transferable  string // "true", "false" or "" = both
}

// Restricts reports whether the filter leaves any plan out: then what is listed is
// no tree any more.
func (f PlanFilter) Restricts() bool { return f != PlanFilter{} }

// PlanRow is one plan in the list.
type PlanRow struct {
	db.Key
	Plan
	ExternalID    string `db:"external_id"`
	Distributor   string `db:"distributor_name"`
	Depth         int    `db:"depth"`         // below the first plan of its family in the scope
	Above         int64  `db:"above"`         // the plan it is delegated from, 0 = none, or outside the scope
	AboveAt       string `db:"above_at"`      // the distributor of that plan
	Delegated     bool   `db:"delegated"`     // from a plan that may lie outside the scope
	Subscriptions int    `db:"subscriptions"` // not ended; CountLimit means as many or more
}

// CountLimit is up to where the subscriptions of a plan are counted.
const CountLimit = 10_000

// planOrders are the orders of the list. The tree is sorted bytewise by the names on
// the way from the family's first plan.
var planOrders = []db.Order{
	{Key: "tree", Expr: `t.path collate "C"`, Type: "text"},
	{Key: "number", Expr: "p.id", Type: "bigint"},
	{Key: "name", Expr: "p.name", Type: "text"},
	{Key: "distributor", Expr: "d.name", Type: "text"},
}

// Plans returns a page of the plans in the scope that the filter keeps, each below
// the plan it is delegated from unless the page says otherwise.
func Plans(ctx context.Context, q db.Querier, s accounts.Scope, f PlanFilter, p db.Page) (db.Part[PlanRow], error) {
	k, err := db.NewKeyset(p, "p.id", "", planOrders...)
	if err != nil {
		return db.Part[PlanRow]{}, err
	}
	w, tree := f.tree(s)
	k.Apply(&w)
	var rows []PlanRow
	err = q.SelectContext(ctx, &rows, tree+`
		select p.id, number_of('P', p.id) as number, coalesce(p.external_id, '') as external_id, p.name,
		       p.distributor_id, d.name as distributor_name, p.currency, p.billing_period, p.price, p.transferable,
		       t.root_id, t.depth, case when t.depth = 0 then 0 else a.id end as above,
		       case when t.depth = 0 then '' else ad.name end as above_at,
		       p.delegated_from is not null as delegated, `+k.Columns()+`,
		       (select count(*) from (select from subscriptions s
		                              where s.plan_id = p.id and s.status not in ('cancelled', 'terminated')
		                              limit `+fmt.Sprint(CountLimit)+`) counted) as subscriptions
		from tree t join plans p on p.id = t.id join distributors d on d.id = p.distributor_id
		left join plans a on a.id = p.delegated_from
		left join distributors ad on ad.id = a.distributor_id `+w.SQL()+` `+k.Tail(), w.Args()...)
	if err != nil {
		return db.Part[PlanRow]{}, fmt.Errorf("list plans: %w", err)
	}
	return db.Cut(k, rows), nil
}

// CountPlans returns how many plans the filter keeps.
func CountPlans(ctx context.Context, q db.Querier, s accounts.Scope, f PlanFilter) (int, error) {
	w, tree := f.tree(s)
	var n int
	err := q.GetContext(ctx, &n, tree+`select count(*) from tree t join plans p on p.id = t.id `+w.SQL(), w.Args()...)
	if err != nil {
		return 0, fmt.Errorf("count plans: %w", err)
	}
	return n, nil
}

// tree returns the "with tree" of the plans in the scope, and the filter's conditions on a
// plan p. A plan whose parent lies outside the scope is a root of the tree.
func (f PlanFilter) tree(s accounts.Scope) (db.Where, string) {
	var w db.Where
	seen := s.Condition(&w, "p.distributor_id")
	tree := `
		with recursive seen as (
			select p.id, p.delegated_from, lower(p.name) || ' ' || lpad(p.id::text, 19, '0') as step from plans p
			where ` + seen + `
		),
		tree as (
			select p.id, p.id as root_id, 0 as depth, p.step as path
			from seen p where p.delegated_from is null or p.delegated_from not in (select id from seen)
			union all
			select p.id, t.root_id, t.depth + 1, t.path || ' / ' || p.step from tree t
			join seen p on p.delegated_from = t.id
		)`
	if f.DistributorID != 0 {
		w.And("p.distributor_id = ?", f.DistributorID)
	}
	if f.BillingPeriod != "" {
		w.And("p.billing_period = ?", f.BillingPeriod)
	}
	if f.Transferable != "" {
		w.And("p.transferable = ?", f.Transferable == "true")
	}
	if typed := strings.TrimSpace(f.Search); typed != "" {
		number, _ := accounts.ParseNumber(accounts.PlanPrefix, typed)
		pattern := "%" + db.Like(typed) + "%"
		w.And("p.id = ? or p.external_id = ? or p.name ilike ?", number, typed, pattern)
	}
	return w, tree
}
