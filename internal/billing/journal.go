package billing

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/lib/pq"
	"github.com/shopspring/decimal"

	"handover/internal/accounts"
	"handover/internal/db"
	"handover/internal/money"
)

// EntryPrefix begins the numbers of journal entries.
const EntryPrefix = "JE"

// Entry is a journal entry with its lines.
type Entry struct {
	db.Key
	ID            int64     `db:"id"`
	DistributorID int64     `db:"distributor_id"` // whose books
	Distributor   string    `db:"distributor_name"`
	PostedOn      time.Time `db:"posted_on"`
	Memo          string    `db:"memo"`
	Restricted    string    `db:"restricted"`
	SourceKind    string    `db:"source_kind"` // "" = no source
	SourceID      int64     `db:"source_id"`
	SourceNumber  string    `db:"source_number"`
	// of a source that is a schedule line, 0 = none or outside the scope
	Subscription int64       `db:"subscription_id"`
	Recognises   string      `db:"recognises"`  // numbers of the schedule lines of an entry for several, "" = none
	CustomerID   int64       `db:"customer_id"` // its owner, 0 = none or outside the scope
	Customer     string      `db:"customer_name"`
	OrderID      int64       `db:"order_id"` // the transfer that wrote it, 0 = none
	Lines        []EntryLine `db:"-"`
}

// Number returns the entry's number.
func (e Entry) Number() string { return accounts.Number(EntryPrefix, e.ID) }

// EntryLine is one line of a journal entry: a debit or a credit.
type EntryLine struct {
	EntryID  int64           `db:"entry_id"`
	Account  string          `db:"account"`
	Debit    decimal.Decimal `db:"debit"`
	Credit   decimal.Decimal `db:"credit"`
	Currency string          `db:"currency"`

	// Of a line on clearing or intercompany that a transfer wrote (docs/accounting.md): the
	// distributor on the other side with its legal entity, "" outside the reader's scope, and the
	// amount on the side that gave, null where it is no own amount of the reader's scope.
	Between          bool                `db:"between"`
	Party            string              `db:"party"`
	PartyEntity      string              `db:"party_entity"`
	Original         decimal.NullDecimal `db:"original_amount"`
	OriginalCurrency string              `db:"original_currency"`
	Rate             decimal.NullDecimal `db:"rate"` // by which the original amount was multiplied
}

// JournalFilter says which entries to list; its zero value lists all in the scope.
type JournalFilter struct {
	DistributorID int64
	CustomerID    int64
	Account       string // how the account begins: "1100"
	From          *time.Time
	To            *time.Time
	Search        string // number of the entry or its document, or part of the memo
}

// entryDocuments joins the document that an entry e was posted from.
const entryDocuments = `left join invoices i on e.source_kind = 'invoice' and i.id = e.source_id
	left join payments pay on e.source_kind = 'payment' and pay.id = e.source_id
	left join refunds ref on e.source_kind = 'refund' and ref.id = e.source_id
	left join payments refp on refp.id = ref.payment_id
	left join credit_memos cm on e.source_kind = 'credit_memo' and cm.id = e.source_id
	left join debit_memos dm on e.source_kind = 'debit_memo' and dm.id = e.source_id`

// Journal returns a page of the journal, the newest day first unless the page says
// otherwise. Every distributor's books are read along their own index and merged.
func Journal(ctx context.Context, q db.Querier, s accounts.Scope, f JournalFilter, p db.Page) (db.Part[Entry], error) {
	k, err := db.NewKeyset(p, "e.id", "-", db.Order{Key: "date", Expr: "e.posted_on", Type: "date"})
	if err != nil {
		return db.Part[Entry]{}, err
	}
	var w db.Where
	books := s.Condition(&w, "d.id")
	named, err := f.accounts(ctx, q)
	if err != nil || f.Account != "" && len(named) == 0 {
		return db.Part[Entry]{}, err
	}
	f.apply(&w, s, named)
	k.Apply(&w)
	if f.DistributorID != 0 {
		books += w.Bind(" and d.id = ?", f.DistributorID)
	}
	owner := s.Condition(&w, "c.distributor_id")
	contract := s.Condition(&w, "sc.distributor_id")
	text := s.EntryText(&w, "e")
	written := accounts.LedgerOf(&w, s, "journal_entry", "e.id")
	var rows []Entry
	err = q.SelectContext(ctx, &rows, `
		select e.id, e.distributor_id, e.distributor_name, e.posted_on, e.memo, e.restricted,
		       coalesce(e.source_kind, '') as source_kind, coalesce(e.source_id, 0) as source_id,
		       coalesce(i.number, number_of('PAY', pay.id), number_of('RF', ref.id), cm.number, dm.number,
		                rs.number, '') as source_number,
		       coalesce(rs.subscription_id, 0) as subscription_id,
		       coalesce((select string_agg(number_of('RS', rl.revenue_schedule_id), ', '
		                                   order by rl.revenue_schedule_id)
		                 from recognition_lines rl where rl.entry_id = e.id), '') as recognises,
		       coalesce(c.id, 0) as customer_id, coalesce(c.name, '') as customer_name,
		       coalesce(o.order_id, 0) as order_id, `+k.Columns()+`
		from (select e.id, e.distributor_id, e.customer_id, e.posted_on, e.memo, e.restricted, e.source_kind,
		      e.source_id,
		             d.name as distributor_name
		      from distributors d
		      cross join lateral (
		          select e.id, e.distributor_id, e.customer_id, e.posted_on, `+text+` as memo, e.restricted,
		                 e.source_kind, e.source_id
		          from journal_entries e `+w.SQL()+` `+k.Tail()+`) e
		      where `+books+` `+k.Tail()+`) e
		`+entryDocuments+`
		left join lateral (
		    select o.number, o.customer_id, case when `+contract+` then r.subscription_id end as subscription_id
		    from owned_revenue_schedules o join revenue_schedules r on r.id = o.id
		    left join subscriptions sub on sub.id = r.subscription_id left join customers sc on sc.id = sub.customer_id
		    where e.source_kind = 'revenue_schedule' and o.id = e.source_id) rs on true
		left join customers c on c.id = coalesce(e.customer_id, i.customer_id, pay.customer_id, refp.customer_id,
		                                         cm.customer_id, dm.customer_id, rs.customer_id)
		     and (`+owner+`)
		left join lateral (
		    select l.order_id from transfer_ledger l
		    where `+written+` and l.column_name = '' order by l.id limit 1) o on true
		`+k.Tail(), w.Args()...)
	if err != nil {
		return db.Part[Entry]{}, fmt.Errorf("read the journal: %w", err)
	}
	part := db.Cut(k, rows)
	return part, readLines(ctx, q, s, part.Rows)
}

