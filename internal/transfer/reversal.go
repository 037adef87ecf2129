package transfer

import (
	"context"
	"time"

	"handover/internal/db"
	"handover/internal/fault"
)

// reversalOf is the request that takes the order back: what the target gained, it loses.
func reversalOf(o Order) Request {
	req := Request{Kind: o.Kind, Reverses: o.Number, SourceCustomer: o.TargetNumber, TargetCustomer: o.SourceNumber}
	if o.Kind == Distributor {
		req.TargetDistributor = Number(distributorPrefix, o.SourceDistributorID)
	}
	return req
}

// loadReversal reads the situation of a reversal: who gained loses now.
func loadReversal(ctx context.Context, q db.Querier, req Request, orderID int64, now time.Time) (*situation, error) {
	var wrong fault.Fields
	if req.checkCommon(&wrong); len(wrong) > 0 {
		return nil, wrong.Err()
	}
	s := &situation{now: now, request: req, flow: Flow{Kind: req.Kind, Label: "Reversal"}, orderID: orderID, reversal: &reversal{}}
	if err := s.admit(ctx, q); err != nil {
		return nil, err
	}
	var err error
	if s.reversal.order, err = GetOrder(ctx, q, req.Reverses); err != nil {
		return nil, err
	}
	asked := reversalOf(s.reversal.order)
	if s.reversal.order.Status != "completed" || asked.Kind != req.Kind || asked.SourceCustomer != req.SourceCustomer || asked.TargetCustomer != req.TargetCustomer {
		return nil, fault.New(fault.Conflict, "%s cannot be reversed: it is %s.", req.Reverses, words(s.reversal.order.Status))
	}
	if s.source, err = loadAccount(ctx, q, "source_customer", req.SourceCustomer); err != nil {
		return nil, err
	}
	if s.target, err = loadAccount(ctx, q, "target_customer", req.TargetCustomer); err != nil {
		return nil, err
	}
	if s.from, err = s.loadCompany(ctx, q, s.source.DistributorID); err != nil {
		return nil, err
	}
	if s.to, err = s.loadCompany(ctx, q, s.target.DistributorID); err != nil {
		return nil, err
	}
	s.converts = s.source.Currency != s.target.Currency
	for _, read := range reversalLoaders {
		if err := read(ctx, q, s); err != nil {
			return nil, err
		}
	}
	return s, nil
}
