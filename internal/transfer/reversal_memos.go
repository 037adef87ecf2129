package transfer

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/lib/pq"
	"github.com/shopspring/decimal"

	"handover/internal/db"
)

// counterMemos settles the memos of a row of the ledger, each by a memo of the same amount
// the other way round, with a journal entry that takes the first one's back.
func (x *execution) counterMemos(ctx context.Context, q db.Querier, row ledgerRow) error {
	var ids pq.Int64Array
	if err := q.GetContext(ctx, &ids, `select record_ids from transfer_ledger where id = $1`, row.ID); err != nil {
		return fmt.Errorf("read the memos of the ledger: %w", err)
	}
	mine := slices.DeleteFunc(slices.Clone(x.reversal.memos), func(m carriedMemo) bool {
		return m.Kind != row.Kind || !slices.Contains(ids, m.ID)
	})
	if len(mine) == 0 {
		return nil
	}
	set := x.counterSet(mine)
	counters, err := x.writeMemos(ctx, q, set)
	if err != nil {
		return err
	}
	entries, err := x.counterEntries(ctx, q, set, mine, counters)
	if err != nil {
		return err
	}
	if err := x.settleCounters(ctx, q, set, mine, counters); err != nil {
		return err
	}
	x.declareCounters(set, mine)
	for i, m := range mine {
		posted := x.posted(set, set.memos[i], counters[i], entries[i])
		posted.Original, posted.Debit, posted.Credit = amountOf(m.Original, m.OriginalCurrency), m.Credit, m.Debit
		x.result.Memos = append(x.result.Memos, posted)
	}
	return nil
}

// declareCounters notes what the memos that take others back add.
func (x *execution) declareCounters(set memoSet, mine []carriedMemo) {
	n, sum, effect := int64(len(mine)), decimal.Zero, decimal.Zero
	for _, m := range mine {
		sum, effect = sum.Add(m.Amount), effect.Add(m.effect())
	}
	what, entry, of := "memo that takes "+mine[0].Number+" back", "entry of that memo", mine[0].Number
	if n > 1 {
		of = plural(len(mine), "memo", "memos")
		what, entry = "memos that take "+of+" back", "entries of these memos"
	}
	x.declare(set.kind, set.currency, what, n, sum)
	x.declare("journal_entry", set.currency, entry, n, sum)
	if x.converts {
		x.declare("balance", set.currency, "the balance that "+of+" carried", 0, effect)
	}
}

// counterSet are the memos that take others back, which belong to one account.
func (x *execution) counterSet(mine []carriedMemo) memoSet {
	in, other, text := x.from, x.to, fmt.Sprintf("Balance carried to %s by %s", x.gainer(), x.number)
	if mine[0].Customer != x.source.ID {
		in, other, text = x.to, x.from, fmt.Sprintf("Balance carried from %s by %s", x.loser(), x.number)
	}
	set := memoSet{
		kind: mine[0].counter(), customer: mine[0].Customer, currency: mine[0].Currency, in: in, other: other, status: "applied",
		original: mine[0].OriginalCurrency, rate: decimal.NewFromInt(1), entry: text,
	}
	for _, m := range mine {
		set.memos = append(set.memos, memo{carriedItem{Original: m.Original, Amount: m.Amount}, text + ": takes back " + m.Number})
	}
	return set
}

// counterEntries posts the entries of the memos the other way round, over the same accounts,
// dated the posting date of the reversal.
func (x *execution) counterEntries(ctx context.Context, q db.Querier, set memoSet, mine []carriedMemo, counters []int64) ([]int64, error) {
	ids, err := newIDs(ctx, q, "journal_entries", "JE", len(mine))
	if err != nil {
		return nil, err
	}
	given, texts := make([]int64, len(mine)), make([]string, len(mine))
	for i, m := range mine {
		given[i], texts[i] = m.EntryID, set.entry
		if _, between, ok := strings.Cut(m.Entry, ", intercompany with "); ok {
			texts[i] += ", intercompany with " + between
		}
	}
	_, err = x.create(ctx, q, "journal_entry", `
		insert into journal_entries (id, distributor_id, posted_on, memo, source_kind, source_id, by_transfer)
		select n.id, e.distributor_id, @posts_on, n.text, @source_kind, n.source, true
		from unnest(@ids::bigint[], @given::bigint[], @texts::text[], @counters::bigint[]) as n(id, given, text, source)
		join journal_entries e on e.id = n.given order by n.id`, args{
		"posts_on": x.postsOn(), "source_kind": set.kind, "ids": ids, "given": given, "texts": texts, "counters": counters,
	})
	if err != nil {
		return nil, err
	}
	_, err = x.create(ctx, q, "journal_line", `
		insert into journal_lines (entry_id, account, debit, credit, currency, order_id, counterparty_distributor_id, counterparty_entity,
		                           original_amount, original_currency, rate)
		select n.id, l.account, l.credit, l.debit, l.currency, case when l.order_id is not null then @order::bigint end,
		       l.counterparty_distributor_id, l.counterparty_entity, l.original_amount, l.original_currency, l.rate
		from unnest(@ids::bigint[], @given::bigint[]) as n(id, given) join journal_lines l on l.entry_id = n.given order by n.id, l.id`,
		args{"ids": ids, "given": given})
	return ids, err
}

// settleCounters allocates each memo and its counter-memo to each other; both are applied.
func (x *execution) settleCounters(ctx context.Context, q db.Querier, set memoSet, mine []carriedMemo, counters []int64) error {
	memos, amounts := make([]int64, len(mine)), make([]string, len(mine))
	for i, m := range mine {
		memos[i], amounts[i] = m.ID, m.Amount.String()
	}
	credits, documents := memos, counters
	if set.kind == "credit_memo" {
		credits, documents = counters, memos
	}
	_, err := x.create(ctx, q, "credit_allocation", `
		insert into credit_allocations (credit_memo_id, debit_memo_id, amount, order_id)
		select a.credit, a.document, a.amount::numeric, @order
		from unnest(@credits::bigint[], @documents::bigint[], @amounts::text[]) with ordinality as a(credit, document, amount, n) order by a.n`,
		args{"credits": credits, "documents": documents, "amounts": amounts})
	if err != nil {
		return err
	}
	return x.change(ctx, q, change{mine[0].Kind, "status", "text", `'applied'`, `t.id = any(@memos)`}, args{"memos": memos})
}
