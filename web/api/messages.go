package api

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jmoiron/sqlx"

	"handover/internal/accounts"
	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/identity"
	"handover/internal/order"
	"handover/internal/record"
	"handover/internal/transfer"
	"handover/internal/webhooks"
)

// Message is the body for a webhook: of an order, or of what moved with it.
type Message[D any] struct {
	Type      string `json:"type" doc:"The event."`
	Timestamp string `json:"timestamp" format:"date-time" doc:"When it happened."`
	Data      D      `json:"data" doc:"As it was when the message was first sent."`
}

// CustomerMoved is a customer with the account that goes on.
type CustomerMoved struct {
	Order  Order     `json:"order"`
	Source *Customer `json:"source" required:"false" doc:"The account of before. Null where it is another distributor's."`
	Target *Customer `json:"target" required:"false" doc:"The account that goes on. Null where it is another distributor's."`
}

// SubscriptionMoved is a subscription after it moved.
type SubscriptionMoved struct {
	Order        Order         `json:"order"`
	Subscription *Subscription `json:"subscription" required:"false" doc:"Null where it is another distributor's now."`
}

// shape is the message about an event: its type, and how it is written.
type shape struct {
	body  reflect.Type
	write func(ctx context.Context, c *caller, o order.Order, order Order, about webhooks.Message) ([]byte, error)
}

func shapeOf[D any](read func(ctx context.Context, c *caller, o order.Order, order Order, about webhooks.Message) (D,
	error),
) shape {
	return shape{reflect.TypeFor[Message[D]](), func(ctx context.Context, c *caller, o order.Order, order Order,
		about webhooks.Message,
	) ([]byte, error) {
		data, err := read(ctx, c, o, order, about)
		if err != nil {
			return nil, err
		}
		return json.Marshal(Message[D]{about.Event, about.OccurredAt.UTC().Format(time.RFC3339), data})
	}}
}

// shapes are the messages that say more than the order.
var shapes = map[string]shape{
	order.CustomerMerged: shapeOf(customerMoved), order.CustomerTransferred: shapeOf(customerMoved),
	order.SubscriptionTransferred: shapeOf(subscriptionMoved),
}

// messageOf returns the shape of the event's message.
func messageOf(event string) shape {
	if s, ok := shapes[event]; ok {
		return s
	}
	return shapeOf(func(_ context.Context, _ *caller, _ order.Order, order Order, _ webhooks.Message) (Order, error) {
		return order, nil
	})
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
	ctx = c.reader.Beside(c.Scope().In(ctx, 0))
	o, sides, err := order.GetOrderFor(ctx, c.db(), c.Scope(), record.OrderNumber(about.OrderID))
	if err != nil {
		return nil, err
	}
	order, err := orderOf(ctx, c, o, sides, m.Now())
	if err != nil {
		return nil, err
	}
	return messageOf(about.Event).write(ctx, c, o, order, about)
}

func customerMoved(ctx context.Context, c *caller, o order.Order, order Order,
	_ webhooks.Message,
) (CustomerMoved, error) {
	source, err := seenCustomer(ctx, c, o.SourceNumber)
	if err != nil {
		return CustomerMoved{}, err
	}
	target, err := seenCustomer(ctx, c, o.TargetNumber)
	return CustomerMoved{order, source, target}, err
}

func subscriptionMoved(ctx context.Context, c *caller, _ order.Order, order Order,
	about webhooks.Message,
) (SubscriptionMoved, error) {
	subscription, err := seenSubscription(ctx, c, about.SubscriptionID)
	return SubscriptionMoved{order, subscription}, err
}

// describeMessages are the messages as the document has them, under the names of their
// events: requests that Handover makes.
func describeMessages(document *huma.OpenAPI) {
	document.Webhooks = map[string]*huma.PathItem{}
	for _, event := range order.Announcements() {
		body := document.Components.Schemas.Schema(messageOf(event.Name).body, true, "")
		document.Webhooks[event.Name] = &huma.PathItem{Post: &huma.Operation{
			OperationID: event.Name, Summary: event.Means, Tags: []string{"Webhooks"},
			Description: "Signed as Standard Webhooks: webhook-signature is an HMAC of webhook-id, " +
				"webhook-timestamp and the body, with the webhook's secret.",
			Security: []map[string][]string{{}},
			RequestBody: &huma.RequestBody{
				Required: true,
				Content:  map[string]*huma.MediaType{"application/json": {Schema: body}},
			},
			Responses: map[string]*huma.Response{"2XX": {Description: "Taken. Anything else is tried again."}},
		}}
	}
}

// describeFindings lists the codes of the findings in the document, so that a client knows what a
// preview can say.
func describeFindings(document *huma.OpenAPI) {
	codes := transfer.Declared()
	slices.Sort(codes)
	code := document.Components.Schemas.Map()["Finding"].Properties["code"]
	for _, c := range codes {
		code.Enum = append(code.Enum, string(c))
	}
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
