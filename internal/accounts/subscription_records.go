package accounts

import (
	"context"
	"fmt"
	"time"

	"github.com/lib/pq"
	"github.com/shopspring/decimal"

	"handover/internal/db"
)

// RecordKind is one kind of record that a subscription is billed by.
type RecordKind struct {
	Name   string // as the ledger names it: "usage_record"
	Plural string // as a heading: "Usage"

	rows string // id, number, on_date, until, what, quantity, amount, done, invoice_id of a subscription ($1)
}

// recordKinds are the kinds of record of a subscription, in the order of their tabs.
// done says that the record is billed, or revenue recognised.
var recordKinds = []RecordKind{
	{Name: "subscription_charge", Plural: "Charges", rows: `
		select h.id, number_of('CH', h.id) as number, h.period_start as on_date, h.period_end as until,
		       coalesce(nullif(h.description, ''), h.kind) as what, null::numeric as quantity, h.amount,
		       null::boolean as done, (select l.invoice_id from invoice_lines l join invoices i on i.id = l.invoice_id
		        where l.charge_id = h.id and i.status in ('open', 'paid') order by l.id limit 1) as invoice_id
		from subscription_charges h where h.subscription_id = $1`},
	{Name: "usage_record", Plural: "Usage", rows: `
		select u.id, number_of('U', u.id) as number, u.used_on as on_date, null::date as until,
		       coalesce(x.name, '') as what, u.quantity, u.amount, null::boolean as done,
		       (select l.invoice_id from invoice_lines l join invoices i on i.id = l.invoice_id
		        where l.id = u.invoice_line_id and i.status in ('open', 'paid')) as invoice_id
		from usage_records u left join plan_resources x on x.id = u.resource_id where u.subscription_id = $1`},
	{Name: "billing_schedule", Plural: "Billing schedule", rows: `
		select b.id, number_of('BS', b.id) as number, b.due_on as on_date, null::date as until, '' as what,
		       null::numeric as quantity, b.amount, null::boolean as done,
		       (select i.id from invoices i where i.id = b.invoice_id and i.status in ('open', 'paid')) as invoice_id
		from billing_schedules b where b.subscription_id = $1`},
	{Name: "revenue_schedule", Plural: "Revenue schedule", rows: `
		select r.id, number_of('RS', r.id) as number, r.period_start as on_date, r.period_end as until, '' as what,
		       null::numeric as quantity, r.amount, r.recognized as done,
		       (select l.invoice_id from invoice_lines l where l.id = r.invoice_line_id) as invoice_id
		from revenue_schedules r where r.subscription_id = $1`},
}

// RecordKinds returns the kinds of record of a subscription, in the order of their tabs.
func RecordKinds() []RecordKind { return recordKinds }

// Record is one record that a subscription is billed by.
type Record struct {
	db.Key
	ID            int64               `db:"id"`
	Number        string              `db:"number"`
	OnDate        time.Time           `db:"on_date"`
	Until         *time.Time          `db:"until"`
	What          string              `db:"what"`
	Quantity      decimal.NullDecimal `db:"quantity"`
	Amount        decimal.Decimal     `db:"amount"`
	Done          *bool               `db:"done"`
	InvoiceID     *int64              `db:"invoice_id"` // that billed it
	InvoiceNumber string              `db:"-"`
	InvoiceSeen   bool                `db:"-"` // the invoice lies in the scope
	Entries       []string            `db:"-"` // numbers of the journal entries that recognise a schedule line
}

// recordOrders are the orders of a subscription's records.
var recordOrders = []db.Order{{Key: "date", Expr: "r.on_date", Type: "date"}}

// ListRecords returns a page of a subscription's records of one kind, the last first.
func ListRecords(ctx context.Context, q db.Querier, s Scope, kind RecordKind, subscriptionID int64,
	p db.Page,
) (db.Part[Record], error) {
	k, err := db.NewKeyset(p, "r.id", "-", recordOrders...)
	if err != nil {
		return db.Part[Record]{}, err
	}
	var w db.Where
	w.Arg(subscriptionID) // the $1 of the kind's rows
	if !s.Everything {    // what a distributor billed is theirs, also after the contract went
		w.And("r.invoice_id is null or exists (select 1 from invoices i join customers c on c.id = " +
			"i.customer_id where i.id = r.invoice_id and (" +
			s.Condition(&w, "c.distributor_id") + "))")
	}
	k.Apply(&w)
	var rows []Record
	err = q.SelectContext(ctx, &rows, `
		select `+k.Columns()+`, r.id, r.number, r.on_date, r.until, r.what, r.quantity, r.amount, r.done, r.invoice_id
		from (`+kind.rows+`) r `+w.SQL()+` `+k.Tail(), w.Args()...)
	if err != nil {
		return db.Part[Record]{}, fmt.Errorf("list the %s of the subscription: %w", kind.Name, err)
	}
	part := db.Cut(k, rows)
	if kind.Name == "revenue_schedule" {
		if err := nameEntries(ctx, q, s, part.Rows); err != nil {
			return part, err
		}
	}
	return part, nameInvoices(ctx, q, s, part.Rows)
}

// nameEntries fills in the journal entries that recognise the schedule lines, as far as they
// are in books of the scope.
func nameEntries(ctx context.Context, q db.Querier, s Scope, records []Record) error {
	ids := make([]int64, len(records))
	at := map[int64]int{}
	for i, r := range records {
		ids[i], at[r.ID] = r.ID, i
	}
	var w db.Where
	w.And("r.revenue_schedule_id = any(?)", pq.Array(ids))
	s.Apply(&w, "r.distributor_id")
	var found []struct {
		Line   int64  `db:"revenue_schedule_id"`
		Number string `db:"number"`
	}
	err := q.SelectContext(ctx, &found, `
		select r.revenue_schedule_id, number_of('JE', r.entry_id) as number from recognitions r `+w.SQL()+`
		order by r.entry_id`, w.Args()...)
	if err != nil {
		return fmt.Errorf("read the recognition entries of the records: %w", err)
	}
	for _, f := range found {
		records[at[f.Line]].Entries = append(records[at[f.Line]].Entries, f.Number)
	}
	return nil
}

// nameInvoices fills in the invoices that billed the records.
func nameInvoices(ctx context.Context, q db.Querier, s Scope, records []Record) error {
	var ids []int64
	for _, r := range records {
		if r.InvoiceID != nil {
			ids = append(ids, *r.InvoiceID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	var w db.Where
	w.And("i.id = any(?)", pq.Array(ids))
	var found []struct {
		ID     int64  `db:"id"`
		Number string `db:"number"`
		Seen   bool   `db:"seen"`
	}
	err := q.SelectContext(ctx, &found, `
		select i.id, i.number, (`+s.Condition(&w, "c.distributor_id")+`) as seen
		from invoices i join customers c on c.id = i.customer_id `+w.SQL(), w.Args()...)
	if err != nil {
		return fmt.Errorf("read the invoices of the records: %w", err)
	}
	for i, r := range records {
		for _, f := range found {
			if r.InvoiceID != nil && *r.InvoiceID == f.ID {
				records[i].InvoiceNumber, records[i].InvoiceSeen = f.Number, f.Seen
			}
		}
	}
	return nil
}
