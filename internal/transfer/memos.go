package transfer

import (
	"context"
	"fmt"

	"github.com/shopspring/decimal"

	"handover/internal/db"
	"handover/internal/money"
)

// The accounts that a transfer posts to (domain 2.1, step 4).
const (
	accountReceivable   = "1100 Accounts receivable"
	accountIntercompany = "1985 Intercompany"
	accountClearing     = "1990 Transfer clearing"
)

// posting is a memo to be written with its journal entry.
type posting struct {
	kind     string // credit_memo or debit_memo
	customer int64
	amount   decimal.Decimal
	currency string
	in       company // whose books
	other    company
	status   string
	reason   string
}

// carryBalance settles the old account to zero and opens the new one (domain 2.1,
// step 4).
func carryBalance(ctx context.Context, q db.Querier, x *execution) error {
	memoID := int64(0)
	if x.carry.Memo != "" {
		id, err := x.post(ctx, q, posting{
			kind: x.carry.Memo, customer: x.source.ID, amount: x.carry.Net.Abs(), currency: x.source.Currency,
			in: x.from, other: x.to, status: "open",
			reason: fmt.Sprintf("Balance carried to %s by %s", x.gainer(), x.number),
		})
		if err != nil {
			return err
		}
		memoID = id
	}
	if err := x.decideStatuses(ctx, q); err != nil {
		return err
	}
	if err := x.allocate(ctx, q, memoID); err != nil {
		return err
	}
	if err := x.closeSettled(ctx, q); err != nil {
		return err
	}
	if kind := openingMemo(x.carry.Opening); kind != "" {
		_, err := x.post(ctx, q, posting{
			kind: kind, customer: x.targetID, amount: x.carry.Opening.Abs(), currency: x.to.Currency,
			in: x.to, other: x.from, status: "open",
			reason: fmt.Sprintf("Balance carried from %s by %s", x.loser(), x.number),
		})
		if err != nil {
			return err
		}
	}
	if x.converts {
		x.declare("balance", x.source.Currency, "into "+x.to.Currency, 0, x.carry.Net.Neg())
		x.declare("balance", x.to.Currency, "from "+x.source.Currency+" at "+money.Plain(x.rate), 0, x.carry.Opening)
	}
	return nil
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

// post writes a memo and its journal entry, dated today where the books are kept.
// Credit memo: Dr clearing, Cr receivable; debit memo the other way round.
func (x *execution) post(ctx context.Context, q db.Querier, p posting) (int64, error) {
	table, prefix := "credit_memos", "CM"
	debit, credit := p.in.clearingAccount(p.other), accountReceivable
	if p.kind == "debit_memo" {
		table, prefix = "debit_memos", "DM"
		debit, credit = credit, debit
	}
	ids, err := x.create(ctx, q, p.kind, fmt.Sprintf(`
		insert into %[1]s (id, number, customer_id, issued_on, amount, currency, reason, status, buyer_name, buyer_address, buyer_tax_id)
		select b.id, number_of('%[2]s', b.id), c.id, @issued_on, @amount, @currency, @reason, @status, c.name, c.address, c.tax_id
		from (select next_id('%[1]s', '%[2]s') as id) b cross join customers c where c.id = @customer`, table, prefix), args{
		"issued_on": p.in.today, "amount": p.amount, "currency": p.currency, "reason": p.reason,
		"status": p.status, "customer": p.customer,
	})
	if err != nil {
		return 0, err
	}
	memo := p.reason
	if !p.in.sameEntity(p.other) {
		memo += fmt.Sprintf(", intercompany with %s", p.other.entityName())
	}
	entries, err := x.create(ctx, q, "journal_entry", `
		insert into journal_entries (id, distributor_id, posted_on, memo, source_kind, source_id, by_transfer)
		values (next_id('journal_entries', 'JE'), @books, @posted_on, @memo, @source_kind, @source_id, true)`, args{
		"books": p.in.ID, "posted_on": p.in.today, "memo": memo, "source_kind": p.kind, "source_id": ids[0],
	})
	if err != nil {
		return 0, err
	}
	_, err = q.ExecContext(ctx, `
		insert into journal_lines (entry_id, account, debit, credit, currency)
		values ($1, $2, $3, 0, $5), ($1, $4, 0, $3, $5)`, entries[0], debit, p.amount, credit, p.currency)
	if err != nil {
		return 0, fmt.Errorf("write the journal lines: %w", err)
	}
	x.declare(p.kind, p.currency, "memo that carries the balance", 1, p.amount)
	x.declare("journal_entry", p.currency, "entry of that memo", 1, p.amount)
	x.result.Memos = append(x.result.Memos, PostedMemo{
		Kind: p.kind, Number: Number(prefix, ids[0]), Customer: Number(customerPrefix, p.customer),
		Amount: amountOf(p.amount, p.currency), Entry: Number("JE", entries[0]),
	})
	return ids[0], nil
}

// entityName names the legal entity, or the distributor where it states none.
func (c company) entityName() string {
	if c.LegalEntity != "" {
		return c.LegalEntity
	}
	return c.Name
}

// allocate writes the planned allocations; memoID is the transfer's own memo.
func (x *execution) allocate(ctx context.Context, q db.Querier, memoID int64) error {
	for _, a := range x.carry.Allocations {
		kind, table, column := "payment_allocation", "payment_allocations", "payment_id"
		if a.CreditKind == "credit_memo" {
			kind, table, column = "credit_allocation", "credit_allocations", "credit_memo_id"
		}
		_, err := x.create(ctx, q, kind, fmt.Sprintf(`
			insert into %s (%s, %s_id, amount, order_id) values (@credit, @document, @amount, @order)`, table, column, a.DocumentKind),
			args{"credit": orElse(a.CreditID, memoID), "document": orElse(a.DocumentID, memoID), "amount": a.Amount})
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

// decideStatuses makes the transfer decide the status of what it settles. A document that was
// opened because too little of its allocations counts would take its status of before by
// itself, and no ledger would know.
func (x *execution) decideStatuses(ctx context.Context, q db.Querier) error {
	for _, kind := range []string{"invoice", "debit_memo", "credit_memo"} {
		ids := x.touched(kind)
		if len(ids) == 0 {
			continue
		}
		err := x.change(ctx, q, change{
			kind, "settled_status", "text", "null::text", "t.id = any(@touched) and t.settled_status is not null",
		}, args{"touched": ids})
		if err != nil {
			return err
		}
	}
	return nil
}

// closeSettled marks what is settled now: invoices paid, memos applied.
func (x *execution) closeSettled(ctx context.Context, q db.Querier) error {
	const rest = `coalesce((select %[1]s from %[2]s o where o.kind = '%[3]s' and o.id = t.id), 0) = 0`
	for _, c := range []struct{ kind, amount, view, status string }{
		{"invoice", "o.open_amount", "open_documents", "paid"},
		{"debit_memo", "o.open_amount", "open_documents", "applied"},
		{"credit_memo", "o.unapplied", "unapplied_credits", "applied"},
	} {
		ids := x.touched(c.kind)
		if len(ids) == 0 {
			continue
		}
		err := x.change(ctx, q, change{
			c.kind, "status", "text", "'" + c.status + "'",
			`t.id = any(@touched) and t.status = 'open' and ` + fmt.Sprintf(rest, c.amount, c.view, c.kind),
		}, args{"touched": ids})
		if err != nil {
			return err
		}
	}
	return nil
}

// touched returns the documents and credits of the kind that the carrying uses,
// and the transfer's own settling memo.
func (x *execution) touched(kind string) []int64 {
	var ids []int64
	for _, a := range x.carry.Allocations {
		if a.DocumentKind == kind && a.DocumentID != 0 {
			ids = append(ids, a.DocumentID)
		}
		if a.CreditKind == kind && a.CreditID != 0 {
			ids = append(ids, a.CreditID)
		}
	}
	for _, m := range x.result.Memos {
		if id, ok := idOf(map[string]string{"credit_memo": "CM", "debit_memo": "DM"}[kind], m.Number); ok && m.Kind == kind {
			ids = append(ids, id)
		}
	}
	return ids
}
