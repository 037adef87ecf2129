package accounts

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/lib/pq"
	"github.com/shopspring/decimal"

	"handover/internal/db"
)

// SubscriptionStatuses returns all statuses of a subscription, in the order they are offered.
func SubscriptionStatuses() []string {
	return []string{
		"active", "suspended", "provisioning", "starting", "stopping", "removing", "changing_plan", "cancelled",
		"terminated",
	}
}

// SubscriptionFilter says which subscriptions a list shows; its zero value shows all.
type SubscriptionFilter struct {
	Search      string // number, external id, customer
	ExternalID  string // exactly
	Statuses    []string
	Distributor int64
	Customer    int64
}

// SubscriptionRow is one subscription in a list.
type SubscriptionRow struct {
	db.Key
	ID              int64           `db:"id"`
	ExternalID      string          `db:"external_id"`
	CustomerID      int64           `db:"customer_id"`
	CustomerName    string          `db:"customer_name"`
	CustomerStatus  string          `db:"customer_status"`
	DistributorID   int64           `db:"distributor_id"`
	DistributorName string          `db:"distributor_name"`
	PlanID          int64           `db:"plan_id"`
	PlanName        string          `db:"plan_name"`
	ParentID        *int64          `db:"parent_subscription_id"`
	Status          string          `db:"status"`
	StartOn         time.Time       `db:"start_on"`
	EndOn           *time.Time      `db:"end_on"`
	BillingPeriod   string          `db:"billing_period"`
	Quantity        decimal.Decimal `db:"quantity"`
	Price           decimal.Decimal `db:"price"`
	Currency        string          `db:"currency"`
}

// Number returns the subscription's number.
func (s SubscriptionRow) Number() string { return Number(SubscriptionPrefix, s.ID) }

// Customer returns the number of the subscription's customer.
func (s SubscriptionRow) Customer() string { return Number(CustomerPrefix, s.CustomerID) }

// Transferable reports whether its customer may be a transfer's source.
func (s SubscriptionRow) Transferable() bool { return transferable(s.CustomerStatus) }

// Total returns what one billing period costs.
func (s SubscriptionRow) Total() decimal.Decimal { return s.Price.Mul(s.Quantity) }

// subscriptionOrders are the orders of the list of subscriptions.
var subscriptionOrders = []db.Order{
	{Key: "number", Expr: "s.id", Type: "bigint"},
	{Key: "customer", Expr: "c.name", Type: "text"},
	{Key: "start", Expr: "s.start_on", Type: "date"},
}

// ListSubscriptions returns a page of the subscriptions in the scope that the filter
// keeps, the newest first unless the page says otherwise.
func ListSubscriptions(ctx context.Context, q db.Querier, s Scope, f SubscriptionFilter,
	p db.Page,
) (db.Part[SubscriptionRow], error) {
	k, err := db.NewKeyset(p, "s.id", "-", subscriptionOrders...)
	if err != nil {
		return db.Part[SubscriptionRow]{}, err
	}
	w, err := f.where(ctx, q, s)
	if err != nil {
		return db.Part[SubscriptionRow]{}, err
	}
	k.Apply(&w)
	var rows []SubscriptionRow
	err = q.SelectContext(ctx, &rows, `
		select `+k.Columns()+`, s.id, coalesce(s.external_id, '') as external_id, s.customer_id,
		       c.name as customer_name, c.status as customer_status, c.distributor_id, d.name as distributor_name,
		       s.plan_id, p.name as plan_name, s.parent_subscription_id, s.status, s.start_on, s.end_on,
		       s.billing_period, s.quantity, s.price, c.currency
		from subscriptions s join customers c on c.id = s.customer_id join distributors d on d.id = c.distributor_id
		join plans p on p.id = s.plan_id `+w.SQL()+` `+k.Tail(), w.Args()...)
	if err != nil {
		return db.Part[SubscriptionRow]{}, fmt.Errorf("list subscriptions: %w", err)
	}
	return db.Cut(k, rows), nil
}

// CountSubscriptions returns how many subscriptions the filter keeps.
func CountSubscriptions(ctx context.Context, q db.Querier, s Scope, f SubscriptionFilter) (db.Total, error) {
	w, err := f.where(ctx, q, s)
	if err != nil {
		return db.Total{}, err
	}
	return db.Count(ctx, q, `select from subscriptions s join customers c on c.id = s.customer_id `+w.SQL(),
		w.Args()...)
}

// where turns the filter into conditions on subscriptions s of customers c.
func (f SubscriptionFilter) where(ctx context.Context, q db.Querier, s Scope) (db.Where, error) {
	var w db.Where
	s.Apply(&w, "c.distributor_id")
	if f.ExternalID != "" {
		w.And("s.external_id = ?", f.ExternalID)
	}
	if len(f.Statuses) > 0 {
		w.And("s.status = any(?)", pq.Array(f.Statuses))
	}
	if f.Distributor != 0 {
		w.And("c.distributor_id = ?", f.Distributor)
	}
	if f.Customer != 0 {
		w.And("s.customer_id = ?", f.Customer)
	}
	if typed := strings.TrimSpace(f.Search); typed != "" {
		return w, f.search(ctx, q, s, &w, typed)
	}
	return w, nil
}

// fewCustomers is up to how many customers a search for subscriptions goes by their
// ids. Of more, any page of the list soon has its rows.
const fewCustomers = 5000

// search finds subscriptions by their number or external id and those of
// customers by number, name, email, CRM id or external id.
func (f SubscriptionFilter) search(ctx context.Context, q db.Querier, s Scope, w *db.Where, typed string) error {
	number, _ := ParseNumber(SubscriptionPrefix, typed)
	customer, _ := ParseNumber(CustomerPrefix, typed)
	pattern := likePattern(typed)
	ids, err := CustomersLike(ctx, q, s, pattern, fewCustomers+1)
	if err != nil {
		return err
	}
	if len(ids) <= fewCustomers {
		ids = append(ids, customer)
		w.And(`s.customer_id = any(?) or s.id = ? or s.external_id = ?`, pq.Array(ids), number, typed)
	} else {
		w.And(`c.search ilike ?`, pattern) // a number or an id does not mean that many
	}
	return nil
}
