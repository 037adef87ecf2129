package accounts

import (
	"context"
	"fmt"

	"handover/internal/db"
)

// Distributor is the provider or a reseller, with its place in the tree.
type Distributor struct {
	ID              int64  `db:"id"`
	ExternalID      string `db:"external_id"`
	ParentID        *int64 `db:"parent_id"`
	Depth           int    `db:"depth"` // below the scope's own distributor
	Name            string `db:"name"`
	Currency        string `db:"currency"`
	Country         string `db:"country"`
	LegalEntity     string `db:"legal_entity"`
	Brand           string `db:"brand_name"`
	BrandColor      string `db:"brand_color"` // "#1f5eff" or ""
	MerchantAccount string `db:"merchant_account"`
	Status          string `db:"status"`
	TimeZone        string `db:"time_zone"`
	SecondFactor    bool   `db:"second_factor_required"` // its own staff must have one
	RequireApproval bool   `db:"require_approval"`       // transfers out of it need a second person
	RequireConsent  bool   `db:"require_consent"`        // distributor transfers from and to it need both sides
	Customers       int    `db:"customers"`              // accounts of any status
	Plans           int    `db:"plans"`
}

// Number returns the distributor's number.
func (d Distributor) Number() string { return Number(DistributorPrefix, d.ID) }

// distributorQuery reads distributors as a tree: each below its parent, brothers by name.
// Its condition says where the trees start.
func distributorQuery(start, condition string) string {
	return `
		with recursive tree as (
		    select id, 0 as depth, array[name, id::text] as path from distributors where ` + start + `
		    union all
		    select d.id, t.depth + 1, t.path || array[d.name, d.id::text] from tree t
		    join distributors d on d.parent_id = t.id)
		select d.id, coalesce(d.external_id, '') as external_id, d.parent_id, t.depth, d.name, d.currency, d.country,
		       d.legal_entity, coalesce(b.name, '') as brand_name, coalesce(b.primary_color, '') as brand_color,
		       d.merchant_account, d.status, d.time_zone, d.second_factor_required, d.require_approval,
		         d.require_consent,
		       (select count(*) from customers where distributor_id = d.id) as customers,
		       (select count(*) from plans where distributor_id = d.id) as plans
		from tree t join distributors d on d.id = t.id left join brands b on b.id = d.brand_id ` + condition + `
		order by t.path`
}

// Distributors returns all distributors in the scope as a tree, read from top to bottom.
func Distributors(ctx context.Context, q db.Querier, s Scope) ([]Distributor, error) {
	var w db.Where
	start := "parent_id is null"
	if !s.Everything {
		start = w.Bind("id = ?", s.Root)
	}
	var out []Distributor
	if err := q.SelectContext(ctx, &out, distributorQuery(start, ""), w.Args()...); err != nil {
		return nil, fmt.Errorf("list distributors: %w", err)
	}
	return out, nil
}

// GetDistributor returns a distributor in the scope by its id.
func GetDistributor(ctx context.Context, q db.Querier, s Scope, id int64) (Distributor, error) {
	var w db.Where
	self := w.Arg(id)
	w.And("d.id = " + self)
	s.Apply(&w, "d.id")
	var d Distributor
	if err := q.GetContext(ctx, &d, distributorQuery("id = "+self, w.SQL()), w.Args()...); err != nil {
		return d, db.NotFound(fmt.Errorf("read the distributor: %w", err), msgNoDistributor,
			Number(DistributorPrefix, id))
	}
	return d, nil
}

// Supplier returns the name of the distributor that this one sells under, "" for the
// provider. A reseller knows its supplier, though not as a page.
func Supplier(ctx context.Context, q db.Querier, d Distributor) (string, error) {
	if d.ParentID == nil {
		return "", nil
	}
	var name string
	if err := q.GetContext(ctx, &name, `select coalesce(handover_supplier($1), '')`, d.ID); err != nil {
		return "", fmt.Errorf("read the supplier: %w", err)
	}
	return name, nil
}

// DistributorName is a distributor as an option of a list.
type DistributorName struct {
	ID   int64  `db:"id"`
	Name string `db:"name"`
}

// Number returns the distributor's number.
func (d DistributorName) Number() string { return Number(DistributorPrefix, d.ID) }

// DistributorNames returns the distributors in the scope by name.
func DistributorNames(ctx context.Context, q db.Querier, s Scope) ([]DistributorName, error) {
	var w db.Where
	s.Apply(&w, "d.id")
	var out []DistributorName
	err := q.SelectContext(ctx, &out, `select d.id, d.name from distributors d `+w.SQL()+` order by d.name, d.id`,
		w.Args()...)
	if err != nil {
		return nil, fmt.Errorf("list the names of distributors: %w", err)
	}
	return out, nil
}
