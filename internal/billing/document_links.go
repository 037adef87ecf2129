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
	"handover/internal/fault"
)

// inSentence is the kind's name within a sentence.
func (k DocumentKind) inSentence() string { return strings.ToLower(k.Label) }

// Allocation is a part of a payment or credit memo that settles an invoice or debit
// memo, seen from one of the two: Kind, ID and Number are the other.
type Allocation struct {
	Kind    string          `db:"kind"`
	ID      int64           `db:"id"`
	Number  string          `db:"number"` // "" outside the scope
	OnDate  time.Time       `db:"on_date"`
	Amount  decimal.Decimal `db:"amount"`
	Counts  decimal.Decimal `db:"counts"`   // how much of the amount counts (docs/domain.md, "What settles a document")
	Idle    string          `db:"idle"`     // why the rest does not, a code of Uncounted; "" = all counts
	OrderID *int64          `db:"order_id"` // the transfer that wrote it
	Seen    bool            `db:"seen"`     // the other document lies in the scope
}

// Uncounted are the codes that say why an allocation does not count, or not as a whole: the
// status of its payment, or one of these.
const (
	UncountedVoid     = "void"      // its credit memo is void
	UncountedParted   = "parted"    // a transfer parted the payment from the document
	UncountedPaidBack = "paid_back" // a chargeback or refund took it back
	UncountedUsed     = "used"      // its payment or memo is used up by others
	UncountedNoRoom   = "no_room"   // the document is settled by others
)

// The allocations with why they do not count.
const (
	paymentAllocations = `(select a.*,
		case when a.counts = a.amount then ''
		     when p.status <> 'succeeded' then p.status
		     when a.parted then 'parted'
		     when p.allocated + p.refunded < p.amount then 'no_room'
		     when p.refunded > 0 then 'paid_back'
		     else 'used' end as idle
		from payment_allocations a join payments p on p.id = a.payment_id)`
	creditAllocations = `(select a.*,
		case when a.counts = a.amount then ''
		     when m.status = 'void' then 'void'
		     when m.allocated + m.refunded < m.amount then 'no_room'
		     when m.refunded > 0 then 'paid_back'
		     else 'used' end as idle
		from credit_allocations a join credit_memos m on m.id = a.credit_memo_id)`
)

// allocationsOf has the query for the allocations of document $1, per kind.
var allocationsOf = map[string]string{
	"invoice": `select 'payment' as kind, payment_id as id, amount, counts, idle, order_id from ` +
		paymentAllocations + ` a where invoice_id = $1
		union all select 'credit_memo', credit_memo_id, amount, counts, idle, order_id
		from ` + creditAllocations + ` a where invoice_id = $1`,
	"debit_memo": `select 'payment' as kind, payment_id as id, amount, counts, idle, order_id from ` +
		paymentAllocations + ` a where debit_memo_id = $1
		union all select 'credit_memo', credit_memo_id, amount, counts, idle, order_id
		from ` + creditAllocations + ` a where debit_memo_id = $1`,
	"payment": `select case when invoice_id is null then 'debit_memo' else 'invoice' end as kind,
		coalesce(invoice_id, debit_memo_id) as id, amount, counts, idle, order_id from ` + paymentAllocations + ` a
		where payment_id = $1`,
	"credit_memo": `select case when invoice_id is null then 'debit_memo' else 'invoice' end as kind,
		coalesce(invoice_id, debit_memo_id) as id, amount, counts, idle, order_id from ` + creditAllocations + ` a
		where credit_memo_id = $1`,
}

// Allocations returns what settles a document, or what it settles, by date.
func Allocations(ctx context.Context, q db.Querier, s accounts.Scope, kind string, id int64) ([]Allocation, error) {
	rows, ok := allocationsOf[kind]
	if !ok {
		return nil, nil
	}
	var w db.Where
	w.Arg(id) // the $1 of the kind's rows
	seen := "(" + s.Condition(&w, "c.distributor_id") + ")"
	var out []Allocation
	err := q.SelectContext(ctx, &out, `
		select a.kind, a.id, case when `+seen+` then o.number else '' end as number, o.on_date, a.amount, a.counts,
		       a.idle, a.order_id, `+
		seen+` as seen
		from (`+rows+`) a
		join lateral (select number, issued_on as on_date, customer_id from invoices
		              where a.kind = 'invoice' and id = a.id
		    union all select number, issued_on, customer_id from debit_memos where a.kind = 'debit_memo' and id = a.id
		    union all select number, issued_on, customer_id from credit_memos where a.kind = 'credit_memo' and id = a.id
		    union all select number_of('PAY', id), received_on, customer_id from payments
		    where a.kind = 'payment' and id = a.id) o on true
		join customers c on c.id = o.customer_id order by o.on_date, a.kind, a.id limit 500`, w.Args()...)
	if err != nil {
		return nil, fmt.Errorf("read the allocations: %w", err)
	}
	return out, nil
}

