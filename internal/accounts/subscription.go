package accounts

import (
	"context"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"handover/internal/db"
)

// Subscription is one contract of a customer, with what it hangs together with.
type Subscription struct {
	SubscriptionRow
	PriceFrozen     bool            `db:"price_frozen"`
	Promotion       string          `db:"promotion"`
	PlanPrice       decimal.Decimal `db:"plan_price"`
	Monthly         decimal.Decimal `db:"monthly"` // price x quantity per month
	ContinuesID     *int64          `db:"continues_id"`
	ContinuesOn     *time.Time      `db:"continues_on"`
	ContinuationID  *int64          `db:"continuation_id"`
	ContinuedOn     *time.Time      `db:"continued_on"`
	CustomerCreated time.Time       `db:"created_on"`
}

// FindSubscription returns a subscription in the scope by its number, else its external id.
func FindSubscription(ctx context.Context, q db.Querier, s Scope, ref string) (Subscription, error) {
	number, _ := ParseNumber(SubscriptionPrefix, ref)
	var w db.Where
	id := w.Arg(number)
	w.And("s.id = "+id+" or s.external_id = ?", ref)
	s.Apply(&w, "c.distributor_id")
	var out Subscription
	err := q.GetContext(ctx, &out, `
		select s.id, coalesce(s.external_id, '') as external_id, s.customer_id, c.name as customer_name,
		       c.status as customer_status, c.distributor_id, d.name as distributor_name, s.plan_id,
		       p.name as plan_name, s.parent_subscription_id, s.status, s.start_on, s.end_on, s.billing_period,
		       s.quantity, s.price, c.currency, s.price_frozen, s.promotion, p.price as plan_price,
		       o.amount as monthly, c.created_on, k.continuation_id, k.on_date as continued_on,
		       b.subscription_id as continues_id, b.on_date as continues_on
		from subscriptions s join customers c on c.id = s.customer_id join distributors d on d.id = c.distributor_id
		join plans p on p.id = s.plan_id join owned_subscriptions o on o.id = s.id
		left join subscription_continuations k on k.subscription_id = s.id
		left join subscription_continuations b on b.continuation_id = s.id
		`+w.SQL()+` order by s.id = `+id+` desc limit 1`, w.Args()...)
	if err != nil {
		return out, db.NotFound(fmt.Errorf("find the subscription: %w", err), msgNoSubscription, ref)
	}
	return out, nil
}

// Bond is another subscription in the scope that one hangs together with. It may belong
// to another customer after a transfer.
type Bond struct {
	ID         int64  `db:"id"`
	How        string `db:"how"` // "parent", "addon", "continues" or "continuation"
	Status     string `db:"status"`
	PlanName   string `db:"plan_name"`
	CustomerID int64  `db:"customer_id"`
}

// Number returns the number of the other subscription.
func (b Bond) Number() string { return Number(SubscriptionPrefix, b.ID) }

// Customer returns the number of its customer.
func (b Bond) Customer() string { return Number(CustomerPrefix, b.CustomerID) }

// Bonds returns what the subscription hangs together with: its parent, its add-ons,
// and the other side of a split.
func Bonds(ctx context.Context, q db.Querier, s Scope, sub Subscription) ([]Bond, error) {
	var w db.Where
	self := w.Arg(sub.ID)
	s.Apply(&w, "c.distributor_id")
	var out []Bond
	err := q.SelectContext(ctx, &out, `
		select o.id, b.how, o.status, p.name as plan_name, o.customer_id
		from (select parent_subscription_id as id, 'parent' as how from subscriptions where id = `+self+`
		      union all select id, 'addon' from subscriptions where parent_subscription_id = `+self+`
		      union all select subscription_id, 'continues' from subscription_continuations
		      where continuation_id = `+self+`
		      union all select continuation_id, 'continuation' from subscription_continuations
		      where subscription_id = `+self+`) b
		join subscriptions o on o.id = b.id join plans p on p.id = o.plan_id join customers c on c.id = o.customer_id
		`+w.SQL()+` order by b.how, o.id limit 200`, w.Args()...)
	if err != nil {
		return nil, fmt.Errorf("read what the subscription hangs together with: %w", err)
	}
	return out, nil
}

// UsersOf returns the logins that the subscription serves.
func UsersOf(ctx context.Context, q db.Querier, subscriptionID int64) ([]ServiceUser, error) {
	var out []ServiceUser
	err := q.SelectContext(ctx, &out, `
		select u.id, u.login, u.account_wide, '' as subscriptions
		from service_user_subscriptions l join service_users u on u.id = l.service_user_id
		where l.subscription_id = $1 order by u.login, u.id limit 500`, subscriptionID)
	if err != nil {
		return nil, fmt.Errorf("read the users of the subscription: %w", err)
	}
	return out, nil
}
