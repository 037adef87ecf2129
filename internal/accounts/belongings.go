package accounts

import (
	"context"
	"fmt"
	"time"

	"handover/internal/db"
)

// Contact is a person of a customer.
type Contact struct {
	ID    int64  `db:"id"`
	Name  string `db:"name"`
	Email string `db:"email"`
	Role  string `db:"role"`
}

// Contacts returns the customer's contacts by name.
func Contacts(ctx context.Context, q db.Querier, customerID int64) ([]Contact, error) {
	var out []Contact
	err := q.SelectContext(ctx, &out, `
		select id, name, email, role from contacts where customer_id = $1 order by name, id limit 500`, customerID)
	if err != nil {
		return nil, fmt.Errorf("read the contacts: %w", err)
	}
	return out, nil
}

// ServiceUser is a login of a customer with the subscriptions that it serves.
type ServiceUser struct {
	ID            int64  `db:"id"`
	Login         string `db:"login"`
	AccountWide   bool   `db:"account_wide"`
	Subscriptions string `db:"subscriptions"` // numbers, comma-separated
}

// ServiceUsers returns the customer's service users by login.
func ServiceUsers(ctx context.Context, q db.Querier, customerID int64) ([]ServiceUser, error) {
	var out []ServiceUser
	err := q.SelectContext(ctx, &out, `
		select u.id, u.login, u.account_wide,
		       coalesce((select string_agg(number_of('S', l.subscription_id), ', ' order by l.subscription_id)
		                 from service_user_subscriptions l where l.service_user_id = u.id), '') as subscriptions
		from service_users u where u.customer_id = $1 order by u.login, u.id limit 500`, customerID)
	if err != nil {
		return nil, fmt.Errorf("read the service users: %w", err)
	}
	return out, nil
}

// PaymentMethod is a way in which a customer pays.
type PaymentMethod struct {
	ID              int64  `db:"id"`
	Kind            string `db:"kind"`
	Label           string `db:"label"`
	MerchantAccount string `db:"merchant_account"`
	Status          string `db:"status"`
}

// PaymentMethods returns the customer's payment methods, the active ones first.
func PaymentMethods(ctx context.Context, q db.Querier, customerID int64) ([]PaymentMethod, error) {
	var out []PaymentMethod
	err := q.SelectContext(ctx, &out, `
		select id, kind, label, merchant_account, status from payment_methods
		where customer_id = $1 order by status, label, id limit 500`, customerID)
	if err != nil {
		return nil, fmt.Errorf("read the payment methods: %w", err)
	}
	return out, nil
}

// Acceptance is a terms document that a customer accepted.
type Acceptance struct {
	ID         int64     `db:"id"`
	Title      string    `db:"title"`
	Version    string    `db:"version"`
	Plan       string    `db:"plan"`
	Resource   string    `db:"resource"`
	AcceptedAt time.Time `db:"accepted_at"`
	AcceptedBy string    `db:"accepted_by"`
}

// Acceptances returns what the customer accepted, the last first.
func Acceptances(ctx context.Context, q db.Querier, customerID int64) ([]Acceptance, error) {
	var out []Acceptance
	err := q.SelectContext(ctx, &out, `
		select a.id, t.title, t.version, coalesce(p.name, '') as plan, coalesce(r.name, '') as resource,
		       a.accepted_at, a.accepted_by from terms_acceptances a join terms t on t.id = a.terms_id
		left join plans p on p.id = t.plan_id left join plan_resources r on r.id = t.resource_id
		where a.customer_id = $1 order by a.accepted_at desc, a.id desc limit 500`, customerID)
	if err != nil {
		return nil, fmt.Errorf("read the accepted terms: %w", err)
	}
	return out, nil
}

// FormerID is an id that an account gave up.
type FormerID struct {
	Kind  string `db:"kind"`
	Value string `db:"value"`
}

// FormerIDs returns the ids that the account had.
func FormerIDs(ctx context.Context, q db.Querier, customerID int64) ([]FormerID, error) {
	var out []FormerID
	err := q.SelectContext(ctx, &out, `select kind, value from former_ids where customer_id = $1 order by kind, value`,
		customerID)
	if err != nil {
		return nil, fmt.Errorf("read the former ids: %w", err)
	}
	return out, nil
}

// Kin is the parent or a child of an account.
type Kin struct {
	ID           int64  `db:"id"`
	Name         string `db:"name"`
	Status       string `db:"status"`
	BillToParent bool   `db:"bill_to_parent"`
}

// Number returns the account's number.
func (k Kin) Number() string { return Number(CustomerPrefix, k.ID) }

// Parent returns the account's parent, nil where there is none in the scope.
func Parent(ctx context.Context, q db.Querier, s Scope, c Customer) (*Kin, error) {
	if c.ParentID == nil {
		return nil, nil
	}
	found, err := kin(ctx, q, s, "c.id = ?", *c.ParentID)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// Children returns the accounts in the scope whose parent this one is, by number.
func Children(ctx context.Context, q db.Querier, s Scope, customerID int64) ([]Kin, error) {
	return kin(ctx, q, s, "c.parent_customer_id = ?", customerID)
}

func kin(ctx context.Context, q db.Querier, s Scope, condition string, id int64) ([]Kin, error) {
	var w db.Where
	w.And(condition, id)
	s.Apply(&w, "c.distributor_id")
	var out []Kin
	err := q.SelectContext(ctx, &out, `select c.id, c.name, c.status, c.bill_to_parent from customers c `+w.SQL()+`
		order by c.id limit 500`, w.Args()...)
	if err != nil {
		return nil, fmt.Errorf("read related accounts: %w", err)
	}
	return out, nil
}
