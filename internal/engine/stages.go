package engine

import (
	"context"
	"slices"

	"handover/internal/db"
	"handover/internal/engine/flow"
	"handover/internal/engine/reversal"
	"handover/internal/engine/rules"
	"handover/internal/engine/situation"
	"handover/internal/record"
	"handover/internal/transfer"
)

// describers fill in, per transfer, the part of the preview that only this one has.
var describers = map[record.FlowKind]func(ctx context.Context, q db.Querier, s *situation.Situation,
	p *transfer.Preview) error{
	record.Distributor: describeDistributor, record.Subscriptions: describeCustomers, record.Merge: describeCustomers,
}

// describe fills in what only such a preview has.
func describe(ctx context.Context, q db.Querier, s *situation.Situation, p *transfer.Preview) error {
	if s.Reversal != nil {
		return reversal.Describe(ctx, q, s, p)
	}
	return describers[s.Flow.Kind](ctx, q, s, p)
}

// checksOf are those that apply to the request: a reversal has its own.
func checksOf(s *situation.Situation) []rules.Rule {
	list := rules.All()
	if s.Reversal != nil {
		list = reversal.Rules()
	}
	return slices.DeleteFunc(list, func(r rules.Rule) bool { return !slices.Contains(r.Flows, s.Flow.Kind) })
}

// steps are what the execution does.
func steps(x *flow.Execution) []flow.Step {
	if x.Reversal != nil {
		return reversal.Steps
	}
	return flow.StepsOf[x.Flow.Kind]
}

// loadAsked reads the situation of a new request. It refuses an impossible posting date,
// whereas an execution accepts one that has passed.
func (e *Engine) loadAsked(ctx context.Context, q db.Querier, req transfer.Request,
	orderID int64,
) (*situation.Situation, error) {
	s, err := e.load(ctx, q, req, orderID)
	if err != nil {
		return nil, err
	}
	return s, s.CheckPostOn(ctx, q)
}

// load reads the situation of a request. A source or target that does not exist is
// a NotFound fault.
func (e *Engine) load(ctx context.Context, q db.Querier, req transfer.Request,
	orderID int64,
) (*situation.Situation, error) {
	if req.Reverses != "" {
		return reversal.Load(ctx, q, req, orderID, e.Now())
	}
	return situation.Load(ctx, q, req, orderID, e.Now())
}
