package flow

import (
	"context"
	"fmt"

	"handover/internal/db"
	"handover/internal/ledger"
	"handover/internal/record"
	"handover/internal/transfer"
)

// takeTerms copies each acceptance onto the new distributor's document; of two that
// map to one document the older wins.
func takeTerms(ctx context.Context, q db.Querier, x *Execution) error {
	if x.Request.Mode != transfer.ModeEverything {
		return x.withholdTerms(ctx, q)
	}
	var from, to []int64
	for _, a := range x.Acceptance {
		if a.TargetID != nil {
			from, to = append(from, a.ID), append(to, *a.TargetID)
		}
	}
	ids, err := x.Create(ctx, q, "terms_acceptance", `
		insert into terms_acceptances (customer_id, terms_id, accepted_at, accepted_by)
		select distinct on (m.terms_id) @target::bigint, m.terms_id, a.accepted_at, a.accepted_by
		from unnest(@from::bigint[], @to::bigint[]) as m(id, terms_id) join terms_acceptances a on a.id = m.id
		order by m.terms_id, a.accepted_at, a.id`, record.Args{"from": from, "to": to})
	x.passOnChosen("terms acceptances", len(ids), "the requester chose the mode with terms; each is copied onto "+
		"the new distributor's document with the same root document")
	x.withhold("terms acceptances", len(x.Acceptance)-len(from),
		"the new distributor has no document with the same root document")
	return err
}

// withholdTerms states that the mode leaves the acceptances behind.
func (x *Execution) withholdTerms(ctx context.Context, q db.Querier) error {
	var n int
	if err := q.GetContext(ctx, &n, `select count(*) from terms_acceptances where customer_id = $1`,
		x.Source.ID); err != nil {
		return fmt.Errorf("count the terms acceptances: %w", err)
	}
	x.withholdByMode("terms acceptances", n)
	return nil
}

// takeMethods copies the payment methods that both distributors process through one
// merchant account; the old rows become inactive.
func takeMethods(ctx context.Context, q db.Querier, x *Execution) error {
	var kept []int64
	for _, m := range x.Methods {
		if m.Kept {
			kept = append(kept, m.ID)
		}
	}
	if x.Request.Mode != transfer.ModeEverything {
		x.withholdByMode("payment methods", len(x.Methods))
		return nil
	}
	x.withhold("payment methods", len(x.Methods)-len(kept),
		"the new distributor does not process them through the same merchant account")
	if len(kept) == 0 {
		return nil
	}
	_, err := x.Create(ctx, q, "payment_method", `
		insert into payment_methods (id, customer_id, merchant_account, kind, label, status)
		select next_id('payment_methods', 'PM'), @target, merchant_account, kind, label, status
		from payment_methods where id = any(@kept) order by id`, record.Args{"kept": kept})
	if err != nil {
		return err
	}
	x.passOnChosen("payment methods", len(kept),
		"the requester chose the mode with payment methods, and both distributors use one merchant account")
	return x.Change(ctx, q, ledger.Change{
		Kind: "payment_method", Column: "status", Type: "text", Value: `'inactive'`,
		Where: `t.id = any(@kept)`,
	}, record.Args{"kept": kept})
}
