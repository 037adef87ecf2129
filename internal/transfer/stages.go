package transfer

import (
	"context"
	"slices"

	"handover/internal/db"
)

// describers fill in, per transfer, the part of the preview that only this one has.
var describers = map[FlowKind]func(ctx context.Context, q db.Querier, s *situation, p *Preview) error{
	Distributor: describeDistributor, Subscriptions: describeCustomers, Merge: describeCustomers,
}

// describe fills in what only such a preview has.
func (s *situation) describe(ctx context.Context, q db.Querier, p *Preview) error {
	if s.reversal != nil {
		return describeReversal(ctx, q, s, p)
	}
	return describers[s.flow.Kind](ctx, q, s, p)
}

// rules are those that apply to the request: a reversal has its own.
func (s *situation) rules() []rule {
	list := rules()
	if s.reversal != nil {
		list = reversalRules()
	}
	return slices.DeleteFunc(list, func(r rule) bool { return !slices.Contains(r.Flows, s.flow.Kind) })
}

// steps are what the execution does.
func (x *execution) steps() []step {
	if x.reversal != nil {
		return reversalSteps
	}
	return stepsOf[x.flow.Kind]
}

// loadAsked reads the situation of a new request. It refuses an impossible posting date,
// whereas an execution accepts one that has passed.
func (e *Engine) loadAsked(ctx context.Context, q db.Querier, req Request, orderID int64) (*situation, error) {
	s, err := e.load(ctx, q, req, orderID)
	if err != nil {
		return nil, err
	}
	return s, s.checkPostOn(ctx, q)
}

// load reads the situation of a request. A source or target that does not exist is
// a NotFound fault.
func (e *Engine) load(ctx context.Context, q db.Querier, req Request, orderID int64) (*situation, error) {
	if req.Reverses != "" {
		return loadReversal(ctx, q, req, orderID, e.Now())
	}
	return loadSituation(ctx, q, req, orderID, e.Now())
}
