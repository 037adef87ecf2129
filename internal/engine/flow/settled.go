package flow

import (
	"context"
	"fmt"

	"handover/internal/db"
	"handover/internal/ledger"
	"handover/internal/record"
)

// allocate writes the planned allocations, in one statement per table; memoID is the
// transfer's own memo.
func (x *Execution) allocate(ctx context.Context, q db.Querier, memoID int64) error {
	for _, t := range []struct{ kind, table, column, credit string }{
		{"payment_allocation", "payment_allocations", "payment_id", "payment"},
		{"credit_allocation", "credit_allocations", "credit_memo_id", "credit_memo"},
	} {
		var credits, invoices, memos []int64
		var amounts []string
		for _, a := range x.Carry.Allocations {
			if a.CreditKind != t.credit {
				continue
			}
			invoice, memo := orElse(a.DocumentID, memoID), int64(0)
			if a.DocumentKind == "debit_memo" {
				invoice, memo = memo, invoice
			}
			credits, amounts = append(credits, orElse(a.CreditID, memoID)), append(amounts, a.Amount.String())
			invoices, memos = append(invoices, invoice), append(memos, memo)
		}
		if len(credits) == 0 {
			continue
		}
		_, err := x.Create(ctx, q, t.kind, fmt.Sprintf(`
			insert into %s (%s, invoice_id, debit_memo_id, amount, counts, order_id)
			select a.credit, nullif(a.invoice, 0), nullif(a.memo, 0), a.amount::numeric, a.amount::numeric, @order
			from unnest(@credits::bigint[], @invoices::bigint[], @memos::bigint[],
			            @amounts::text[]) with ordinality as a(credit, invoice, memo, amount, n)
			order by a.n`, t.table, t.column), record.Args{
			"credits": credits, "invoices": invoices, "memos": memos,
			"amounts": amounts,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func orElse(id, other int64) int64 {
	if id == 0 {
		return other
	}
	return id
}

// partFailed parts failed payments that stay from the documents that went to the other
// account: what they ask of them counts for nothing from then on, also where such a payment
// is collected after all, since money settles nothing across accounts that a transfer parted
// (docs/domain.md, "Exactly which records move").
func partFailed(ctx context.Context, q db.Querier, x *Execution) error {
	if x.Flow.Kind == record.Merge && x.Effective == nil {
		return nil // everything moved
	}
	went := func(kind string) string {
		return fmt.Sprintf(`t.%[1]s_id in (select unnest(record_ids) from transfer_ledger
			where order_id = @order and kind = '%[1]s' and column_name = 'customer_id')`, kind)
	}
	return x.Change(ctx, q, ledger.Change{
		Kind: "payment_allocation", Column: "parted", Type: "boolean", Value: "true",
		Where: `t.payment_id in (select p.id from payments p where p.customer_id = @source and p.status = 'failed')
			and (` + went("invoice") + ` or ` + went("debit_memo") + `)`,
	}, nil)
}

// decideStatuses makes the transfer decide the status of what it settles. Otherwise a
// document that was opened because too little of its allocations counts would return to
// its former status without a step of the order, and no ledger would know.
func (x *Execution) decideStatuses(ctx context.Context, q db.Querier, memoID int64) error {
	for _, k := range record.Kinds {
		if k.Settled == nil {
			continue
		}
		ids := x.touched(k.Name, memoID)
		if len(ids) == 0 {
			continue
		}
		err := x.Change(ctx, q, ledger.Change{
			Kind: k.Name, Column: "settled_status", Type: "text", Value: "null::text",
			Where: "t.id = any(@touched) and t.settled_status is not null",
		}, record.Args{"touched": ids})
		if err != nil {
			return err
		}
	}
	return nil
}

// closeSettled marks what is settled now. What the memo that takes the balance away settled
// or used up, in part or whole, is transferred; that memo itself is applied, as is what
// the account's own money and credits settled (an invoice: paid).
func (x *Execution) closeSettled(ctx context.Context, q db.Querier, memoID int64) error {
	for _, k := range record.Kinds {
		if k.Settled == nil {
			continue
		}
		for _, c := range []struct {
			status string
			ids    []int64
		}{{"transferred", x.takenAway(k.Name)}, {k.Settled.Status, x.touched(k.Name, memoID)}} {
			if len(c.ids) == 0 {
				continue
			}
			err := x.Change(ctx, q, ledger.Change{Kind: k.Name, Column: "status", Type: "text", Value: "'" + c.status +
				"'", Where: "t.id = any(@touched) and t.status = 'open' and " + k.Settled.When},
				record.Args{"touched": c.ids})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// touched returns the documents and credits of the kind that the carrying uses, and the
// transfer's own settling memo.
func (x *Execution) touched(kind string, memoID int64) []int64 {
	var ids []int64
	for _, a := range x.Carry.Allocations {
		if a.DocumentKind == kind && a.DocumentID != 0 {
			ids = append(ids, a.DocumentID)
		}
		if a.CreditKind == kind && a.CreditID != 0 {
			ids = append(ids, a.CreditID)
		}
	}
	if memoID != 0 && x.Carry.Memo == kind {
		ids = append(ids, memoID)
	}
	return ids
}

// takenAway returns those of the kind of which the settling memo settled or used up a part.
func (x *Execution) takenAway(kind string) []int64 {
	var ids []int64
	for _, a := range x.Carry.Allocations {
		if a.CreditID == 0 && a.DocumentKind == kind {
			ids = append(ids, a.DocumentID)
		}
		if a.DocumentID == 0 && a.CreditKind == kind {
			ids = append(ids, a.CreditID)
		}
	}
	return ids
}
