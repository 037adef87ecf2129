package transfer

import (
	"context"
	"fmt"
	"strings"

	"handover/internal/db"
)

// counter writes the memo that settles one of the reversed order's, allocates the two to
// each other, and posts the entry the other way round, dated today where the books are kept.
func (x *execution) counter(ctx context.Context, q db.Querier, m carriedMemo) error {
	in, reason := x.from, fmt.Sprintf("Balance carried to %s by %s", x.gainer(), x.number)
	if m.Customer != x.source.ID {
		in, reason = x.to, fmt.Sprintf("Balance carried from %s by %s", x.loser(), x.number)
	}
	kind, prefix := m.counter(), map[string]string{"credit_memo": "CM", "debit_memo": "DM"}[m.counter()]
	ids, err := x.create(ctx, q, kind, fmt.Sprintf(`
		insert into %[1]ss (id, number, customer_id, issued_on, amount, currency, reason, status, buyer_name, buyer_address, buyer_tax_id)
		select b.id, number_of('%[2]s', b.id), c.id, @issued_on, @amount, @currency, @reason, 'applied', c.name, c.address, c.tax_id
		from (select next_id('%[1]ss', '%[2]s') as id) b cross join customers c where c.id = @customer`, kind, prefix), args{
		"issued_on": in.today, "amount": m.Amount, "currency": m.Currency, "reason": reason, "customer": m.Customer,
	})
	if err != nil {
		return err
	}
	if _, between, ok := strings.Cut(m.Entry, ", intercompany with "); ok {
		reason += ", intercompany with " + between
	}
	entries, err := x.create(ctx, q, "journal_entry", `
		insert into journal_entries (id, distributor_id, posted_on, memo, source_kind, source_id, by_transfer)
		select next_id('journal_entries', 'JE'), e.distributor_id, @posted_on, @memo, @source_kind, @source_id, true
		from journal_entries e where e.id = @entry`, args{
		"posted_on": in.today, "memo": reason, "source_kind": kind, "source_id": ids[0], "entry": m.EntryID,
	})
	if err != nil {
		return err
	}
	_, err = q.ExecContext(ctx, `
		insert into journal_lines (entry_id, account, debit, credit, currency)
		select $1, account, credit, debit, currency from journal_lines where entry_id = $2 order by id`, entries[0], m.EntryID)
	if err != nil {
		return fmt.Errorf("write the journal lines: %w", err)
	}
	credit, document := m.ID, ids[0]
	if kind == "credit_memo" {
		credit, document = ids[0], m.ID
	}
	_, err = x.create(ctx, q, "credit_allocation", `
		insert into credit_allocations (credit_memo_id, debit_memo_id, amount, order_id) values (@credit, @document, @amount, @order)`,
		args{"credit": credit, "document": document, "amount": m.Amount})
	if err != nil {
		return err
	}
	if err := x.change(ctx, q, change{m.Kind, "status", "text", `'applied'`, `t.id = @memo`}, args{"memo": m.ID}); err != nil {
		return err
	}
	x.declare(kind, m.Currency, "memo that takes "+m.Number+" back", 1, m.Amount)
	x.declare("journal_entry", m.Currency, "entry of that memo", 1, m.Amount)
	if x.converts {
		x.declare("balance", m.Currency, "the balance that "+m.Number+" carried", 0, m.effect())
	}
	x.result.Memos = append(x.result.Memos, PostedMemo{
		Kind: kind, Number: Number(prefix, ids[0]), Customer: Number(customerPrefix, m.Customer),
		Amount: amountOf(m.Amount, m.Currency), Entry: Number("JE", entries[0]),
	})
	return nil
}
