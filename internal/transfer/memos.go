package transfer

import (
	"context"
	"fmt"
	"time"

	"github.com/lib/pq"
	"github.com/shopspring/decimal"

	"handover/internal/db"
	"handover/internal/money"
)

// memo is one memo to be written with its journal entry.
type memo struct {
	carriedItem
	reason string
}

// memoSet is several memos of one kind for one account, written in one go.
type memoSet struct {
	kind     string // credit_memo or debit_memo
	customer int64
	currency string
	in       company // whose books
	other    company
	status   string
	becomes  string          // its status once nothing of it is open, "" = its own step decides
	original string          // currency of the giving side
	rate     decimal.Decimal // by which the original amounts were multiplied
	entry    string          // the text of the entries
	memos    []memo
}

// memoTables are the tables of the kinds of memos, with the prefix of their numbers.
var memoTables = map[string]struct{ table, prefix string }{
	"credit_memo": {"credit_memos", "CM"}, "debit_memo": {"debit_memos", "DM"},
}

// carryBalance settles the old account to zero and opens the new one (docs/domain.md,
// "Transfer to Another Distributor", step 4).
func carryBalance(ctx context.Context, q db.Querier, x *execution) error {
	memoID := int64(0)
	if x.carry.Memo != "" {
		ids, err := x.post(ctx, q, x.settlingMemo())
		if err != nil {
			return err
		}
		memoID = ids[0]
	}
	for _, step := range []func() error{
		func() error { return x.decideStatuses(ctx, q, memoID) },
		func() error { return x.allocate(ctx, q, memoID) },
		func() error { return x.closeSettled(ctx, q, memoID) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	if len(x.carry.Items) > 0 {
		if _, err := x.post(ctx, q, x.openingMemos()); err != nil {
			return err
		}
	}
	if x.converts {
		x.declare("balance", x.source.Currency, "into "+x.to.Currency, 0, x.carry.Net.Neg())
		x.declare("balance", x.to.Currency, "from "+x.source.Currency+" at "+money.Plain(x.rate), 0, x.carry.Opening)
	}
	return nil
}

// settlingMemo is the memo that takes the balance away from the source.
func (x *execution) settlingMemo() memoSet {
	text := fmt.Sprintf("Balance carried to %s by %s", x.gainer(), x.number)
	net := x.carry.Net.Abs()
	return memoSet{
		kind: x.carry.Memo, customer: x.source.ID, currency: x.source.Currency, in: x.from, other: x.to, status: "open",
		original: x.source.Currency, rate: decimal.NewFromInt(1), entry: text,
		memos: []memo{{carriedItem{Original: net, Amount: net}, text}},
	}
}

// openingMemos are the memos that open the balance on the account that gains.
func (x *execution) openingMemos() memoSet {
	text := fmt.Sprintf("Balance carried from %s by %s", x.loser(), x.number)
	set := memoSet{
		kind: x.carry.Items[0].Kind, customer: x.targetID, currency: x.to.Currency, in: x.to, other: x.from, status: "open", becomes: "applied",
		original: x.source.Currency, rate: x.carryRate(), entry: text,
	}
	for _, i := range x.carry.Items {
		set.memos = append(set.memos, memo{i, text + ": " + i.lists()})
	}
	return set
}

// carryRate is the rate at which balances are carried.
func (s *situation) carryRate() decimal.Decimal {
	if !s.converts {
		return decimal.NewFromInt(1)
	}
	return s.rate
}

// gainer and loser name the two sides in the words of the flow.
func (x *execution) gainer() string {
	if x.flow.Kind == Distributor {
		return x.to.Name
	}
	return x.target.Name + " (" + x.target.Number + ")"
}

func (x *execution) loser() string {
	if x.flow.Kind == Distributor {
		return x.from.Name
	}
	return x.source.Name + " (" + x.source.Number + ")"
}

// post writes the memos of a set, each with its journal entry, dated the posting date of
// the transfer. It returns their ids, in their order.
func (x *execution) post(ctx context.Context, q db.Querier, set memoSet) ([]int64, error) {
	memos, err := x.writeMemos(ctx, q, set)
	if err != nil {
		return nil, err
	}
	entries, err := x.writeEntries(ctx, q, set, memos)
	if err != nil {
		return nil, err
	}
	sum, n := decimal.Zero, int64(len(set.memos))
	for i, m := range set.memos {
		sum = sum.Add(m.Amount)
		x.result.Memos = append(x.result.Memos, x.posted(set, m, memos[i], entries[i]))
	}
	what, entry := "memo that carries the balance", "entry of that memo"
	if n > 1 {
		what, entry = "memos that carry the balance", "entries of these memos"
	}
	x.declare(set.kind, set.currency, what, n, sum)
	x.declare("journal_entry", set.currency, entry, n, sum)
	return memos, nil
}

// writeMemos inserts the memos of the set.
func (x *execution) writeMemos(ctx context.Context, q db.Querier, set memoSet) ([]int64, error) {
	in := memoTables[set.kind]
	ids, err := newIDs(ctx, q, in.table, in.prefix, len(set.memos))
	if err != nil {
		return nil, err
	}
	due, dueOn := "", ""
	if set.kind == "debit_memo" {
		due, dueOn = ", due_on", ", nullif(m.due, '')::date"
	}
	reasons, amounts, dues := make([]string, len(ids)), make([]string, len(ids)), make([]string, len(ids))
	kinds, numbers, issued, sellers := make([]string, len(ids)), make([]string, len(ids)), make([]string, len(ids)), make([]int64, len(ids))
	for i, m := range set.memos {
		reasons[i], amounts[i], dues[i] = m.reason, m.Amount.String(), dateText(m.DueOn)
		kinds[i], numbers[i], issued[i], sellers[i] = m.origin.Kind, m.origin.Number, dateText(m.origin.IssuedOn), m.origin.Distributor
	}
	_, err = x.create(ctx, q, set.kind, fmt.Sprintf(`
		insert into %[1]s (id, number, customer_id, issued_on, amount, currency, reason, status, settled_status, purpose, origin_kind,
		                   origin_number, origin_issued_on, origin_distributor_id%[3]s, buyer_name, buyer_address, buyer_tax_id)
		select m.id, number_of('%[2]s', m.id), c.id, @posts_on, m.amount::numeric, @currency, m.reason, @status, nullif(@becomes, ''), 'transfer',
		       nullif(m.kind, ''), nullif(m.number, ''), nullif(m.issued, '')::date, nullif(m.seller, 0)%[4]s, c.name, c.address, c.tax_id
		from unnest(@ids::bigint[], @amounts::text[], @reasons::text[], @kinds::text[], @numbers::text[], @issued::text[], @sellers::bigint[], @dues::text[])
		     as m(id, amount, reason, kind, number, issued, seller, due)
		cross join customers c where c.id = @customer order by m.id`, in.table, in.prefix, due, dueOn), args{
		"posts_on": x.postsOn(), "currency": set.currency, "status": set.status, "becomes": set.becomes, "customer": set.customer, "ids": ids, "amounts": amounts,
		"reasons": reasons, "kinds": kinds, "numbers": numbers, "issued": issued, "sellers": sellers, "dues": dues,
	})
	return ids, err
}

// newIDs takes ids of a table for rows to be written, in ascending order.
func newIDs(ctx context.Context, q db.Querier, table, prefix string, n int) ([]int64, error) {
	var ids pq.Int64Array
	err := q.GetContext(ctx, &ids, `
		select coalesce(array_agg(id order by id), '{}') from (select next_id($1, $2) as id from generate_series(1, $3::int)) taken`, table, prefix, n)
	if err != nil {
		return nil, fmt.Errorf("number new rows of %s: %w", table, err)
	}
	return ids, nil
}

// dateText writes a day for the database, "" for none.
func dateText(day time.Time) string {
	if day.IsZero() {
		return ""
	}
	return day.Format(time.DateOnly)
}

// writeEntries inserts the journal entry of each memo. Credit memo: Dr clearing, Cr
// receivable; debit memo the other way round. The clearing line names the other side, the
// order, and the amount on the giving side with the rate.
func (x *execution) writeEntries(ctx context.Context, q db.Querier, set memoSet, memos []int64) ([]int64, error) {
	ids, err := newIDs(ctx, q, "journal_entries", "JE", len(memos))
	if err != nil {
		return nil, err
	}
	text := set.entry
	if !set.in.sameEntity(set.other) {
		text += ", intercompany with " + set.other.entityName()
	}
	_, err = x.create(ctx, q, "journal_entry", `
		insert into journal_entries (id, distributor_id, posted_on, memo, source_kind, source_id, by_transfer)
		select e.id, @books, @posts_on, @text, @source_kind, e.source, true from unnest(@ids::bigint[], @memos::bigint[]) as e(id, source) order by e.id`, args{
		"books": set.in.ID, "posts_on": x.postsOn(), "text": text, "source_kind": set.kind, "ids": ids, "memos": memos,
	})
	if err != nil {
		return nil, err
	}
	amounts, originals := make([]string, len(ids)), make([]string, len(ids))
	for i, m := range set.memos {
		amounts[i], originals[i] = m.Amount.String(), m.Original.String()
	}
	debit, credit := x.accountsOf(set.kind, set.in, set.other)
	_, err = x.create(ctx, q, "journal_line", `
		insert into journal_lines (entry_id, account, debit, credit, currency, order_id, counterparty_distributor_id, counterparty_entity,
		                           original_amount, original_currency, rate)
		select e.id, l.account, case when l.debits then e.amount::numeric else 0 end, case when l.debits then 0 else e.amount::numeric end, @currency,
		       case when l.clears then @order::bigint end, case when l.clears then @other::bigint end, case when l.clears then @entity end,
		       case when l.clears then e.original::numeric end, case when l.clears then @original_currency end, case when l.clears then @rate::numeric end
		from unnest(@ids::bigint[], @amounts::text[], @originals::text[]) as e(id, amount, original)
		cross join (values (1, @debit, true, @clears_debit::boolean), (2, @credit, false, not @clears_debit::boolean)) as l(n, account, debits, clears)
		order by e.id, l.n`, args{
		"ids": ids, "amounts": amounts, "originals": originals, "currency": set.currency, "other": set.other.ID,
		"entity": set.other.entityName(), "original_currency": set.original, "rate": set.rate.String(), "debit": debit, "credit": credit,
		"clears_debit": set.kind == "credit_memo",
	})
	return ids, err
}

// posted is a memo as the order keeps it.
func (x *execution) posted(set memoSet, m memo, id, entry int64) PostedMemo {
	debit, credit := x.accountsOf(set.kind, set.in, set.other)
	return PostedMemo{
		Kind: set.kind, Number: Number(memoTables[set.kind].prefix, id), Customer: Number(customerPrefix, set.customer),
		Amount: amountOf(m.Amount, set.currency), Entry: Number("JE", entry), PostedOn: x.postsOn().Format(time.DateOnly),
		DueOn: dateText(m.DueOn), Origin: m.origin.Number, Original: amountOf(m.Original, set.original), Debit: debit, Credit: credit,
	}
}
