package reconciliation

import (
	"context"
	"fmt"
	"time"

	"github.com/lib/pq"
	"github.com/shopspring/decimal"

	"handover/internal/accounts"
	"handover/internal/db"
)

// ControlAccount is the ledger of one account on one role beside its sub-ledger, as they are now.
type ControlAccount struct {
	Role       string          `db:"role"` // receivable or deferred_revenue
	Currency   string          `db:"currency"`
	Ledger     decimal.Decimal `db:"ledger"`
	SubLedger  decimal.Decimal `db:"sub_ledger"`
	Difference decimal.Decimal `db:"difference"` // ledger less sub-ledger
	Since      *time.Time      `db:"since"`      // nil = it does not differ
	Pieces     []Piece         `db:"-"`          // that differ, the largest first
	More       int             `db:"-"`          // how many more do
}

// Piece is one document or entry of a control account: what was posted for it against what it owes.
type Piece struct {
	Kind       string          `db:"kind"` // of a document, or journal_entry, revenue_schedule
	RecordID   int64           `db:"record_id"`
	Number     string          `db:"number"`
	On         time.Time       `db:"on_date"` // the earliest day of it
	Posted     decimal.Decimal `db:"posted"`
	Owed       decimal.Decimal `db:"owed"`
	Difference decimal.Decimal `db:"difference"`
	Entries    pq.Int64Array   `db:"entries"`    // that were posted for it
	Exceptions pq.StringArray  `db:"exceptions"` // status, void, elsewhere: why it owes another amount
}

// shownPieces is how many pieces of a control account are listed.
const shownPieces = 200

// ControlAccounts reads ledger and sub-ledger of an account now, with the documents and entries
// that make them differ. An account whose books keep none of the roles has none; one outside the
// scope is a NotFound fault.
func ControlAccounts(ctx context.Context, q db.Querier, s accounts.Scope, customerID int64) ([]ControlAccount, error) {
	if _, err := accounts.GetCustomer(ctx, q, s, customerID); err != nil {
		return nil, err
	}
	var list []ControlAccount
	err := q.SelectContext(ctx, &list, `
		with days as (
		    select role, currency, on_date, sum(sum(books - records)) over w as rest
		    from control_pieces where customer_id = $1 group by 1, 2, 3
		    window w as (partition by role, currency order by on_date)
		), since as (
		    select role, currency, min(on_date) filter (where on_date > last_equal) as day
		    from (select *, coalesce(max(on_date) filter (where rest = 0) over w, '-infinity') as last_equal
		          from days window w as (partition by role, currency)) d
		    group by 1, 2)
		select d.role, d.currency, d.ledger, d.sub_ledger, d.difference,
		       case when d.difference <> 0 then s.day end as since
		from book_differences d left join since s on (s.role, s.currency) = (d.role, d.currency)
		where d.customer_id = $1 order by d.role desc, d.currency`, customerID)
	if err != nil {
		return nil, fmt.Errorf("compare the ledger of the account: %w", err)
	}
	for i := range list {
		if err := list[i].read(ctx, q, customerID); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// read fills in the pieces that differ.
func (c *ControlAccount) read(ctx context.Context, q db.Querier, customerID int64) error {
	err := q.SelectContext(ctx, &c.Pieces, `
		select p.kind, p.record_id, p.on_date, p.posted, p.owed, p.posted - p.owed as difference, p.entries,
		       p.exceptions,
		       coalesce(case p.kind
		           when 'invoice' then (select number from invoices where id = p.record_id)
		           when 'credit_memo' then (select number from credit_memos where id = p.record_id)
		           when 'debit_memo' then (select number from debit_memos where id = p.record_id)
		           when 'payment' then number_of('PAY', p.record_id)
		           when 'refund' then number_of('RF', p.record_id)
		           when 'revenue_schedule' then number_of('RS', p.record_id)
		           when 'journal_entry' then number_of('JE', p.record_id) end, '') as number
		from (select kind, record_id, min(on_date) as on_date, sum(books) as posted, sum(records) as owed,
		             coalesce(array_agg(distinct entry_id) filter (where entry_id is not null), '{}') as entries,
		             coalesce(array_agg(distinct piece) filter (where piece in ('status', 'void', 'elsewhere')),
		                      '{}') as exceptions
		      from control_pieces where customer_id = $1 and role = $2 and currency = $3
		      group by 1, 2 having sum(books) <> sum(records)) p
		order by abs(p.posted - p.owed) desc, p.on_date, p.kind, p.record_id limit $4`,
		customerID, c.Role, c.Currency, shownPieces+1)
	if err != nil {
		return fmt.Errorf("read what makes the ledger of the account differ: %w", err)
	}
	if len(c.Pieces) > shownPieces {
		err := q.GetContext(ctx, &c.More, `
			select count(*) - $4
			from (select 1 from control_pieces where customer_id = $1 and role = $2 and currency = $3
			      group by kind, record_id
			        having sum(books) <> sum(records)) p`, customerID, c.Role, c.Currency, shownPieces)
		if err != nil {
			return fmt.Errorf("count what makes the ledger of the account differ: %w", err)
		}
		c.Pieces = c.Pieces[:shownPieces]
	}
	return nil
}
