package api

import (
	"context"
	"strings"

	"handover/internal/identity"
	"handover/internal/order"
	"handover/internal/transfer"
)

// ReasonBody says why.
type ReasonBody struct {
	Reason string `json:"reason,omitempty"`
}

type reasonInput struct {
	NumberInput
	Body *ReasonBody `required:"false"`
}

func (in reasonInput) reason() string {
	if in.Body == nil {
		return ""
	}
	return strings.TrimSpace(in.Body.Reason)
}

// ReverseBody accepts the preview of a reversal. Empty, it accepts what needs no
// acknowledgement.
type ReverseBody struct {
	Fingerprint  *string  `json:"fingerprint,omitempty" nullable:"true"`
	Acknowledged []string `json:"acknowledged,omitempty" nullable:"true"`
	PostOn       *string  `json:"post_on,omitempty" nullable:"true" doc:"YYYY-MM-DD, of the counter-memos."`
	Reason       *string  `json:"reason,omitempty" nullable:"true" doc:"At most 500 characters, for the own side."`
}

type reverseInput struct {
	NumberInput
	Body *ReverseBody `required:"false"`
}

// on finds the order in the caller's scope, then asks for the privilege, then acts, and
// answers with the order as it is then.
func on(ctx context.Context, a *API, c *caller, number string, p identity.Privilege,
	act func(number string) error,
) (Order, error) {
	number = strings.ToUpper(number)
	if _, _, err := order.GetOrderFor(ctx, c.db(), c.Scope(), number); err != nil {
		return Order{}, err
	}
	if err := c.may(p); err != nil {
		return Order{}, err
	}
	if err := act(number); err != nil {
		return Order{}, err
	}
	return orderFor(ctx, a, c, number)
}

func approveOrder(ctx context.Context, a *API, c *caller, in *NumberInput) (Order, error) {
	return on(ctx, a, c, in.Number, identity.OrdersApprove, func(n string) error {
		return a.engine.Approve(ctx, c.Actor(), n)
	})
}

func rejectOrder(ctx context.Context, a *API, c *caller, in *reasonInput) (Order, error) {
	return on(ctx, a, c, in.Number, identity.OrdersApprove, func(n string) error {
		return a.engine.Reject(ctx, c.Actor(), n, in.reason())
	})
}

func cancelOrder(ctx context.Context, a *API, c *caller, in *reasonInput) (Order, error) {
	return on(ctx, a, c, in.Number, identity.AccountsTransfer, func(n string) error {
		return a.engine.Cancel(ctx, c.Actor(), n, in.reason())
	})
}

func retryOrder(ctx context.Context, a *API, c *caller, in *NumberInput) (Order, error) {
	return on(ctx, a, c, in.Number, identity.AccountsTransfer, func(n string) error {
		_, err := a.engine.RetryAtOnce(ctx, c.Actor(), n)
		return err
	})
}

func reverseOrder(ctx context.Context, a *API, c *caller, in *reverseInput) (Order, error) {
	var reversal order.Order
	_, err := on(ctx, a, c, in.Number, identity.AccountsTransfer, func(n string) error {
		accepted := transfer.Request{}
		if in.Body != nil {
			accepted = transfer.Request{
				Fingerprint: text(in.Body.Fingerprint), Acknowledged: in.Body.Acknowledged,
				PostOn: text(in.Body.PostOn), Reason: text(in.Body.Reason),
			}
		}
		if accepted.Fingerprint == "" {
			p, err := a.engine.PreviewReversalAs(ctx, n, accepted)
			if err != nil {
				return err
			}
			accepted.Fingerprint = p.Fingerprint
		}
		var err error
		reversal, err = a.engine.SubmitReversal(ctx, c.Actor(), n, accepted)
		return err
	})
	if err != nil {
		return Order{}, err
	}
	return orderFor(ctx, a, c, reversal.Number)
}