// accounts are the accounts of the books that begin as was typed.
func (f JournalFilter) accounts(ctx context.Context, q db.Querier) ([]string, error) {
	if f.Account == "" {
		return nil, nil
	}
	var names []string
	if err := q.SelectContext(ctx, &names, `select handover_accounts_like($1)`, db.Like(f.Account)+"%"); err != nil {
		return nil, fmt.Errorf("look for the account: %w", err)
	}
	return names, nil
}

// apply adds the conditions on an entry e of the books of d.
func (f JournalFilter) apply(w *db.Where, s accounts.Scope, named []string) {
	w.And("e.distributor_id = d.id")
	if f.CustomerID != 0 {
		w.And("e.id in (select o.id from owned_journal_entries o where o.customer_id = ?)", f.CustomerID)
	}
	if f.Account != "" {
		w.And("exists (select 1 from journal_lines l where l.entry_id = e.id and l.account = any(?))", pq.Array(named))
	}
	if f.From != nil {
		w.And("e.posted_on >= ?", *f.From)
	}
	if f.To != nil {
		w.And("e.posted_on <= ?", *f.To)
	}
	typed := strings.TrimSpace(f.Search)
	if id, ok := accounts.ParseNumber(EntryPrefix, typed); ok {
		w.And("e.id = ?", id)
	} else if typed != "" {
		payment, _ := accounts.ParseNumber("PAY", typed)
		refund, _ := accounts.ParseNumber("RF", typed)
		schedule, _ := accounts.ParseNumber("RS", typed)
		w.And(s.EntryText(w, "e")+` ilike ? or (e.source_kind, e.source_id) in (
		       select 'invoice', id from invoices where number = ? union all
		       select 'credit_memo', id from credit_memos where number = ? union all
		       select 'debit_memo', id from debit_memos where number = ? union all
		       select 'payment', ?::bigint union all select 'refund', ?::bigint
		       union all select 'revenue_schedule', ?::bigint)
		     or e.id in (select rl.entry_id from recognition_lines rl where rl.revenue_schedule_id = ?)`,
			"%"+db.Like(typed)+"%", typed, typed, typed, payment, refund, schedule, schedule)
	}
}

// readLines gives the entries their lines, in the order in which they were written.
func readLines(ctx context.Context, q db.Querier, s accounts.Scope, entries []Entry) error {
	at := map[int64]int{}
	ids := make([]int64, 0, len(entries))
	for i, e := range entries {
		at[e.ID] = i
		ids = append(ids, e.ID)
	}
	var w db.Where
	seen := s.Condition(&w, "d.id")
	w.And("l.entry_id = any(?)", pq.Array(ids))
	// another currency's amount is the other side's
	const told = "(l.original_currency = l.currency or d.id is not null)"
	var lines []EntryLine
	err := q.SelectContext(ctx, &lines, `
		select l.entry_id, l.account, l.debit, l.credit, l.currency,
		       l.counterparty_distributor_id is not null as between, coalesce(d.name, '') as party,
		       case when d.id is not null then coalesce(l.counterparty_entity, '') else '' end as party_entity,
		       case when `+told+` then l.original_amount end as original_amount,
		       coalesce(case when `+told+` then l.original_currency end, '') as original_currency, case when `+told+
		` then l.rate end as rate
		from journal_lines l left join distributors d on d.id = l.counterparty_distributor_id and (`+seen+`)
		`+w.SQL()+` order by l.entry_id, l.id`, w.Args()...)
	if err != nil {
		return fmt.Errorf("read the lines of the journal: %w", err)
	}
	for _, l := range lines {
		e := &entries[at[l.EntryID]]
		e.Lines = append(e.Lines, l)
	}
	return nil
}

// Totals sums debits and credits of the entries, per currency.
func Totals(entries []Entry) (debits, credits money.Sums) {
	debits, credits = money.Sums{}, money.Sums{}
	for _, e := range entries {
		for _, l := range e.Lines {
			debits.Add(l.Debit, l.Currency)
			credits.Add(l.Credit, l.Currency)
		}
	}
	return debits, credits
}
