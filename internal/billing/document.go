package billing

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"handover/internal/accounts"
	"handover/internal/db"
	"handover/internal/fault"
)

// Document is one document with its owner and what was printed on it.
type Document struct {
	Kind           string              `db:"kind"`
	ID             int64               `db:"id"`
	Number         string              `db:"number"`
	ExternalID     string              `db:"external_id"`
	OnDate         time.Time           `db:"on_date"`
	DueOn          *time.Time          `db:"due_on"`
	Currency       string              `db:"currency"`
	Amount         decimal.Decimal     `db:"amount"`
	Open           decimal.NullDecimal `db:"open_amount"` // still to be paid, or not used yet
	Status         string              `db:"status"`
	Restricted     string              `db:"restricted"` // the reason, "" = it may move
	Reason         string              `db:"reason"`
	BuyerName      string              `db:"buyer_name"` // as printed; "" = nothing is printed on this kind
	BuyerAddress   string              `db:"buyer_address"`
	BuyerTaxID     string              `db:"buyer_tax_id"`
	Method         string              `db:"method"` // of a payment
	SubscriptionID *int64              `db:"subscription_id"`
	OfKind         string              `db:"of_kind"` // the document that it is a part or correction of
	OfID           *int64              `db:"of_id"`
	OfNumber       string              `db:"of_number"`
	PaysOutID      *int64              `db:"pays_out_id"` // of a refund: the credit memo that it pays out
	PaysOutNumber  string              `db:"pays_out_number"`
	RefundKind     string              `db:"refund_kind"` // refund or chargeback, "" = no refund
	CustomerID     int64               `db:"customer_id"`
	CustomerName   string              `db:"customer_name"`
	CustomerStatus string              `db:"customer_status"`
	Distributor    string              `db:"distributor_name"`

	// Of a memo that a transfer wrote: the document from which its amount first came.
	Purpose           string     `db:"purpose"` // transfer, unused_term, running_term, "" = none of these
	OriginKind        string     `db:"origin_kind"`
	OriginNumber      string     `db:"origin_number"`
	OriginIssuedOn    *time.Time `db:"origin_issued_on"`
	OriginDistributor string     `db:"origin_distributor"` // "" = not stated
}

// TransferNote is what a memo that carries a balance prints (docs/domain.md, "Transfer to
// Another Distributor", step 4).
const TransferNote = msgBalanceNote

// noPayout are the columns about what a refund is, of a document that is none.
const noPayout = `, null::bigint as pays_out_id, '' as pays_out_number, '' as refund_kind`

// noOrigin are the columns of the origin of a document that has none.
const noOrigin = `, '' as purpose, '' as origin_kind, '' as origin_number, null::date as origin_issued_on,
	null::bigint as origin_distributor_id`

// memoOrigin are those of a memo m.
const memoOrigin = `, m.purpose, coalesce(m.origin_kind, '') as origin_kind,
	coalesce(m.origin_number, '') as origin_number,
		m.origin_issued_on, m.origin_distributor_id`

// Customer returns the number of the document's owner.
func (d Document) Customer() string { return accounts.Number(accounts.CustomerPrefix, d.CustomerID) }

// documentDetails has the query for one document ($1) per kind, in the columns of
// Document; "of" is the document that it depends on, @text the text of a memo.
var documentDetails = map[string]string{
	"invoice": `select i.id, i.number, i.external_id, i.customer_id, i.issued_on as on_date, i.due_on, i.currency,
		i.total as amount, i.status, i.restricted, '' as reason, i.buyer_name, i.buyer_address, i.buyer_tax_id,
		'' as method, null::bigint as subscription_id, '' as of_kind, null::bigint as of_id,
		'' as of_number` + noPayout + noOrigin + ` from invoices i where i.id = $1`,
	"payment": `select p.id, number_of('PAY', p.id) as number, p.external_id, p.customer_id,
		p.received_on as on_date, null::date as due_on, p.currency, p.amount, p.status, '' as restricted,
		'' as reason, '' as buyer_name, '' as buyer_address, '' as buyer_tax_id, coalesce(m.label, '') as method,
		null::bigint as subscription_id, '' as of_kind, null::bigint as of_id,
		'' as of_number` + noPayout + noOrigin + `
		from payments p left join payment_methods m on m.id = p.payment_method_id where p.id = $1`,
	"refund": `select f.id, number_of('RF', f.id) as number, f.external_id, p.customer_id, f.refunded_on as on_date,
		null::date as due_on, p.currency, f.amount, f.status, '' as restricted, '' as reason, '' as buyer_name,
		'' as buyer_address, '' as buyer_tax_id, '' as method, null::bigint as subscription_id,
		'payment' as of_kind, p.id as of_id, number_of('PAY', p.id) as of_number, m.id as pays_out_id,
		coalesce(m.number, '') as pays_out_number, f.kind as refund_kind` + noOrigin + `
		from refunds f join payments p on p.id = f.payment_id left join credit_memos m on m.id = f.credit_memo_id
		where f.id = $1`,
	"credit_memo": `select m.id, m.number, m.external_id, m.customer_id, m.issued_on as on_date,
		null::date as due_on, m.currency, m.amount, m.status, m.restricted, @text as reason, m.buyer_name,
		m.buyer_address, m.buyer_tax_id, '' as method, m.subscription_id,
		case when i.id is null then '' else 'invoice' end as of_kind, i.id as of_id,
		coalesce(i.number, '') as of_number` + noPayout + memoOrigin + `
		from credit_memos m left join invoices i on i.id = m.invoice_id where m.id = $1`,
	"debit_memo": `select m.id, m.number, m.external_id, m.customer_id, m.issued_on as on_date, m.due_on,
		m.currency, m.amount, m.status, m.restricted, @text as reason, m.buyer_name, m.buyer_address,
		m.buyer_tax_id, '' as method, m.subscription_id, '' as of_kind, null::bigint as of_id,
		'' as of_number` + noPayout + memoOrigin + ` from debit_memos m where m.id = $1`,
}

