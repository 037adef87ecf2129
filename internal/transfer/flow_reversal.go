package transfer

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/lib/pq"
	"github.com/shopspring/decimal"

	"handover/internal/db"
)

// reversalFlow declares the reversal of an order of that kind (docs/domain.md 6.2): it reads what
// to do from the order's ledger, so it is one for all three transfers and for a reversal.
func reversalFlow(kind FlowKind) Flow {
	return Flow{
		Kind:     kind,
		Label:    "Reversal",
		Load:     []loader{loadCarried, loadStanding},
		Describe: describeReversal,
		Steps: []step{
			{"declare what comes back", declareReturn},
			{"give back what the ledger holds", giveBack},
			{"mark the order reversed", markReversed},
		},
	}
}

// unfolded selects line, record_id, column_name, before and after of the reversed order's
// ledger of a kind.
func unfolded(kind string) string {
	return fmt.Sprintf(`(select g.id as line, g.column_name, u.record_id, u.before, u.after
    from transfer_ledger g cross join lateral %s as u(record_id, before, after)
    where g.order_id = @reversed and g.kind = '%s')`, unfoldSQL("g", "before", "after"), kind)
}

// unfoldSQL makes rows of a ledger row: record_id and the values of the columns, each of
// which holds one value for all records or one for each. It reads each long value once; by
// its place in the array it would be unpacked anew for every record.
func unfoldSQL(row string, columns ...string) string {
	parts := []string{row + ".record_ids"}
	for _, c := range columns {
		parts = append(parts, fmt.Sprintf("case when cardinality(%[1]s.%[2]s) = 1 then array_fill(%[1]s.%[2]s[1], array[cardinality(%[1]s.record_ids)]) else %[1]s.%[2]s end", row, c))
	}
	return "unnest(" + strings.Join(parts, ", ") + ")"
}

// given selects, of a column that the order wrote, each record with the value before.
func given(kind, column string) string {
	return fmt.Sprintf(`(select distinct on (l.record_id) l.record_id, l.before from %s l where l.column_name = '%s' order by l.record_id, l.line)`, unfolded(kind), column)
}

// ledgered selects the ids of the records of a kind of which the order wrote the column.
func ledgered(kind, column string) string {
	return fmt.Sprintf(`(select unnest(g.record_ids) from transfer_ledger g where g.order_id = @reversed and g.kind = '%s' and g.column_name = '%s')`, kind, column)
}

// born selects the ids of the rows of a kind that the order created.
func born(kind string) string {
	return fmt.Sprintf(`(select unnest(g.record_ids) from transfer_ledger g
        where g.order_id = @reversed and g.kind = '%s' and g.column_name = '' and g.before[1] is null)`, kind)
}

// bornInLine selects the ids of the rows of a kind that the order created, or one of the
// orders that it takes back, or those take back.
func bornInLine(kind string) string {
	return fmt.Sprintf(`(with recursive line as (
            select id, reverses_id from transfer_orders where id = @reversed
            union all select o.id, o.reverses_id from transfer_orders o join line l on o.id = l.reverses_id)
        select unnest(g.record_ids) from transfer_ledger g join line l on l.id = g.order_id
        where g.kind = '%s' and g.column_name = '' and g.before[1] is null)`, kind)
}

// returns is the condition under which a record of the account that loses comes back.
func (k Kind) returns() string {
	owned := func(kind string) string { return ledgered(kind, "customer_id") }
	switch {
	case k.Name == "journal_entry":
		return entriesBack()
	case k.Root:
		return `$.id in ` + owned(k.Name)
	case k.Name == "invoice_line":
		return `$.invoice_id in ` + owned("invoice")
	case k.Name == "refund":
		return `$.payment_id in ` + owned("payment")
	}
	return fmt.Sprintf(`($.invoice_id in %s or $.invoice_id is null and ($.subscription_id in %s or $.id in %s))`,
		owned("invoice"), owned("subscription"), ledgered(k.Name, "subscription_id"))
}

// stays is the condition under which a record r of the account that loses does not come
// back, and is none that the transfers wrote themselves.
func (k Kind) stays() string {
	condition := fmt.Sprintf(`not coalesce(%s, false)`, at(k.returns(), "r"))
	switch k.Name {
	case "credit_memo", "debit_memo", "journal_entry":
		condition += ` and r.id not in ` + bornInLine(k.Name)
	}
	return condition
}

// hangs reports whether the kind is owned through a subscription until it is billed.
func (k Kind) hangs() bool { return k.Unbilled || k.Name == "revenue_schedule" }

// carriedMemo is a memo that the reversed order wrote, with its journal entry.
type carriedMemo struct {
	Kind     string          `db:"kind"`
	ID       int64           `db:"id"`
	Number   string          `db:"number"`
	Customer int64           `db:"customer_id"`
	IssuedOn time.Time       `db:"issued_on"`
	Amount   decimal.Decimal `db:"amount"`
	Currency string          `db:"currency"`
	Status   string          `db:"status"`
	EntryID  int64           `db:"entry_id"`
	Entry    string          `db:"entry_memo"`
	Foreign  bool            `db:"allocated"` // something else than the order allocated it

	Debit            string          `db:"debit"` // the accounts of its entry
	Credit           string          `db:"credit"`
	Original         decimal.Decimal `db:"original_amount"` // on the giving side
	OriginalCurrency string          `db:"original_currency"`
}

