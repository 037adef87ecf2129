package reversal

import (
	"context"
	"time"

	"handover/internal/db"
	"handover/internal/engine/situation"
	"handover/internal/fault"
	"handover/internal/order"
	"handover/internal/record"
	"handover/internal/transfer"
)

// RequestOf is the request that takes the order back: what the target gained, it loses.
func RequestOf(o order.Order) transfer.Request {
	req := transfer.Request{
		Kind: o.Kind, Reverses: o.Number, SourceCustomer: o.TargetNumber,
		TargetCustomer: o.SourceNumber,
	}
	if o.Kind == record.Distributor {
		req.TargetDistributor = record.Number(record.DistributorPrefix, o.SourceDistributorID)
	}
	return req
}

// Load reads the situation of a reversal: who gained loses now.
func Load(ctx context.Context, q db.Querier, req transfer.Request, orderID int64,
	now time.Time,
) (*situation.Situation, error) {
	var wrong fault.Fields
	if req.CheckCommon(&wrong); len(wrong) > 0 {
		return nil, wrong.Err()
	}
	s := &situation.Situation{
		Now: now, Request: req, Flow: record.Flow{Kind: req.Kind, Label: "Reversal"},
		OrderID: orderID, Reversal: &situation.Reversal{},
	}
	if err := s.Admit(ctx, q); err != nil {
		return nil, err
	}
	var err error
	if s.Reversal.Order, err = order.GetOrder(ctx, q, req.Reverses); err != nil {
		return nil, err
	}
	asked := RequestOf(s.Reversal.Order)
	if s.Reversal.Order.Status != "completed" || asked.Kind != req.Kind ||
		asked.SourceCustomer != req.SourceCustomer || asked.TargetCustomer != req.TargetCustomer {
		return nil, fault.New(fault.Conflict, msgNotReversible, req.Reverses, transfer.Words(s.Reversal.Order.Status))
	}
	if s.Source, err = situation.LoadAccount(ctx, q, "source_customer", req.SourceCustomer); err != nil {
		return nil, err
	}
	if s.Target, err = situation.LoadAccount(ctx, q, "target_customer", req.TargetCustomer); err != nil {
		return nil, err
	}
	if s.From, err = s.LoadCompany(ctx, q, s.Source.DistributorID); err != nil {
		return nil, err
	}
	if s.To, err = s.LoadCompany(ctx, q, s.Target.DistributorID); err != nil {
		return nil, err
	}
	s.Converts = s.Source.Currency != s.Target.Currency
	for _, read := range loaders {
		if err := read(ctx, q, s); err != nil {
			return nil, err
		}
	}
	return s, nil
}
