package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"handover/internal/engine"
	"handover/internal/fault"
	"handover/internal/identity"
	"handover/internal/record"
	"handover/internal/transfer"
)

func transferOperations() []operation {
	return []operation{
		does(operation{
			ID: "preview-transfer", Method: post, Path: "/transfers/preview", Tag: "Transfers",
			Privilege: identity.AccountsTransfer, Late: true, Whole: true, Errors: notFound,
			Summary: "What a transfer would do; nothing is written",
		}, previewTransfer),
		does(operation{
			ID: "place-transfer", Method: post, Path: "/transfers", Tag: "Transfers",
			Privilege: identity.AccountsTransfer, Late: true, Whole: true, Status: http.StatusAccepted,
			Errors: []int{http.StatusNotFound, http.StatusConflict}, Summary: "Ask for a transfer that was previewed",
		}, placeTransfer),
	}
}

// TransferRequest is what is asked for. Only kind and source_customer are required; the rest
// may be absent or null.
type TransferRequest struct {
	Kind              string                `json:"kind" enum:"distributor,subscriptions,merge"`
	SourceCustomer    string                `json:"source_customer" example:"C-000001"`
	TargetCustomer    *string               `json:"target_customer,omitempty" nullable:"true" doc:"Of subscriptions and merge."`
	TargetDistributor *string               `json:"target_distributor,omitempty" nullable:"true" doc:"Of distributor."`
	Subscriptions     []string              `json:"subscriptions,omitempty" nullable:"true" doc:"Numbers, of subscriptions."`
	EffectiveOn       *string               `json:"effective_on,omitempty" nullable:"true" doc:"YYYY-MM-DD; without it the full history moves."`
	Mode              *string               `json:"mode,omitempty" nullable:"true" enum:"subscriptions_only,subscriptions_terms_payment_methods"`
	NotifyCustomer    *bool                 `json:"notify_customer,omitempty" nullable:"true"`
	ConversionRate    *string               `json:"conversion_rate,omitempty" nullable:"true"`
	RateReason        *string               `json:"rate_reason,omitempty" nullable:"true" doc:"10 characters or more; counts with rates.override."`
	Plans             map[string]string     `json:"plans,omitempty" doc:"Subscription to plan of the new distributor."`
	Delegate          []transfer.Delegation `json:"delegate,omitempty" nullable:"true"`
	KeepFromSource    []string              `json:"keep_from_source,omitempty" nullable:"true" doc:"Of merge: the fields whose value stays the source's."`
	CarryAs           *string               `json:"carry_as,omitempty" nullable:"true" enum:"open_items,one_balance,leave"`
	PostOn            *string               `json:"post_on,omitempty" nullable:"true" doc:"YYYY-MM-DD, of memos and entries."`
	Reason            *string               `json:"reason,omitempty" nullable:"true" doc:"At most 500 characters, for the own side."`
	Acknowledged      []string              `json:"acknowledged,omitempty" nullable:"true" doc:"Codes of warnings that are understood."`
	RunningTerm       *string               `json:"running_term,omitempty" nullable:"true" enum:"stays" doc:"What is billed already stays with the source's documents."`
	IncludeChildren   *bool                 `json:"include_children,omitempty" nullable:"true" doc:"Only false: accounts below the source do not move with it."`
	StartAt           *string               `json:"start_at,omitempty" nullable:"true" doc:"RFC 3339; without it the transfer starts at once."`
	Fingerprint       *string               `json:"fingerprint,omitempty" nullable:"true" doc:"Of the preview that is accepted."`
}

// ofOthers are the fields of a request that no kind of today has: null is no value.
type ofOthers struct {
	Rates       json.RawMessage `json:"rates"`
	Distributor json.RawMessage `json:"distributor"`
	NewParent   json.RawMessage `json:"new_parent"`
}

func (o ofOthers) check() error {
	for field, value := range map[string]json.RawMessage{
		"rates": o.Rates, "distributor": o.Distributor,
		"new_parent": o.NewParent,
	} {
		if len(value) > 0 && string(value) != "null" {
			return fault.InvalidField(field, msgFieldNotSupported)
		}
	}
	return nil
}

// TransferInput also keeps the body as it was sent, so that the answer names unknown
// fields.
type TransferInput struct {
	Body    TransferRequest
	RawBody []byte
}

type placeInput struct {
	TransferInput
	Key string `header:"Idempotency-Key" doc:"Required: asking again with the same key and body gives the same order."`
}

