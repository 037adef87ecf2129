package api

import (
	"context"
	"maps"
	"slices"

	"handover/internal/accounts"
	"handover/internal/fault"
	"handover/internal/transfer"
)

// named is a kind of record that a request names: by our number or by the outside system's id.
type named struct{ prefix, label string }

var (
	aCustomer     = named{accounts.CustomerPrefix, "customer"}
	aDistributor  = named{accounts.DistributorPrefix, "distributor"}
	aSubscription = named{accounts.SubscriptionPrefix, "subscription"}
	aPlan         = named{accounts.PlanPrefix, "plan"}
)

// resolver puts our numbers in the place of outside ids, as far as the caller sees the records.
// The first id that names nothing is kept as a NotFound fault.
type resolver struct {
	ctx     context.Context
	c       *caller
	missing error
	err     error
}

// number returns our number for an id of one of the kinds. An id in the form of our numbers is one.
func (r *resolver) number(id string, kinds ...named) string {
	if id == "" || r.err != nil {
		return id
	}
	for _, k := range kinds {
		if idOf(k.prefix, id) > 0 {
			return id
		}
	}
	for _, k := range kinds {
		var number string
		if number, r.err = accounts.NumberOfExternalID(r.ctx, r.c.db(), k.prefix, id); r.err != nil {
			return id
		}
		if number != "" {
			return number
		}
	}
	if r.missing == nil {
		r.missing = fault.New(fault.NotFound, msgNoRecord, kinds[0].label, id)
	}
	return id
}

// ours returns the request with our numbers in the place of outside ids. An id that names nothing
// that the caller sees stays, and is a NotFound fault.
func (c *caller) ours(ctx context.Context, req transfer.Request) (transfer.Request, error) {
	r := &resolver{ctx: ctx, c: c}
	req.SourceCustomer = r.number(req.SourceCustomer, aCustomer, aDistributor) // which has a finding of its own
	req.TargetCustomer = r.number(req.TargetCustomer, aCustomer, aDistributor)
	req.TargetDistributor = r.number(req.TargetDistributor, aDistributor)
	req.Subscriptions = slices.Clone(req.Subscriptions)
	for i, id := range req.Subscriptions {
		req.Subscriptions[i] = r.number(id, aSubscription)
	}
	req.Plans = r.keyed(req.Plans, aSubscription)
	for subscription, plan := range req.Plans {
		req.Plans[subscription] = r.number(plan, aPlan)
	}
	req.Delegate = slices.Clone(req.Delegate)
	for i, d := range req.Delegate {
		req.Delegate[i] = transfer.Delegation{Plan: r.number(d.Plan, aPlan), Prices: r.keyed(d.Prices, aDistributor)}
	}
	if r.err != nil {
		return req, r.err
	}
	return req, r.missing
}

// keyed returns the map with our numbers as keys.
func (r *resolver) keyed(m map[string]string, kind named) map[string]string {
	if m == nil {
		return nil
	}
	out := make(map[string]string, len(m))
	for _, id := range slices.Sorted(maps.Keys(m)) {
		out[r.number(id, kind)] = m[id]
	}
	return out
}
