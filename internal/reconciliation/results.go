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

// Result is what the last check gave of one reconciliation, for one distributor and currency.
type Result struct {
	Name            string          `db:"name"`
	DistributorID   int64           `db:"distributor_id"`
	Distributor     string          `db:"distributor"` // its number
	DistributorName string          `db:"distributor_name"`
	Currency        string          `db:"currency"`
	Checked         int64           `db:"checked"`    // how many records were compared
	Differing       int64           `db:"differing"`  // how many differ
	Difference      decimal.Decimal `db:"difference"` // books less records
	OK              bool            `db:"ok"`
	Since           *time.Time      `db:"since"`      // the day from which it differs, nil = it does not, or has none
	FirstSeen       *time.Time      `db:"first_seen"` // the first check that saw it, nil = it does not differ
	CheckedAt       time.Time       `db:"checked_at"`
}

// Filter says which results to list; its zero value lists all in the scope.
type Filter struct {
	DistributorID int64
	Differing     bool // only what differs
}

// Results lists what the last check of the distributors in the scope gave: check by check, by
// distributor and currency.
func Results(ctx context.Context, q db.Querier, s accounts.Scope, f Filter) ([]Result, error) {
	var w db.Where
	s.Apply(&w, "r.distributor_id")
	if f.DistributorID != 0 {
		w.And("r.distributor_id = ?", f.DistributorID)
	}
	if f.Differing {
		w.And("not r.ok")
	}
	order := w.Arg(pq.Array(Names()))
	var out []Result
	err := q.SelectContext(ctx, &out, resultSQL+w.SQL()+`
		order by array_position(`+order+`::text[], r.name), d.id, r.currency`, w.Args()...)
	if err != nil {
		return nil, fmt.Errorf("read the reconciliations: %w", err)
	}
	return out, nil
}

const resultSQL = `
	select r.name, r.distributor_id, number_of('D', d.id) as distributor, d.name as distributor_name, r.currency,
	       r.checked, r.differing, r.difference, r.ok, r.since, r.first_seen, r.checked_at
	from reconciliation_results r join distributors d on d.id = r.distributor_id `

// GetResult returns one result. What was not compared, or lies outside the scope, is a NotFound fault.
func GetResult(ctx context.Context, q db.Querier, s accounts.Scope, f ItemFilter) (Result, error) {
	var w db.Where
	w.And("r.name = ?", f.Name)
	w.And("r.distributor_id = ?", f.DistributorID)
	w.And("r.currency = ?", f.Currency)
	s.Apply(&w, "r.distributor_id")
	var r Result
	if err := q.GetContext(ctx, &r, resultSQL+w.SQL(), w.Args()...); err != nil {
		return r, db.NotFound(fmt.Errorf("read a reconciliation: %w", err),
			msgNotCompared)
	}
	return r, nil
}

// CheckedAt returns when the books of a distributor in the scope were last checked, of all with
// distributor 0: the oldest of these times, nil where one was never checked.
func CheckedAt(ctx context.Context, q db.Querier, s accounts.Scope, distributorID int64) (*time.Time, error) {
	var w db.Where
	s.Apply(&w, "d.id")
	if distributorID != 0 {
		w.And("d.id = ?", distributorID)
	}
	var at *time.Time
	err := q.GetContext(ctx, &at, `
		select case when bool_and(r.checked_at is not null) then min(r.checked_at) end
		from distributors d left join reconciliation_runs r on r.distributor_id = d.id `+w.SQL(), w.Args()...)
	if err != nil {
		return nil, fmt.Errorf("read when the books were checked: %w", err)
	}
	return at, nil
}

// Item is one thing that a check is about: an account, a document, an entry, a pair.
type Item struct {
	db.Key
	ID         int64           `db:"id"`
	Kind       string          `db:"kind"` // customer, transfer_order, distributor, or as in Piece
	RecordID   int64           `db:"record_id"`
	Number     string          `db:"number"`
	CustomerID int64           `db:"customer_id"` // 0 = no account, or outside the scope
	Customer   string          `db:"customer"`
	OtherID    int64           `db:"other_id"` // the distributor on the other side, 0 = none, or outside the scope
	Other      string          `db:"other"`
	Masked     bool            `db:"masked"` // there is another side, outside the scope
	Books      decimal.Decimal `db:"books"`
	Records    decimal.Decimal `db:"records"`
	Difference decimal.Decimal `db:"difference"`
	Differs    bool            `db:"differs"`
	Currency   string          `db:"currency"`
	Since      *time.Time      `db:"since"`
	FirstSeen  *time.Time      `db:"first_seen"`
}

// ItemFilter names the result whose items are listed.
type ItemFilter struct {
	Name          string // of the result
	DistributorID int64
	Currency      string
}

// Items returns a page of what the last check saw, what differs most first unless the page
// says otherwise. It knows the first KeptItems of a distributor and currency.
func Items(ctx context.Context, q db.Querier, s accounts.Scope, f ItemFilter, p db.Page) (db.Part[Item], error) {
	k, err := db.NewKeyset(p, "i.id", "-", db.Order{Key: "difference", Expr: "abs(i.difference)", Type: "numeric"},
		db.Order{Key: "since", Expr: "coalesce(i.since, date '0001-01-01')", Type: "date"},
		db.Order{Key: "number", Expr: "i.number", Type: "text"})
	if err != nil {
		return db.Part[Item]{}, err
	}
	var w db.Where
	check, _ := ByName(f.Name)
	w.And("i.name = ?", check.Name)
	if check.Name != f.Name {
		w.And("i.kind = 'customer'")
	}
	w.And("i.distributor_id = ?", f.DistributorID)
	w.And("i.currency = ?", f.Currency)
	s.Apply(&w, "i.distributor_id")
	k.Apply(&w)
	owner, other := s.Condition(&w, "c.distributor_id"), s.Condition(&w, "o.id")
	var rows []Item
	err = q.SelectContext(ctx, &rows, `
		select i.id, i.kind, i.record_id, i.number, coalesce(c.id, 0) as customer_id, coalesce(c.name, '') as customer,
		       coalesce(o.id, 0) as other_id, coalesce(o.name, '') as other, i.other_id <> 0 and o.id is null as masked,
		       i.books, i.records, i.difference, i.differs, i.currency, i.since, i.first_seen, `+k.Columns()+`
		from reconciliation_items i left join customers c on c.id = i.customer_id and (`+owner+`)
		left join distributors o on o.id = i.other_id and (`+other+`) `+w.SQL()+` `+k.Tail(), w.Args()...)
	if err != nil {
		return db.Part[Item]{}, fmt.Errorf("read what differs: %w", err)
	}
	return db.Cut(k, rows), nil
}