// GetDocument returns a document whose owner lies in the scope.
func GetDocument(ctx context.Context, q db.Querier, s accounts.Scope, kind string, id int64) (Document, error) {
	rows, ok := documentDetails[kind]
	if !ok {
		return Document{}, fault.New(fault.NotFound, msgNoDocumentKind, kind)
	}
	k, err := DocumentKindOf(kind)
	if err != nil {
		return Document{}, err
	}
	var w db.Where
	w.Arg(id) // the $1 of the kind's row
	if strings.Contains(rows, "@text") {
		rows = strings.ReplaceAll(rows, "@text", s.MemoText(&w, "m"))
	}
	seen := s.Condition(&w, "o.id")
	s.Apply(&w, "c.distributor_id")
	var d Document
	err = q.GetContext(ctx, &d, `
		select r.kind, r.id, r.number, coalesce(r.external_id, '') as external_id, r.on_date, r.due_on, r.currency,
		       r.amount, r.status, r.restricted, r.reason, r.buyer_name, r.buyer_address, r.buyer_tax_id, r.method,
		       r.subscription_id, r.of_kind, r.of_id, r.of_number, r.pays_out_id, r.pays_out_number, r.refund_kind,
		       r.customer_id, c.name as customer_name, c.status as customer_status, d.name as distributor_name,
		       `+k.open+` as open_amount, r.purpose, r.origin_kind, r.origin_number, r.origin_issued_on,
		       case when r.origin_distributor_id is null then '' when `+seen+` then coalesce(o.name, '`+
		accounts.Another+`') else '`+accounts.Another+`' end as origin_distributor
		from (select '`+kind+`'::text as kind, one.* from (`+rows+`) one) r
		join customers c on c.id = r.customer_id join distributors d on d.id = c.distributor_id
		left join distributors o on o.id = r.origin_distributor_id `+w.SQL(), w.Args()...)
	if err != nil {
		return d, db.NotFound(fmt.Errorf("read the %s: %w", k.Label, err), msgNoDocument, k.inSentence())
	}
	return d, nil
}

// Line is one line of an invoice.
type Line struct {
	ID             int64           `db:"id"`
	Description    string          `db:"description"`
	SubscriptionID *int64          `db:"subscription_id"`
	Seen           bool            `db:"seen"`     // the subscription lies in the scope
	OwnedBy        int64           `db:"owned_by"` // its customer, 0 without subscription
	Quantity       decimal.Decimal `db:"quantity"`
	UnitPrice      decimal.Decimal `db:"unit_price"`
	Amount         decimal.Decimal `db:"amount"`
	Start          *time.Time      `db:"service_start"`
	End            *time.Time      `db:"service_end"`
}

// Lines returns the lines of an invoice in their order.
func Lines(ctx context.Context, q db.Querier, s accounts.Scope, invoiceID int64) ([]Line, error) {
	var w db.Where
	w.And("l.invoice_id = ?", invoiceID)
	var out []Line
	err := q.SelectContext(ctx, &out, `
		select l.id, l.description, l.subscription_id, l.quantity, l.unit_price, l.amount, l.service_start,
		       l.service_end, coalesce(h.customer_id, 0) as owned_by,
		       h.id is not null and (`+s.Condition(&w, "c.distributor_id")+`) as seen
		from invoice_lines l left join subscriptions h on h.id = l.subscription_id
		left join customers c on c.id = h.customer_id
		`+w.SQL()+` order by l.id limit 1000`, w.Args()...)
	if err != nil {
		return nil, fmt.Errorf("read the lines of the invoice: %w", err)
	}
	return out, nil
}
