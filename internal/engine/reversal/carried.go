package reversal

import (
	"context"
	"fmt"

	"github.com/lib/pq"

	"handover/internal/db"
	"handover/internal/engine/situation"
	"handover/internal/record"
)

// loadCarried reads the memos that the order wrote.
func loadCarried(ctx context.Context, q db.Querier, s *situation.Situation) error {
	const memos = `
		select '%[1]s' as kind, m.id, m.number, m.customer_id, m.issued_on, m.amount, m.currency, m.status,
		       e.id as entry_id, %[3]s as allocated, l.debit, l.credit,
		       coalesce(l.original_amount, m.amount) as original_amount,
		       coalesce(l.original_currency, m.currency) as original_currency
		from %[1]ss m join journal_entries e on e.source_kind = '%[1]s' and e.source_id = m.id and e.id in %[4]s
		join lateral (select coalesce(min(account) filter (where debit > 0), '') as debit,
		                     coalesce(min(account) filter (where credit > 0), '') as credit,
		                     min(original_amount) as original_amount, min(original_currency) as original_currency
		                     from journal_lines where entry_id = e.id) l on true
		where m.id in %[2]s`
	text, values := record.Bind(fmt.Sprintf(memos, "credit_memo", record.Born("credit_memo"), foreign("credit_memo"),
		record.Born("journal_entry"))+
		"\nunion all"+fmt.Sprintf(memos, "debit_memo", record.Born("debit_memo"), foreign("debit_memo"),
		record.Born("journal_entry"))+"\norder by 1, 2", s.Args())
	if err := q.SelectContext(ctx, &s.Reversal.Memos, text, values...); err != nil {
		return fmt.Errorf("read the memos that the order wrote: %w", err)
	}
	return nil
}

// foreign: something that the order did not write is allocated to the memo m, or may come to
// be. What counts for nothing, as of a failed payment, is not.
func foreign(kind string) string {
	credits := fmt.Sprintf(`exists (select 1 from credit_allocations a
		where a.%s_id = m.id and a.counts <> 0 and a.id not in %s)`, kind, record.Born("credit_allocation"))
	if kind == "credit_memo" {
		return credits
	}
	return fmt.Sprintf(`(%s or exists (select 1 from payment_allocations a join payments p on p.id = a.payment_id
		    where a.debit_memo_id = m.id and (a.counts <> 0 or p.status in ('processing', 'requires_action'))
		      and a.id not in %s))`, credits, record.Born("payment_allocation"))
}

// loadStanding reads what the order made of the accounts, and whether the account that it
// opened goes on.
func loadStanding(ctx context.Context, q db.Querier, s *situation.Situation) error {
	r := s.Reversal
	text, values := record.Bind(`select exists (select 1 from transfer_ledger
		where order_id = @reversed and kind = 'subscription_continuation') as split,
		@source::bigint in `+record.Born("customer")+` as opened,
		array(select distinct kind from transfer_ledger
		      where order_id = @reversed and column_name = 'amount') as rewrote`, s.Args())
	var is struct {
		Split   bool           `db:"split"`
		Opened  bool           `db:"opened"`
		Rewrote pq.StringArray `db:"rewrote"`
	}
	if err := q.GetContext(ctx, &is, text, values...); err != nil {
		return fmt.Errorf("read what the order did to the accounts: %w", err)
	}
	r.Split, r.Rewrote = is.Split, map[string]bool{}
	for _, kind := range is.Rewrote {
		r.Rewrote[kind] = true
	}
	text, values = record.Bind(`select l.record_id, l.before from `+record.Given("customer", "status")+` l`, s.Args())
	var accounts []struct {
		ID     int64  `db:"record_id"`
		Before string `db:"before"`
	}
	if err := q.SelectContext(ctx, &accounts, text, values...); err != nil {
		return fmt.Errorf("read the statuses before the order: %w", err)
	}
	r.Statuses = map[int64]string{}
	for _, a := range accounts {
		r.Statuses[a.ID] = a.Before
	}
	r.Opened = is.Opened || r.Statuses[s.Source.ID] == "closed" // a reversal of a reversal opens it again
	if !r.Opened {
		return nil
	}
	return loadIssued(ctx, q, s)
}

// loadIssued reads whether anything was issued since on the account that loses.
func loadIssued(ctx context.Context, q db.Querier, s *situation.Situation) error {
	stays := ""
	for _, k := range record.Kinds {
		stays += fmt.Sprintf("\n or exists (select 1 from %s r where r.customer_id = @source and %s)",
			k.View, k.Stays())
	}
	text, values := record.Bind(`select exists (select 1 from placed_orders where customer_id = @source)`+
		stays, s.Args())
	if err := q.GetContext(ctx, &s.Reversal.GoesOn, text, values...); err != nil {
		return fmt.Errorf("look for what was issued since: %w", err)
	}
	return nil
}