// Refund is money of a payment that went back: a refund, of a credit memo where it names one,
// or a chargeback.
type Refund struct {
	ID     int64           `db:"id"`
	Number string          `db:"number"`
	OnDate time.Time       `db:"on_date"`
	Amount decimal.Decimal `db:"amount"`
	Status string          `db:"status"`
	Kind   string          `db:"kind"` // refund or chargeback
	Memo   string          `db:"memo"` // number of the credit memo that it pays out, "" = none
}

// Refunds returns the refunds of a payment, or those that pay out a credit memo, by date; of
// other kinds none.
func Refunds(ctx context.Context, q db.Querier, kind string, id int64) ([]Refund, error) {
	column, ok := map[string]string{"payment": "payment_id", "credit_memo": "credit_memo_id"}[kind]
	if !ok {
		return nil, nil
	}
	var out []Refund
	err := q.SelectContext(ctx, &out, `
		select f.id, number_of('RF', f.id) as number, f.refunded_on as on_date, f.amount, f.status, f.kind,
		       coalesce(m.number, '') as memo
		from refunds f left join credit_memos m on m.id = f.credit_memo_id where f.`+column+` = $1
		order by f.refunded_on, f.id limit 500`, id)
	if err != nil {
		return nil, fmt.Errorf("read the refunds: %w", err)
	}
	return out, nil
}

// SourceEntry is a journal entry that a document gave rise to.
type SourceEntry struct {
	ID          int64        `db:"id"`
	Number      string       `db:"number"`
	PostedOn    time.Time    `db:"posted_on"`
	Memo        string       `db:"memo"`
	Restricted  string       `db:"restricted"`
	Distributor string       `db:"distributor_name"` // in whose books
	Lines       []SourceLine `db:"-"`
}

// SourceLine is one line of a journal entry.
type SourceLine struct {
	EntryID  int64           `db:"entry_id"`
	Account  string          `db:"account"`
	Debit    decimal.Decimal `db:"debit"`
	Credit   decimal.Decimal `db:"credit"`
	Currency string          `db:"currency"`
}

// EntriesOf returns the journal entries of a document with their lines, by date.
// Those in the books of a distributor outside the scope are left out.
func EntriesOf(ctx context.Context, q db.Querier, s accounts.Scope, kind string, id int64) ([]SourceEntry, error) {
	var w db.Where
	w.And("e.source_kind = ? and e.source_id = ?", kind, id)
	s.Apply(&w, "e.distributor_id")
	text := s.EntryText(&w, "e")
	var out []SourceEntry
	err := q.SelectContext(ctx, &out, `
		select e.id, number_of('JE', e.id) as number, e.posted_on, `+text+` as memo, e.restricted,
		       d.name as distributor_name
		from journal_entries e join distributors d on d.id = e.distributor_id `+w.SQL()+`
		order by e.posted_on, e.id limit 200`, w.Args()...)
	if err != nil {
		return nil, fmt.Errorf("read the journal entries: %w", err)
	}
	ids := make([]int64, len(out))
	for i, e := range out {
		ids[i] = e.ID
	}
	var lines []SourceLine
	err = q.SelectContext(ctx, &lines, `
		select entry_id, account, debit, credit, currency from journal_lines where entry_id = any($1)
		order by id`, pq.Array(ids))
	if err != nil {
		return nil, fmt.Errorf("read the lines of the journal entries: %w", err)
	}
	for i := range out {
		for _, l := range lines {
			if l.EntryID == out[i].ID {
				out[i].Lines = append(out[i].Lines, l)
			}
		}
	}
	return out, nil
}

// ownNumbers are the prefixes of the kinds whose numbers are made of their ids.
var ownNumbers = map[string]string{"payment": "PAY", "refund": "RF"}

// DocumentsNumbered returns the ids of the documents of a kind in the scope that bear
// the number: outside systems may give one number twice.
func DocumentsNumbered(ctx context.Context, q db.Querier, s accounts.Scope, kind, number string) ([]int64, error) {
	rows, ok := map[string]string{
		"invoice":     `select id, customer_id from invoices where number = $1 or external_id = $1`,
		"credit_memo": `select id, customer_id from credit_memos where number = $1 or external_id = $1`,
		"debit_memo":  `select id, customer_id from debit_memos where number = $1 or external_id = $1`,
		"payment":     `select id, customer_id from payments where id = $2 or external_id = $1`,
		"refund": `select f.id, p.customer_id from refunds f join payments p on p.id = f.payment_id
			where f.id = $2 or f.external_id = $1`,
	}[kind]
	if !ok {
		return nil, fault.New(fault.NotFound, msgNoDocumentKind, kind)
	}
	var w db.Where
	w.Arg(number) // the $1 of the kind's rows
	if prefix := ownNumbers[kind]; prefix != "" {
		id, _ := accounts.ParseNumber(prefix, number)
		w.Arg(id) // and their $2
	}
	s.Apply(&w, "c.distributor_id")
	var ids []int64
	err := q.SelectContext(ctx, &ids, `select r.id from (`+rows+
		`) r join customers c on c.id = r.customer_id `+w.SQL()+`
		order by r.id limit 50`, w.Args()...)
	if err != nil {
		return nil, fmt.Errorf("look for the number %q: %w", number, err)
	}
	return ids, nil
}
