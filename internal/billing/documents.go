package billing

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"handover/internal/accounts"
	"handover/internal/db"
	"handover/internal/fault"
)

// DocumentKind is one kind of document in a customer's list.
type DocumentKind struct {
	Name   string // as the ledger names it: "credit_memo"
	Label  string // "Credit memo"
	Plural string // "Credit memos"

	// rows are the documents of a customer ($1): id, number, on_date, amount, currency, status,
	// restricted, due_on and the number of the document that a transfer carried here.
	rows string
	// open is what is still to be paid or not used yet of the document r.id, "" = it has no such amount.
	open string
}

const (
	toPay    = `(select o.open_amount from open_documents o where o.kind = r.kind and o.id = r.id)`
	unused   = `(select u.unapplied from unapplied_credits u where u.kind = r.kind and u.id = r.id)`
	noAmount = `null::numeric`
)

// documentKinds are the kinds in the order in which those of one day are listed. A
// new one goes to the end: its place is part of the cursors that people have.
var documentKinds = []DocumentKind{
	{"invoice", "Invoice", "Invoices", `select i.id, i.number, i.issued_on as on_date, i.total as amount,
		i.currency, i.status, i.restricted, i.due_on, '' from invoices i where i.customer_id = $1`, toPay},
	{"payment", "Payment", "Payments", `select p.id, number_of('PAY', p.id), p.received_on, p.amount, p.currency,
		p.status, '', null::date, '' from payments p where p.customer_id = $1`, unused},
	{"refund", "Refund", "Refunds", `select f.id, number_of('RF', f.id), f.refunded_on, f.amount, p.currency, f.status,
		'', null::date, '' from payments p join refunds f on f.payment_id = p.id where p.customer_id = $1`, noAmount},
	{"credit_memo", "Credit memo", "Credit memos", `select m.id, m.number, m.issued_on, m.amount, m.currency, m.status,
		m.restricted, null::date, coalesce(m.origin_number, '') from credit_memos m where m.customer_id = $1`, unused},
	{"debit_memo", "Debit memo", "Debit memos", `select m.id, m.number, m.issued_on, m.amount, m.currency, m.status,
		m.restricted, m.due_on, coalesce(m.origin_number, '') from debit_memos m where m.customer_id = $1`, toPay},
	{"placed_order", "Order", "Orders", `select o.id, number_of('O', o.id), o.placed_on, o.total, c.currency, o.status,
		'', null::date, '' from placed_orders o join customers c on c.id = o.customer_id
		where o.customer_id = $1`, noAmount},
}

// DocumentKinds returns the kinds of documents in their order.
func DocumentKinds() []DocumentKind { return documentKinds }

// DocumentKindOf returns the kind of that name.
func DocumentKindOf(name string) (DocumentKind, error) {
	i := slices.IndexFunc(documentKinds, func(k DocumentKind) bool { return k.Name == name })
	if i < 0 {
		return DocumentKind{}, fault.New(fault.NotFound, msgNoDocumentKind, name)
	}
	return documentKinds[i], nil
}

// DocumentRow is one document in a customer's list.
type DocumentRow struct {
	db.Key
	ID         int64               `db:"id"`
	Kind       string              `db:"kind"`
	Number     string              `db:"number"`
	OnDate     time.Time           `db:"on_date"`
	Amount     decimal.Decimal     `db:"amount"`
	Open       decimal.NullDecimal `db:"open_amount"` // still to be paid, or not used yet
	Currency   string              `db:"currency"`
	Status     string              `db:"status"`
	Restricted string              `db:"restricted"`
	DueOn      *time.Time          `db:"due_on"`
	Origin     string              `db:"origin"` // number of the document that a transfer carried here, "" = its own
}

// DocumentsOf says which documents of a customer to list.
type DocumentsOf struct {
	Customer int64
	Kind     string // "" = all
	Page     db.Page
}

// documentOrders are the orders of a customer's documents.
var documentOrders = []db.Order{{Key: "date", Expr: "r.on_date", Type: "date"}}

// kindPlaces is the room for kinds beside an id, so that a row's place is one number.
const kindPlaces = 16

// ListDocuments returns a page of a customer's documents of all kinds, the last
// first. The customer must lie in the scope.
func ListDocuments(ctx context.Context, q db.Querier, s accounts.Scope, f DocumentsOf) (db.Part[DocumentRow], error) {
	if _, err := accounts.GetCustomer(ctx, q, s, f.Customer); err != nil {
		return db.Part[DocumentRow]{}, err
	}
	k, err := db.NewKeyset(f.Page, "r.place", "-", documentOrders...)
	if err != nil {
		return db.Part[DocumentRow]{}, err
	}
	if f.Kind != "" {
		if _, err := DocumentKindOf(f.Kind); err != nil {
			return db.Part[DocumentRow]{}, err
		}
	}
	all, open := "", "case r.kind"
	for place, kind := range documentKinds {
		if f.Kind != "" && f.Kind != kind.Name {
			continue
		}
		if all != "" {
			all += " union all "
		}
		all += fmt.Sprintf(`select '%s'::text as kind, d.id * %d + %d as place, d.id, d.number, d.on_date, d.amount,
			d.currency, d.status, d.restricted, d.due_on, d.origin
			from (%s) d (id, number, on_date, amount, currency, status, restricted, due_on, origin)`,
			kind.Name, kindPlaces, place, kind.rows)
		open += fmt.Sprintf(" when '%s' then %s", kind.Name, kind.open)
	}
	var w db.Where
	w.Arg(f.Customer) // the $1 of the kinds' rows
	k.Apply(&w)
	var rows []DocumentRow
	err = q.SelectContext(ctx, &rows, `
		select `+k.Columns()+
		`, r.kind, r.id, r.number, r.on_date, r.amount, r.currency, r.status, r.restricted, r.due_on, r.origin,
		       `+open+` end as open_amount
		from (`+all+`) r `+w.SQL()+` `+k.Tail(), w.Args()...)
	if err != nil {
		return db.Part[DocumentRow]{}, fmt.Errorf("list the documents of %s: %w",
			accounts.Number(accounts.CustomerPrefix, f.Customer), err)
	}
	return db.Cut(k, rows), nil
}

// CountDocuments returns how many documents the customer has, of one kind or, with
// kind "", of all.
func CountDocuments(ctx context.Context, q db.Querier, customerID int64, kind string) (int, error) {
	total := 0
	for _, k := range documentKinds {
		if kind != "" && kind != k.Name {
			continue
		}
		var n int
		if err := q.GetContext(ctx, &n, `select count(*) from (`+k.rows+`) counted`, customerID); err != nil {
			return 0, fmt.Errorf("count the %s: %w", k.Plural, err)
		}
		total += n
	}
	return total, nil
}
