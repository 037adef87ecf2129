package api

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/accounts"
	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/identity"
	"handover/internal/transfer"
	"handover/internal/webhooks"
)

// OrderMessage is what a webhook says of an order.
type OrderMessage struct {
	Type      string `json:"type"`
	Timestamp string `json:"timestamp" format:"date-time" doc:"When it happened."`
	Data      Order  `json:"data" doc:"The order when the message was first sent."`
}

// CustomerMessage is what a webhook says of customers.
type CustomerMessage struct {
	Type      string        `json:"type"`
	Timestamp string        `json:"timestamp" format:"date-time" doc:"When it happened."`
	Data      CustomerMoved `json:"data"`
}

// CustomerMoved is a customer with the account that goes on.
type CustomerMoved struct {
	Order  Order     `json:"order"`
	Source *Customer `json:"source" required:"false" doc:"The account of before. Null where it is another distributor's."`
	Target *Customer `json:"target" required:"false" doc:"The account that goes on. Null where it is another distributor's."`
}

// SubscriptionMessage is what a webhook says of a subscription.
type SubscriptionMessage struct {
	Type      string            `json:"type"`
	Timestamp string            `json:"timestamp" format:"date-time" doc:"When it happened."`
	Data      SubscriptionMoved `json:"data"`
}

// SubscriptionMoved is a subscription after it moved.
type SubscriptionMoved struct {
	Order        Order         `json:"order"`
	Subscription *Subscription `json:"subscription" required:"false" doc:"Null where it is another distributor's now."`
}

// Messages writes the messages of webhooks, in the shapes of the API.
type Messages struct {
	DB  *sqlx.DB
	Now func() time.Time
}

// Payload returns the message as the distributor may see it, at this moment; a NotFound
// fault when they do not see the order.
func (m Messages) Payload(ctx context.Context, about webhooks.Message) ([]byte, error) {
	as := identity.Staff{DistributorID: about.DistributorID}
	if !about.OfProvider {
		as.ParentID = new(int64) // some other distributor
	}
	c := &caller{Staff: as, reader: db.NewReader(m.DB)}
	defer c.reader.Release()
	ctx = c.reader.Beside(c.Scope().Behind(ctx))
	o, sides, err := transfer.GetOrderFor(ctx, c.db(), c.Scope(), transfer.OrderNumber(about.OrderID))
	if err != nil {
		return nil, err
	}
	order, err := orderOf(ctx, c, o, sides, m.Now())
	if err != nil {
		return nil, err
	}
	at := about.OccurredAt.UTC().Format(time.RFC3339)
	switch about.Event {
	case transfer.CustomerMerged, transfer.CustomerTransferred:
		data := CustomerMoved{Order: order}
		if data.Source, err = seenCustomer(ctx, c, o.SourceNumber); err != nil {
			return nil, err
		}
		if data.Target, err = seenCustomer(ctx, c, o.TargetNumber); err != nil {
			return nil, err
		}
		return json.Marshal(CustomerMessage{about.Event, at, data})
	case transfer.SubscriptionTransferred:
		data := SubscriptionMoved{Order: order}
		if data.Subscription, err = seenSubscription(ctx, c, about.SubscriptionID); err != nil {
			return nil, err
		}
		return json.Marshal(SubscriptionMessage{about.Event, at, data})
	}
	return json.Marshal(OrderMessage{about.Event, at, order})
}

// seenCustomer reads the account of that number, nil when it lies outside the scope.
func seenCustomer(ctx context.Context, c *caller, number string) (*Customer, error) {
	id, ok := accounts.ParseNumber(accounts.CustomerPrefix, number)
	if !ok {
		return nil, nil
	}
	found, err := accounts.GetCustomer(ctx, c.db(), c.Scope(), id)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out, err := customerOf(ctx, c, found)
	return &out, err
}

// seenSubscription reads a subscription, nil when it lies outside the scope.
func seenSubscription(ctx context.Context, c *caller, id int64) (*Subscription, error) {
	found, err := accounts.FindSubscription(ctx, c.db(), c.Scope(), accounts.Number(accounts.SubscriptionPrefix, id))
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out := subscriptionOf(found)
	return &out, nil
}
