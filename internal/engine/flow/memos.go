package flow

import (
	"context"
	"fmt"
	"time"

	"github.com/lib/pq"
	"github.com/shopspring/decimal"

	"handover/internal/db"
	"handover/internal/engine/situation"
	"handover/internal/ledger"
	"handover/internal/money"
	"handover/internal/record"
	"handover/internal/transfer"
)

// Memo is one memo to be written with its journal entry.
type Memo struct {
	situation.CarriedItem
	TakesBack string // number of the memo that it takes back, "" = none
}

// MemoSet is several memos of one kind for one account, written in one go.
type MemoSet struct {
	Kind     string // credit_memo or debit_memo
	Customer int64
	Currency string
	In       situation.Company // whose books
	Other    situation.Company
	Status   string
	becomes  string          // its status once nothing of it is open, "" = its own step decides
	Original string          // currency of the giving side
	Rate     decimal.Decimal // by which the original amounts were multiplied
	Carried  string          // "to" or "from" the other side
	Account  int64           // the account on the other side, 0 = it is named by its distributor
	Name     string          // of the other side
	Memos    []Memo
}

// memoTables are the tables of the kinds of memos, with the prefix of their numbers.
var memoTables = map[string]struct{ table, prefix string }{
	"credit_memo": {"credit_memos", "CM"}, "debit_memo": {"debit_memos", "DM"},
}