// counter is the kind of memo that settles it.
func (m carriedMemo) counter() string {
	if m.Kind == "credit_memo" {
		return "debit_memo"
	}
	return "credit_memo"
}

// effect is what the counter-memo, with the allocations that are taken back, does to the
// balance of the account.
func (m carriedMemo) effect() decimal.Decimal {
	if m.Kind == "credit_memo" {
		return m.Amount
	}
	return m.Amount.Neg()
}

// loadCarried reads the memos that the order wrote.
func loadCarried(_ *Engine, ctx context.Context, q db.Querier, s *situation) error {
	const memos = `
		select '%[1]s' as kind, m.id, m.number, m.customer_id, m.issued_on, m.amount, m.currency, m.status, e.id as entry_id, e.memo as entry_memo,
		       %[3]s as allocated, l.debit, l.credit, coalesce(l.original_amount, m.amount) as original_amount, coalesce(l.original_currency, m.currency) as original_currency
		from %[1]ss m join journal_entries e on e.source_kind = '%[1]s' and e.source_id = m.id and e.id in %[4]s
		join lateral (select coalesce(min(account) filter (where debit > 0), '') as debit, coalesce(min(account) filter (where credit > 0), '') as credit,
		                     min(original_amount) as original_amount, min(original_currency) as original_currency from journal_lines where entry_id = e.id) l on true
		where m.id in %[2]s`
	text, values := bind(fmt.Sprintf(memos, "credit_memo", born("credit_memo"), foreign("credit_memo"), born("journal_entry"))+
		"\nunion all"+fmt.Sprintf(memos, "debit_memo", born("debit_memo"), foreign("debit_memo"), born("journal_entry"))+"\norder by 1, 2", s.args())
	if err := q.SelectContext(ctx, &s.reversal.memos, text, values...); err != nil {
		return fmt.Errorf("read the memos that the order wrote: %w", err)
	}
	return nil
}

// foreign: something that the order did not write is allocated to the memo m, or may come to
// be. What counts for nothing, as of a failed payment, is not.
func foreign(kind string) string {
	credits := fmt.Sprintf(`exists (select 1 from credit_allocations a where a.%s_id = m.id and a.counts <> 0 and a.id not in %s)`, kind, born("credit_allocation"))
	if kind == "credit_memo" {
		return credits
	}
	return fmt.Sprintf(`(%s or exists (select 1 from payment_allocations a join payments p on p.id = a.payment_id
		    where a.debit_memo_id = m.id and (a.counts <> 0 or p.status in ('processing', 'requires_action')) and a.id not in %s))`, credits, born("payment_allocation"))
}

// loadStanding reads what the order made of the accounts, and whether the account that it
// opened goes on.
func loadStanding(_ *Engine, ctx context.Context, q db.Querier, s *situation) error {
	r := s.reversal
	text, values := bind(`select exists (select 1 from transfer_ledger where order_id = @reversed and kind = 'subscription_continuation') as split,
		@source::bigint in `+born("customer")+` as opened,
		array(select distinct kind from transfer_ledger where order_id = @reversed and column_name = 'amount') as rewrote`, s.args())
	var is struct {
		Split   bool           `db:"split"`
		Opened  bool           `db:"opened"`
		Rewrote pq.StringArray `db:"rewrote"`
	}
	if err := q.GetContext(ctx, &is, text, values...); err != nil {
		return fmt.Errorf("read what the order did to the accounts: %w", err)
	}
	r.split, r.rewrote = is.Split, map[string]bool{}
	for _, kind := range is.Rewrote {
		r.rewrote[kind] = true
	}
	text, values = bind(`select l.record_id, l.before from `+given("customer", "status")+` l`, s.args())
	var accounts []struct {
		ID     int64  `db:"record_id"`
		Before string `db:"before"`
	}
	if err := q.SelectContext(ctx, &accounts, text, values...); err != nil {
		return fmt.Errorf("read the statuses before the order: %w", err)
	}
	r.statuses = map[int64]string{}
	for _, a := range accounts {
		r.statuses[a.ID] = a.Before
	}
	r.opened = is.Opened || r.statuses[s.source.ID] == "closed" // a reversal of a reversal opens it again
	if !r.opened {
		return nil
	}
	return s.loadIssued(ctx, q)
}

// loadIssued reads whether anything was issued since on the account that loses.
func (s *situation) loadIssued(ctx context.Context, q db.Querier) error {
	stays := ""
	for _, k := range Kinds {
		stays += fmt.Sprintf("\n or exists (select 1 from %s r where r.customer_id = @source and %s)", k.View, k.stays())
	}
	text, values := bind(`select exists (select 1 from placed_orders where customer_id = @source)`+stays, s.args())
	if err := q.GetContext(ctx, &s.reversal.goesOn, text, values...); err != nil {
		return fmt.Errorf("look for what was issued since: %w", err)
	}
	return nil
}

// closes reports whether the reversal closes the account that loses.
func (r *reversal) closes() bool { return r.opened && !r.goesOn }
