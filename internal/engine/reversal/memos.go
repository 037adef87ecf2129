package reversal

import (
	"context"
	"fmt"
	"slices"

	"github.com/lib/pq"
	"github.com/shopspring/decimal"

	"handover/internal/db"
	"handover/internal/engine/flow"
	"handover/internal/engine/situation"
	"handover/internal/ledger"
	"handover/internal/record"
	"handover/internal/transfer"
)

// counterMemos settles the memos of a row of the ledger, each by a memo of the same amount
// the other way round, with a journal entry that takes the first one's back.
func counterMemos(ctx context.Context, q db.Querier, x *flow.Execution, row ledgerRow) error {
	var ids pq.Int64Array
	if err := q.GetContext(ctx, &ids, `select record_ids from transfer_ledger where id = $1`, row.ID); err != nil {
		return fmt.Errorf("read the memos of the ledger: %w", err)
	}
	mine := slices.DeleteFunc(slices.Clone(x.Reversal.Memos), func(m situation.CarriedMemo) bool {
		return m.Kind != row.Kind || !slices.Contains(ids, m.ID)
	})
	if len(mine) == 0 {
		return nil
	}
	set := counterSet(x, mine)
	counters, err := x.WriteMemos(ctx, q, set)
	if err != nil {
		return err
	}
	entries, err := counterEntries(ctx, q, x, set, mine, counters)
	if err != nil {
		return err
	}
	if err := settleCounters(ctx, q, x, set, mine, counters); err != nil {
		return err
	}
	declareCounters(x, set, mine)
	for i, m := range mine {
		posted := x.Posted(set, set.Memos[i], counters[i], entries[i])
		posted.Original, posted.Debit, posted.Credit = transfer.AmountOf(m.Original, m.OriginalCurrency),
			m.Credit, m.Debit
		x.Result.Memos = append(x.Result.Memos, posted)
	}
	return nil
}

// declareCounters notes what the memos that take others back add.
func declareCounters(x *flow.Execution, set flow.MemoSet, mine []situation.CarriedMemo) {
	n, sum, effect := int64(len(mine)), decimal.Zero, decimal.Zero
	for _, m := range mine {
		sum, effect = sum.Add(m.Amount), effect.Add(m.Effect())
	}
	taken := ledger.Facts{Memo: mine[0].Number}
	if n > 1 {
		taken = ledger.Facts{Memos: len(mine)}
	}
	x.Declare(set.Kind, set.Currency, n, sum, ledger.CounterMemos, taken)
	x.Declare("journal_entry", set.Currency, n, sum, ledger.MemoEntries, ledger.Facts{})
	if x.Converts {
		x.Declare("balance", set.Currency, 0, effect, ledger.BalanceTakenBack, taken)
	}
}

// counterSet are the memos that take others back, which belong to one account.
func counterSet(x *flow.Execution, mine []situation.CarriedMemo) flow.MemoSet {
	set := flow.MemoSet{
		Kind: mine[0].Counter(), Customer: mine[0].Customer, Currency: mine[0].Currency, Status: "applied",
		Original: mine[0].OriginalCurrency, Rate: decimal.NewFromInt(1),
	}
	if x.ToGainer(&set); mine[0].Customer != x.Source.ID {
		x.FromLoser(&set)
	}
	for _, m := range mine {
		set.Memos = append(set.Memos,
			flow.Memo{CarriedItem: situation.CarriedItem{Original: m.Original, Amount: m.Amount}, TakesBack: m.Number})
	}
	return set
}

// counterEntries posts the entries of the memos the other way round, over the same accounts,
// dated the posting date of the reversal.
func counterEntries(ctx context.Context, q db.Querier, x *flow.Execution, set flow.MemoSet,
	mine []situation.CarriedMemo, counters []int64,
) ([]int64, error) {
	ids, err := flow.NewIDs(ctx, q, "journal_entries", "JE", len(mine))
	if err != nil {
		return nil, err
	}
	given := make([]int64, len(mine))
	for i, m := range mine {
		given[i] = m.EntryID
	}
	_, err = x.Create(ctx, q, "journal_entry", `
		insert into journal_entries (id, distributor_id, posted_on, source_kind, source_id, by_transfer, carried,
		                             carried_by, counterparty_distributor_id, counterparty_customer_id,
		                             counterparty_name, counterparty_entity)
		select n.id, e.distributor_id, @posts_on, @source_kind, n.source, true, @carried, @order, @other,
		       nullif(@account::bigint, 0), @name, e.counterparty_entity
		from unnest(@ids::bigint[], @given::bigint[], @counters::bigint[]) as n(id, given, source)
		join journal_entries e on e.id = n.given order by n.id`, record.Args{
		"posts_on": x.PostsOn(), "source_kind": set.Kind, "ids": ids, "given": given, "counters": counters,
		"carried": set.Carried, "other": set.Other.ID, "account": set.Account, "name": set.Name,
	})
	if err != nil {
		return nil, err
	}
	_, err = x.Create(ctx, q, "journal_line", `
		insert into journal_lines (entry_id, account, debit, credit, currency, order_id,
		                           counterparty_distributor_id, counterparty_entity, original_amount,
		                           original_currency, rate)
		select n.id, l.account, l.credit, l.debit, l.currency, case when l.order_id is not null then @order::bigint end,
		       l.counterparty_distributor_id, l.counterparty_entity, l.original_amount, l.original_currency, l.rate
		from unnest(@ids::bigint[], @given::bigint[]) as n(id, given) join journal_lines l on l.entry_id = n.given
		order by n.id, l.id`,
		record.Args{"ids": ids, "given": given})
	return ids, err
}

// settleCounters allocates each memo and its counter-memo to each other; both are applied.
func settleCounters(ctx context.Context, q db.Querier, x *flow.Execution, set flow.MemoSet,
	mine []situation.CarriedMemo, counters []int64,
) error {
	memos, amounts := make([]int64, len(mine)), make([]string, len(mine))
	for i, m := range mine {
		memos[i], amounts[i] = m.ID, m.Amount.String()
	}
	credits, documents := memos, counters
	if set.Kind == "credit_memo" {
		credits, documents = counters, memos
	}
	_, err := x.Create(ctx, q, "credit_allocation", `
		insert into credit_allocations (credit_memo_id, debit_memo_id, amount, order_id)
		select a.credit, a.document, a.amount::numeric, @order
		from unnest(@credits::bigint[], @documents::bigint[], @amounts::text[])
		     with ordinality as a(credit, document, amount, n) order by a.n`,
		record.Args{"credits": credits, "documents": documents, "amounts": amounts})
	if err != nil {
		return err
	}
	return x.Change(ctx, q, ledger.Change{
		Kind: mine[0].Kind, Column: "status", Type: "text", Value: `'applied'`,
		Where: `t.id = any(@memos)`,
	}, record.Args{"memos": memos})
}
