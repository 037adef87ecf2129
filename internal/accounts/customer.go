package accounts

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"handover/internal/db"
)

// Statuses of a customer.
const (
	Active         = "active"
	Suspended      = "suspended"
	Closed         = "closed"
	TransferredOut = "transferred_out"
	Merged         = "merged"
)

// CustomerStatuses returns all statuses of a customer, in the order they are offered.
func CustomerStatuses() []string {
	return []string{Active, Suspended, Closed, TransferredOut, Merged}
}

// transferable reports whether an account of the status may be a transfer's source.
func transferable(status string) bool { return slices.Contains(transferableStatuses, status) }

// transferableStatuses are those of a transfer's source.
var transferableStatuses = []string{Active, Suspended}

// Customer is one account with the distributor that it buys from.
type Customer struct {
	ID              int64      `db:"id"`
	ExternalID      string     `db:"external_id"`
	Name            string     `db:"name"`
	Email           string     `db:"email"`
	Currency        string     `db:"currency"`
	Country         string     `db:"country"`
	Address         string     `db:"address"`
	TaxID           string     `db:"tax_id"`
	CRMID           string     `db:"crm_id"`
	BillToParent    bool       `db:"bill_to_parent"`
	ParentID        *int64     `db:"parent_customer_id"`
	Status          string     `db:"status"`
	CreatedOn       time.Time  `db:"created_on"`
	SuccessorID     *int64     `db:"successor_id"`
	SucceededOn     *time.Time `db:"succeeded_on"`
	DistributorID   int64      `db:"distributor_id"`
	DistributorName string     `db:"distributor_name"`

	DistributorExternalID string `db:"distributor_external_id"`
}

// Number returns the customer's number.
func (c Customer) Number() string { return Number(CustomerPrefix, c.ID) }

// ReadOnly reports whether the account was merged or transferred out.
func (c Customer) ReadOnly() bool { return slices.Contains([]string{TransferredOut, Merged}, c.Status) }

// Transferable reports whether the account may be a transfer's source.
func (c Customer) Transferable() bool { return transferable(c.Status) }

// GetCustomer returns an account in the scope by its id.
func GetCustomer(ctx context.Context, q db.Querier, s Scope, id int64) (Customer, error) {
	var w db.Where
	w.And("c.id = ?", id)
	s.Apply(&w, "c.distributor_id")
	var c Customer
	err := q.GetContext(ctx, &c, `
		select c.id, coalesce(c.external_id, '') as external_id, c.name, c.email, c.currency, c.country, c.address,
		       c.tax_id, c.crm_id, c.bill_to_parent, c.parent_customer_id, c.status, c.created_on, c.successor_id,
		       c.succeeded_on, c.distributor_id, d.name as distributor_name,
		       coalesce(d.external_id, '') as distributor_external_id
		from customers c join distributors d on d.id = c.distributor_id `+w.SQL(), w.Args()...)
	if err != nil {
		return c, db.NotFound(fmt.Errorf("read the customer: %w", err), msgNoCustomer, Number(CustomerPrefix, id))
	}
	return c, nil
}

// Standing is what an account amounts to at the moment.
type Standing struct {
	Balance             decimal.Decimal `db:"balance"` // positive: the customer owes
	OpenInvoices        int             `db:"open_invoices"`
	OpenAmount          decimal.Decimal `db:"open_amount"`
	MRR                 decimal.Decimal `db:"mrr"`                  // of subscriptions that have not ended, per month
	Subscriptions       int             `db:"subscriptions"`        // all
	ActiveSubscriptions int             `db:"active_subscriptions"` // that have not ended
}

// StandingOf returns what the account amounts to, in its currency.
func StandingOf(ctx context.Context, q db.Querier, customerID int64) (Standing, error) {
	var st Standing
	err := q.GetContext(ctx, &st, `
		select b.balance, o.open_invoices, o.open_amount, s.mrr, s.subscriptions, s.active_subscriptions
		from customer_balances b
		cross join lateral (
		    select count(*) as open_invoices, coalesce(sum(open_amount), 0) as open_amount
		    from open_documents where customer_id = b.customer_id and kind = 'invoice') o
		cross join lateral (
		    select count(*) as subscriptions,
		           count(*) filter (where status not in ('cancelled', 'terminated')) as active_subscriptions,
		           coalesce(sum(amount) filter (where status not in ('cancelled', 'terminated')), 0) as mrr
		    from owned_subscriptions where customer_id = b.customer_id) s
		where b.customer_id = $1`, customerID)
	if err != nil {
		return st, fmt.Errorf("read the standing of %s: %w", Number(CustomerPrefix, customerID), err)
	}
	return st, nil
}
