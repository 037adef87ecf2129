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
)

// Found is an invoice or memo that a search found.
type Found struct {
	Kind         string          `db:"kind"` // name of a DocumentKind
	ID           int64           `db:"id"`
	Number       string          `db:"number"`
	CustomerID   int64           `db:"customer_id"`
	CustomerName string          `db:"customer_name"`
	IssuedOn     time.Time       `db:"issued_on"`
	Amount       decimal.Decimal `db:"amount"`
	Currency     string          `db:"currency"`
	Status       string          `db:"status"`
}

// maxRune is past every character that a number has.
const maxRune = "\U0010FFFF"

// numbered are the kinds of documents that are searched, with their columns.
var numbered = []struct{ kind, table, number, date, amount string }{
	{"invoice", "invoices", "number", "issued_on", "total"},
	{"credit_memo", "credit_memos", "number", "issued_on", "amount"},
	{"debit_memo", "debit_memos", "number", "issued_on", "amount"},
	{"payment", "payments", "number_of('PAY', id)", "received_on", "amount"},
}

// documentsSQL reads the documents of the kinds, each with its condition; "" leaves a kind out.
func documentsSQL(condition func(kind string) string) string {
	var branches []string
	for _, n := range numbered {
		if where := condition(n.kind); where != "" {
			branches = append(branches, fmt.Sprintf(`(select '%s' as kind, id, %s as number, customer_id,
				%s as issued_on, %s as amount, currency, status from %s where %s)`, n.kind, n.number, n.date, n.amount,
				n.table, where))
		}
	}
	return strings.Join(branches, " union all ")
}

// FindDocuments returns the first few invoices and memos in the scope that bear
// the number or external id.
func FindDocuments(ctx context.Context, q db.Querier, s accounts.Scope, typed string, limit int) ([]Found, error) {
	var w db.Where
	number := w.Arg(typed)
	return findDocuments(ctx, q, s, &w, documentsSQL(func(kind string) string {
		if kind == "payment" {
			return ""
		}
		return "number = " + number + " or external_id = " + number
	}), limit)
}

// FindDocumentsBeginning returns the first few invoices, memos and payments in the scope that bear
// the number, else those whose number begins so. Letters count as capitals.
func FindDocumentsBeginning(ctx context.Context, q db.Querier, s accounts.Scope, typed string,
	limit int,
) ([]Found, error) {
	upper := strings.ToUpper(typed)
	exact, err := FindDocuments(ctx, q, s, typed, limit)
	if err == nil && len(exact) == 0 && upper != typed {
		exact, err = FindDocuments(ctx, q, s, upper, limit)
	}
	if err != nil || len(exact) > 0 {
		return exact, err
	}
	var w db.Where
	if id, ok := accounts.ParseNumber(ownNumbers["payment"], typed); ok {
		payment := "id = " + w.Arg(id)
		return findDocuments(ctx, q, s, &w, documentsSQL(func(kind string) string {
			if kind != "payment" {
				return ""
			}
			return payment
		}), limit)
	}
	begins := fmt.Sprintf("number >= %s and number < %s order by number limit %s", w.Arg(upper), w.Arg(upper+maxRune),
		w.Arg(limit))
	return findDocuments(ctx, q, s, &w, documentsSQL(func(kind string) string {
		if kind == "payment" {
			return ""
		}
		return begins
	}), limit)
}

// FindDocumentsOf returns the first few invoices, memos and payments in the scope of exactly the
// amount (the function handover_documents_of).
func FindDocumentsOf(ctx context.Context, q db.Querier, s accounts.Scope, amount decimal.Decimal,
	limit int,
) ([]Found, error) {
	scope, err := s.IDs(ctx, q)
	if err != nil {
		return nil, err
	}
	var keys []struct {
		Kind string `db:"kind"`
		ID   int64  `db:"id"`
	}
	err = q.SelectContext(ctx, &keys, `select kind, id from handover_documents_of($1, $2, $3)`, amount,
		pq.Array(scope), limit)
	if err != nil || len(keys) == 0 {
		return nil, err
	}
	ids := map[string][]int64{}
	for _, k := range keys {
		ids[k.Kind] = append(ids[k.Kind], k.ID)
	}
	var w db.Where
	rows := documentsSQL(func(kind string) string {
		if len(ids[kind]) == 0 {
			return ""
		}
		return "id = any(" + w.Arg(pq.Array(ids[kind])) + ")"
	})
	return findDocuments(ctx, q, s, &w, rows, limit)
}

// findDocuments reads the documents, the newest first, with their customers; w has the arguments of rows.
func findDocuments(ctx context.Context, q db.Querier, s accounts.Scope, w *db.Where, rows string,
	limit int,
) ([]Found, error) {
	s.Apply(w, "c.distributor_id")
	var out []Found
	err := q.SelectContext(ctx, &out, `
		select r.kind, r.id, r.number, r.customer_id, c.name as customer_name, r.issued_on, r.amount, r.currency,
		       r.status
		from (`+rows+`) r join customers c on c.id = r.customer_id `+w.SQL()+`
		order by r.issued_on desc, r.kind, r.id limit `+w.Arg(limit), w.Args()...)
	if err != nil {
		return nil, fmt.Errorf("find documents: %w", err)
	}
	return out, nil
}
