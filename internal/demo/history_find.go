package demo

import (
	"context"
	"fmt"

	"github.com/lib/pq"

	"handover/internal/audit"
	"handover/internal/billing"
	"handover/internal/fault"
	"handover/internal/order"
	"handover/internal/record"
	"handover/internal/transfer"
)

// triedSources is how many customers are tried for one order; historySources is where they are
// looked for: among the first generated ones, so that a large load takes no longer.
const (
	triedSources   = 12
	historySources = 1500
)

// routes are the ways of distributor transfers, by the outside ids of distributors.
var routes = map[string]string{aurora: nordlys, nordlys: vest, vest: nordlys, morava: aurora, thames: aurora}

// candidate is a customer who may be the source of an order.
type candidate struct {
	ID          int64  `db:"id"`
	Number      string `db:"number"`
	Distributor string `db:"distributor"` // outside id
	SellerID    int64  `db:"distributor_id"`
	Currency    string `db:"currency"`
}

// submit asks for a transfer of the kind whose preview does not block, and returns its number, ""
// if no customer has such a one. from is the outside id of its distributor, "" = any; start is when it is to
// run, "" = at once.
func (h *history) submit(ctx context.Context, kind record.FlowKind, from, start string) (string, error) {
	o, p, err := h.draft(ctx, kind, from, start)
	if err != nil || o.Number == "" {
		return "", err
	}
	accepted := accepting(p, transfer.Request{StartAt: start})
	if err := h.engine.Submit(ctx, h.requester(o), o.ID, o.Version, accepted); err != nil {
		return "", fmt.Errorf("submit %s: %w", o.Number, err)
	}
	return o.Number, nil
}

// requester is who asked for the order.
func (h *history) requester(o order.Order) audit.Actor {
	for _, person := range h.people {
		if o.RequestedBy != nil && *o.RequestedBy == person.ID {
			return person
		}
	}
	return h.people[provider]
}

// draft leaves a draft of a transfer whose preview does not block, none if no customer has such a one.
func (h *history) draft(ctx context.Context, kind record.FlowKind, from, start string) (order.Order, transfer.Preview,
	error,
) {
	var o order.Order
	var p transfer.Preview
	sources, err := h.sources(ctx, kind, from)
	if err != nil {
		return o, p, err
	}
	for _, c := range sources {
		req, err := h.request(ctx, kind, c)
		if err != nil {
			return o, p, err
		}
		asked := req
		asked.StartAt = start
		p, err = h.engine.Preview(ctx, asked)
		switch {
		case fault.Is(err, fault.Invalid) || err == nil && !p.Executable:
			h.used[c.ID] = true // not tried again
			continue
		case err != nil:
			return o, p, err
		}
		actor := h.people[provider]
		if c.Distributor == nordlys || c.Distributor == vest {
			actor = h.people[reseller]
		}
		h.used[c.ID] = true
		if target, ok := record.IDOf(record.CustomerPrefix, req.TargetCustomer); ok {
			h.used[target] = true
		}
		o, err = h.engine.OpenDraft(ctx, actor, kind, c.Number)
		if err == nil {
			o, err = h.engine.UpdateDraft(ctx, actor, o.Number, o.Version, func(r *transfer.Request) { *r = req })
		}
		return o, p, err
	}
	return o, p, nil
}

// sources are generated customers without a transfer yet: those first of whom no document is dated after
// the moment of the history.
func (h *history) sources(ctx context.Context, kind record.FlowKind, from string) ([]candidate, error) {
	var out []candidate
	err := h.db.SelectContext(ctx, &out, `
		select c.id, number_of('C', c.id) as number, d.external_id as distributor, c.distributor_id, c.currency
		from customers c join distributors d on d.id = c.distributor_id
		where c.id in (select id from customers order by id limit $6)
		  and c.status = 'active' and c.id <> all($1) and not c.name = any($2) and c.parent_customer_id is null
		  and not exists (select 1 from customers k where k.parent_customer_id = c.id or k.successor_id = c.id)
		  and d.external_id = any($3) and ($4 = '' or d.external_id = $4)
		  and exists (select 1 from subscriptions s where s.customer_id = c.id and s.status = 'active')
		order by exists (select 1 from invoices i where i.customer_id = c.id and i.issued_on > $5::date), c.id
		limit $7`, pq.Array(h.usedIDs()), pq.Array(namedCustomers()), pq.Array(sellersOf(kind)), from, h.now,
		historySources, triedSources)
	if err != nil {
		return nil, fmt.Errorf("look for a customer: %w", err)
	}
	return out, nil
}

// sellersOf are the distributors whose customers a kind of transfer takes.
func sellersOf(kind record.FlowKind) []string {
	if kind == record.Distributor {
		return []string{aurora, nordlys, vest, morava, thames}
	}
	return []string{aurora, nordlys, thames, morava}
}

// namedCustomers are those that a story or a case is about.
func namedCustomers() []string {
	names := []string{"Petit Matin SARL", "Blue Fjord Trading AS"}
	for _, s := range stories {
		names = append(names, s.name)
	}
	for _, c := range cases {
		names = append(names, c.Customer, c.Other)
	}
	return names
}

// request is what a transfer of the customer asks for.
func (h *history) request(ctx context.Context, kind record.FlowKind, c candidate) (transfer.Request, error) {
	req := transfer.Request{Kind: kind, SourceCustomer: c.Number}
	if kind == record.Distributor {
		var to struct {
			Number   string `db:"number"`
			Currency string `db:"currency"`
		}
		err := h.db.GetContext(ctx, &to, `select number_of('D', id) as number, currency from distributors
			where external_id = $1`, routes[c.Distributor])
		if err != nil {
			return req, fmt.Errorf("find the new distributor: %w", err)
		}
		req.TargetDistributor, req.Mode = to.Number, transfer.ModeSubscriptions
		if to.Currency != c.Currency {
			rate, err := billing.ProposeRate(ctx, h.db, c.Currency, to.Currency)
			if err != nil {
				return req, err
			}
			req.ConversionRate = rate.Shown().String()
		}
		return req, nil
	}
	var targets []string
	err := h.db.SelectContext(ctx, &targets, `
		select number_of('C', c.id) from customers c
		where c.distributor_id = $1 and c.currency = $2 and c.id > $3 and c.status = 'active'
		  and c.parent_customer_id is null and not c.name = any($4) and c.id <> all($5)
		order by c.id limit 1`, c.SellerID, c.Currency, c.ID, pq.Array(namedCustomers()), pq.Array(h.usedIDs()))
	if err != nil {
		return req, fmt.Errorf("look for another customer: %w", err)
	}
	if len(targets) > 0 {
		req.TargetCustomer = targets[0]
	}
	if kind == record.Subscriptions {
		err = h.db.SelectContext(ctx, &req.Subscriptions, `
			select number_of('S', id) from subscriptions where customer_id = $1 and status = 'active'
			order by id`, c.ID)
	}
	return req, err
}

func (h *history) usedIDs() []int64 {
	out := []int64{}
	for id := range h.used {
		out = append(out, id)
	}
	return out
}
