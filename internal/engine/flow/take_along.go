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
	x.passOnChosen(dataAcceptances, len(ids), whyAcceptancesCopied)
	x.withhold(dataAcceptances, len(x.Acceptance)-len(from), whyNoCounterpart)
	return err
}

// withholdTerms states that the mode leaves the acceptances behind.
func (x *Execution) withholdTerms(ctx context.Context, q db.Querier) error {
	var n int
	if err := q.GetContext(ctx, &n, `select count(*) from terms_acceptances where customer_id = $1`,
		x.Source.ID); err != nil {
		return fmt.Errorf("count the terms acceptances: %w", err)
	}
	x.withholdByMode(dataAcceptances, n)
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
		x.withholdByMode(dataPaymentMethods, len(x.Methods))
		return nil
	}
	x.withhold(dataPaymentMethods, len(x.Methods)-len(kept), whyOtherMerchant)
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
	x.passOnChosen(dataPaymentMethods, len(kept), whySameMerchant)
	return x.Change(ctx, q, ledger.Change{
		Kind: "payment_method", Column: "status", Type: "text", Value: `'inactive'`,
		Where: `t.id = any(@kept)`,
	}, record.Args{"kept": kept})
}
