package accounts

import (
	"context"
	"fmt"

	"github.com/lib/pq"
	"github.com/shopspring/decimal"

	"handover/internal/db"
)

// CustomerFilter says which customers a list shows; its zero value shows all.
type CustomerFilter struct {
	Search      string // number, name, email, CRM id, external id, former ids
	ExternalID  string // exactly
	Statuses    []string
	Distributor int64
}

// CustomerRow is one customer in a list.
type CustomerRow struct {
	db.Key
	ID              int64  `db:"id"`
	ExternalID      string `db:"external_id"`
	Name            string `db:"name"`
	Email           string `db:"email"`
	CRMID           string `db:"crm_id"`
	Currency        string `db:"currency"`
	Status          string `db:"status"`
	CreatedOn       string `db:"created_on"`
	DistributorID   int64  `db:"distributor_id"`
	DistributorName string `db:"distributor_name"`

	DistributorExternalID string `db:"distributor_external_id"`

	Subscriptions int             `db:"subscriptions"` // that have not ended
	Balance       decimal.Decimal `db:"balance"`       // positive: the customer owes
}

// Number returns the customer's number.
func (c CustomerRow) Number() string { return Number(CustomerPrefix, c.ID) }

// Transferable reports whether the account may be a transfer's source.
func (c CustomerRow) Transferable() bool { return transferable(c.Status) }

// customerOrders are the orders of the list of customers. Subscriptions and
// balance are none: they are computed for the rows shown, not for all.
var customerOrders = []db.Order{
	{Key: "number", Expr: "c.id", Type: "bigint"},
	{Key: "name", Expr: "lower(c.name)", Type: "text"},
	{Key: "distributor", Expr: "lower(d.name)", Type: "text"},
	{Key: "status", Expr: "c.status", Type: "text"},
}

// ListCustomers returns a page of the customers in the scope that the filter
// keeps, the newest first unless the page says otherwise.
func ListCustomers(ctx context.Context, q db.Querier, s Scope, f CustomerFilter,
	p db.Page,
) (db.Part[CustomerRow], error) {
	k, err := db.NewKeyset(p, "c.id", "-", customerOrders...)
	if err != nil {
		return db.Part[CustomerRow]{}, err
	}
	w, err := f.where(ctx, q, s)
	if err != nil {
		return db.Part[CustomerRow]{}, err
	}
	k.Apply(&w)
	var rows []CustomerRow
	err = q.SelectContext(ctx, &rows, `
		select `+k.Columns()+`, c.id, coalesce(c.external_id, '') as external_id, c.name, c.email, c.crm_id,
		       c.currency, c.status, c.created_on::text as created_on, c.distributor_id, d.name as distributor_name,
		       coalesce(d.external_id, '') as distributor_external_id,
		       (select count(*) from subscriptions s
		        where s.customer_id = c.id and s.status not in ('cancelled', 'terminated')) as subscriptions,
		       (select b.balance from customer_balances b where b.customer_id = c.id) as balance
		from customers c join distributors d on d.id = c.distributor_id `+w.SQL()+` `+k.Tail(), w.Args()...)
	if err != nil {
		return db.Part[CustomerRow]{}, fmt.Errorf("list customers: %w", err)
	}
	return db.Cut(k, rows), nil
}

// CountCustomers returns how many customers the filter keeps.
func CountCustomers(ctx context.Context, q db.Querier, s Scope, f CustomerFilter) (db.Total, error) {
	w, err := f.where(ctx, q, s)
	if err != nil {
		return db.Total{}, err
	}
	return db.Count(ctx, q, `select from customers c `+w.SQL(), w.Args()...)
}

// where turns the filter into conditions on customers c.
func (f CustomerFilter) where(ctx context.Context, q db.Querier, s Scope) (db.Where, error) {
	var w db.Where
	s.Apply(&w, "c.distributor_id")
	if f.ExternalID != "" {
		w.And("c.external_id = ?", f.ExternalID)
	}
	if len(f.Statuses) > 0 {
		w.And("c.status = any(?)", pq.Array(f.Statuses))
	}
	if f.Distributor != 0 {
		w.And("c.distributor_id = ?", f.Distributor)
	}
	return w, search(ctx, q, s, &w, f.Search)
}