// carryBalance settles the old account to zero and opens the new one (docs/domain.md,
// "Transfer to Another Distributor", step 4).
func carryBalance(ctx context.Context, q db.Querier, x *Execution) error {
	memoID := int64(0)
	if x.Carry.Memo != "" {
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
	if len(x.Carry.Items) > 0 {
		if _, err := x.post(ctx, q, x.openingMemos()); err != nil {
			return err
		}
	}
	if x.Converts {
		x.Declare("balance", x.Source.Currency, 0, x.Carry.Net.Neg(), ledger.IntoCurrency,
			ledger.Facts{Currency: x.To.Currency})
		x.Declare("balance", x.To.Currency, 0, x.Carry.Opening, ledger.Converted,
			ledger.Facts{Currency: x.Source.Currency, Rate: money.Plain(x.Rate)})
	}
	return nil
}

// settlingMemo is the memo that takes the balance away from the source.
func (x *Execution) settlingMemo() MemoSet {
	net := x.Carry.Net.Abs()
	set := MemoSet{
		Kind: x.Carry.Memo, Customer: x.Source.ID, Currency: x.Source.Currency, Status: "open",
		Original: x.Source.Currency, Rate: decimal.NewFromInt(1),
		Memos: []Memo{{CarriedItem: situation.CarriedItem{Original: net, Amount: net}}},
	}
	x.ToGainer(&set)
	return set
}

// openingMemos are the memos that open the balance on the account that gains.
func (x *Execution) openingMemos() MemoSet {
	set := MemoSet{
		Kind: x.Carry.Items[0].Kind, Customer: x.TargetID, Currency: x.To.Currency, Status: "open", becomes: "applied",
		Original: x.Source.Currency, Rate: carryRate(x.Situation),
	}
	x.FromLoser(&set)
	for _, i := range x.Carry.Items {
		set.Memos = append(set.Memos, Memo{CarriedItem: i})
	}
	return set
}

// carryRate is the rate at which balances are carried.
func carryRate(s *situation.Situation) decimal.Decimal {
	if !s.Converts {
		return decimal.NewFromInt(1)
	}
	return s.Rate
}

// ToGainer says of memos that they carry the balance to who gains: the new distributor, or an
// account of the same one.
func (x *Execution) ToGainer(set *MemoSet) {
	set.Carried, set.In, set.Other, set.Account, set.Name = "to", x.From, x.To, x.TargetID, x.Target.Name
	if x.Flow.Kind == record.Distributor {
		set.Account, set.Name = 0, x.To.Name
	}
}

// FromLoser says of memos that they carry the balance from who loses.
func (x *Execution) FromLoser(set *MemoSet) {
	set.Carried, set.In, set.Other, set.Account, set.Name = "from", x.To, x.From, x.Source.ID, x.Source.Name
	if x.Flow.Kind == record.Distributor {
		set.Account, set.Name = 0, x.From.Name
	}
}

// post writes the memos of a set, each with its journal entry, dated the posting date of
// the transfer. It returns their ids, in their order.
func (x *Execution) post(ctx context.Context, q db.Querier, set MemoSet) ([]int64, error) {
	memos, err := x.WriteMemos(ctx, q, set)
	if err != nil {
		return nil, err
	}
	entries, err := x.writeEntries(ctx, q, set, memos)
	if err != nil {
		return nil, err
	}
	sum, n := decimal.Zero, int64(len(set.Memos))
	for i, m := range set.Memos {
		sum = sum.Add(m.Amount)
		x.Result.Memos = append(x.Result.Memos, x.Posted(set, m, memos[i], entries[i]))
	}
	x.Declare(set.Kind, set.Currency, n, sum, ledger.CarryingMemos, ledger.Facts{})
	x.Declare("journal_entry", set.Currency, n, sum, ledger.MemoEntries, ledger.Facts{})
	return memos, nil
}

// WriteMemos inserts the memos of the set.
func (x *Execution) WriteMemos(ctx context.Context, q db.Querier, set MemoSet) ([]int64, error) {
	in := memoTables[set.Kind]
	ids, err := NewIDs(ctx, q, in.table, in.prefix, len(set.Memos))
	if err != nil {
		return nil, err
	}
	due, dueOn := "", ""
	if set.Kind == "debit_memo" {
		due, dueOn = ", due_on", ", nullif(m.due, '')::date"
	}
	amounts, dues := make([]string, len(ids)), make([]string, len(ids))
	carries, more, back := make([]string, len(ids)), make([]int64, len(ids)), make([]string, len(ids))
	kinds, numbers, issued, sellers := make([]string, len(ids)), make([]string, len(ids)), make([]string, len(ids)),
		make([]int64, len(ids))
	for i, m := range set.Memos {
		amounts[i], dues[i], back[i] = m.Amount.String(), DateText(m.DueOn), m.TakesBack
		if carries[i], more[i], err = m.Lists(); err != nil {
			return nil, err
		}
		kinds[i], numbers[i], issued[i], sellers[i] = m.Origin.Kind, m.Origin.Number, DateText(m.Origin.IssuedOn),
			m.Origin.Distributor
	}
	_, err = x.Create(ctx, q, set.Kind, fmt.Sprintf(`
		insert into %[1]s (id, number, customer_id, issued_on, amount, currency, status, settled_status, purpose,
		                   origin_kind, origin_number, origin_issued_on, origin_distributor_id%[3]s, buyer_name,
		                   buyer_address, buyer_tax_id, carried, carried_by, counterparty_distributor_id,
		                   counterparty_customer_id, counterparty_name, carries, carries_more, takes_back)
		select m.id, number_of('%[2]s', m.id), c.id, @posts_on, m.amount::numeric, @currency, @status,
		       nullif(@becomes, ''), 'transfer', nullif(m.kind, ''), nullif(m.number, ''),
		       nullif(m.issued, '')::date, nullif(m.seller, 0)%[4]s, c.name, c.address, c.tax_id,
		       @carried, @order, @other, nullif(@account::bigint, 0),
		       coalesce((select o.name from customers o where o.id = @account::bigint), @name),
		       nullif(m.carries::text[], '{}'), nullif(m.more, 0), nullif(m.back, '')
		from unnest(@ids::bigint[], @amounts::text[], @kinds::text[], @numbers::text[], @issued::text[],
		            @sellers::bigint[], @dues::text[], @carries::text[], @more::bigint[], @back::text[])
		     as m(id, amount, kind, number, issued, seller, due, carries, more, back)
		cross join customers c where c.id = @customer order by m.id`, in.table, in.prefix, due, dueOn), record.Args{
		"posts_on": x.PostsOn(), "currency": set.Currency, "status": set.Status, "becomes": set.becomes,
		"customer": set.Customer, "ids": ids, "amounts": amounts,
		"carried": set.Carried, "other": set.Other.ID, "account": set.Account, "name": set.Name, "carries": carries,
		"more": more, "back": back,
		"kinds": kinds, "numbers": numbers, "issued": issued, "sellers": sellers, "dues": dues,
	})
	return ids, err
}

// NewIDs takes ids of a table for rows to be written, in ascending order.
func NewIDs(ctx context.Context, q db.Querier, table, prefix string, n int) ([]int64, error) {
	var ids pq.Int64Array
	err := q.GetContext(ctx, &ids, `
		select coalesce(array_agg(id order by id), '{}')
		from (select next_id($1, $2) as id from generate_series(1, $3::int)) taken`, table, prefix, n)
	if err != nil {
		return nil, fmt.Errorf("number new rows of %s: %w", table, err)
	}
	return ids, nil
}

// DateText writes a day for the database, "" for none.
func DateText(day time.Time) string {
	if day.IsZero() {
		return ""
	}
	return day.Format(time.DateOnly)
}

// writeEntries inserts the journal entry of each memo. Credit memo: Dr clearing, Cr
// receivable; debit memo the other way round. The clearing line names the other side, the
// order, and the amount on the giving side with the rate.
func (x *Execution) writeEntries(ctx context.Context, q db.Querier, set MemoSet, memos []int64) ([]int64, error) {
	ids, err := NewIDs(ctx, q, "journal_entries", "JE", len(memos))
	if err != nil {
		return nil, err
	}
	entity := ""
	if !set.In.SameEntity(set.Other) {
		entity = set.Other.EntityName()
	}
	_, err = x.Create(ctx, q, "journal_entry", `
		insert into journal_entries (id, distributor_id, posted_on, source_kind, source_id, by_transfer, carried,
		                             carried_by, counterparty_distributor_id, counterparty_customer_id,
		                             counterparty_name, counterparty_entity)
		select e.id, @books, @posts_on, @source_kind, e.source, true, @carried, @order, @other,
		       nullif(@account::bigint, 0),
		       coalesce((select o.name from customers o where o.id = @account::bigint), @name), nullif(@entity, '')
		from unnest(@ids::bigint[], @memos::bigint[]) as e(id, source) order by e.id`, record.Args{
		"books": set.In.ID, "posts_on": x.PostsOn(), "source_kind": set.Kind, "ids": ids, "memos": memos,
		"carried": set.Carried, "other": set.Other.ID, "account": set.Account, "name": set.Name, "entity": entity,
	})
	if err != nil {
		return nil, err
	}
	amounts, originals := make([]string, len(ids)), make([]string, len(ids))
	for i, m := range set.Memos {
		amounts[i], originals[i] = m.Amount.String(), m.Original.String()
	}
	debit, credit := x.AccountsOf(set.Kind, set.In, set.Other)
	_, err = x.Create(ctx, q, "journal_line", `
		insert into journal_lines (entry_id, account, debit, credit, currency, order_id,
		                           counterparty_distributor_id, counterparty_entity, original_amount,
		                           original_currency, rate)
		select e.id, l.account, case when l.debits then e.amount::numeric else 0 end,
		       case when l.debits then 0 else e.amount::numeric end, @currency,
		       case when l.clears then @order::bigint end, case when l.clears then @other::bigint end,
		       case when l.clears then @entity end, case when l.clears then e.original::numeric end,
		       case when l.clears then @original_currency end, case when l.clears then @rate::numeric end
		from unnest(@ids::bigint[], @amounts::text[], @originals::text[]) as e(id, amount, original)
		  cross join (values (1, @debit, true, @clears_debit::boolean),
		              (2, @credit, false, not @clears_debit::boolean)) as l(n, account, debits, clears)
		order by e.id, l.n`, record.Args{
		"ids": ids, "amounts": amounts, "originals": originals, "currency": set.Currency, "other": set.Other.ID,
		"entity": set.Other.EntityName(), "original_currency": set.Original, "rate": set.Rate.String(), "debit": debit,
		"credit":       credit,
		"clears_debit": set.Kind == "credit_memo",
	})
	return ids, err
}

// Posted is a memo as the order keeps it.
func (x *Execution) Posted(set MemoSet, m Memo, id, entry int64) transfer.PostedMemo {
	debit, credit := x.AccountsOf(set.Kind, set.In, set.Other)
	return transfer.PostedMemo{
		Kind: set.Kind, Number: record.Number(memoTables[set.Kind].prefix, id),
		Customer: record.Number(record.CustomerPrefix, set.Customer),
		Amount:   transfer.AmountOf(m.Amount, set.Currency), Entry: record.Number("JE", entry),
		PostedOn: x.PostsOn().Format(time.DateOnly),
		DueOn:    DateText(m.DueOn), Origin: m.Origin.Number, Original: transfer.AmountOf(m.Original, set.Original),
		Debit: debit, Credit: credit,
	}
}