// read returns the request of a body.
func (in TransferInput) read() (transfer.Request, error) {
	var req transfer.Request
	decoder := json.NewDecoder(bytes.NewReader(in.RawBody))
	decoder.DisallowUnknownFields()
	var given struct {
		TransferRequest
		ofOthers
	}
	if err := decoder.Decode(&given); err != nil {
		if name, unknown := strings.CutPrefix(err.Error(), "json: unknown field "); unknown {
			return req, fault.InvalidField(strings.Trim(name, `"`), msgNoField)
		}
		return req, fault.New(fault.Invalid, msgNotATransfer, strings.TrimPrefix(err.Error(), "json: "))
	}
	if given.RateReason != nil && strings.TrimSpace(*given.RateReason) == "" {
		return req, fault.InvalidField("rate_reason",
			msgReasonEmpty)
	}
	if err := given.notYet(); err != nil {
		return req, err
	}
	if err := given.ofOthers.check(); err != nil {
		return req, err
	}
	return transfer.Request{
		Kind: record.FlowKind(given.Kind), SourceCustomer: given.SourceCustomer,
		TargetCustomer: text(given.TargetCustomer), TargetDistributor: text(given.TargetDistributor),
		Subscriptions: given.Subscriptions, EffectiveOn: text(given.EffectiveOn),
		Mode: transfer.Mode(text(given.Mode)), NotifyCustomer: given.NotifyCustomer != nil && *given.NotifyCustomer,
		ConversionRate: text(given.ConversionRate), Plans: given.Plans, Delegate: given.Delegate,
		KeepFromSource: given.KeepFromSource, Acknowledged: given.Acknowledged,
		StartAt: text(given.StartAt), Fingerprint: text(given.Fingerprint),
		CarryAs: transfer.CarryAs(text(given.CarryAs)), PostOn: text(given.PostOn),
		Reason: text(given.Reason), RateReason: strings.TrimSpace(text(given.RateReason)),
	}, nil
}

// notYet refuses values of fields that the transfers of today know one value of.
func (r TransferRequest) notYet() error {
	if term := text(r.RunningTerm); r.RunningTerm != nil && term != "stays" {
		return fault.InvalidField("running_term", msgTermNotSupported, term)
	}
	if r.IncludeChildren != nil && *r.IncludeChildren {
		return fault.InvalidField("include_children", msgChildrenNotSupported)
	}
	return nil
}

// vouch has the caller answer for the rate of the request, where they hold the privilege.
func (c *caller) vouch(req transfer.Request, at time.Time) transfer.Request {
	if !c.Can(identity.RatesOverride) {
		return req
	}
	return req.VouchedBy(c.Actor(), at)
}

func text(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}

func previewTransfer(ctx context.Context, a *API, c *caller, in *TransferInput) (transfer.Preview, error) {
	req, err := in.read()
	if err != nil {
		return transfer.Preview{}, err
	}
	req.Fingerprint = ""
	if req, err = c.ours(ctx, req); err != nil {
		return transfer.Preview{}, err
	}
	req = c.vouch(req, a.engine.Now())
	p, err := a.engine.Preview(ctx, req)
	if err == nil { // what is out of scope was not found, whatever the privilege
		err = c.may(identity.AccountsTransfer)
	}
	if err != nil {
		return transfer.Preview{}, err
	}
	return p, nil
}

func placeTransfer(ctx context.Context, a *API, c *caller, in *placeInput) (Order, error) {
	req, err := in.read()
	if err != nil {
		return Order{}, err
	}
	same, err := json.Marshal(req)
	if err != nil {
		return Order{}, fmt.Errorf("write the request: %w", err)
	}
	sum := sha256.Sum256(same)
	req, unknown := c.ours(ctx, req)
	if unknown != nil && !fault.Is(unknown, fault.NotFound) {
		return Order{}, unknown
	}
	o, err := a.engine.Place(ctx, c.Actor(), c.vouch(req, a.engine.Now()),
		engine.Key{Key: in.Key, BodyHash: hex.EncodeToString(sum[:])}, func() error {
			return c.may(identity.AccountsTransfer)
		})
	if e, wrong := errors.AsType[*fault.Error](err); wrong && unknown != nil && e.Code == fault.Invalid &&
		!e.About(engine.KeyField) {
		return Order{}, unknown // the key is looked up before an id that names nothing is refused
	}
	if err != nil {
		return Order{}, err
	}
	return orderFor(ctx, a, c, o.Number)
}
