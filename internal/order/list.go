package order

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lib/pq"
	"github.com/shopspring/decimal"

	"handover/internal/accounts"
	"handover/internal/db"
)

// Filter says which orders a list shows; its zero value shows all.
type Filter struct {
	Search string     // number, external id, or a customer: number, name, email, CRM id
	Type   string     // "transfer", a code of Kinds, or the type of a placed order
	Status string     // one of Statuses
	From   *time.Time // first day of creation
	To     *time.Time // last day of creation
	// only those that begin today, in the time zone of the source's distributor, or should have before
	Today bool
	Mine  int64 // only transfers that this staff member asked for, 0 = all
}

// branches are the tables that the filter reads: transfer orders, placed orders.
func (f Filter) branches() (transfers, placed bool) {
	switch {
	case f.Mine != 0:
		return true, false
	case f.Type == "":
		return true, true
	case f.Type == Placed:
		return false, true
	}
	transfer := f.Type == Transfer || slices.ContainsFunc(Kinds, func(k Kind) bool { return k.Code == f.Type })
	return transfer, !transfer
}

// Row is one order in the list.
type Row struct {
	db.Key
	ID              int64      `db:"id"`
	Number          string     `db:"number"`
	Type            string     `db:"type"` // "transfer", or what the placed order says
	Kind            string     `db:"kind"` // a code of Kinds
	Status          string     `db:"status"`
	SourceID        int64      `db:"source_id"` // 0 = another distributor's
	SourceName      string     `db:"source_name"`
	Source          string     `db:"source_distributor"`
	TargetID        int64      `db:"target_id"` // 0 = none yet, or another distributor's
	TargetName      string     `db:"target_name"`
	Target          string     `db:"target_distributor"`
	HasTarget       bool       `db:"has_target"` // there is one, seen or not
	RequestedBy     string     `db:"requested_by"`
	RequestedBeyond bool       `db:"requested_beyond"` // the requester is outside the scope
	CreatedAt       time.Time  `db:"created_at"`
	CompletedAt     *time.Time `db:"completed_at"`
	ReversesID      *int64     `db:"reverses_id"`
	Contracts       int        `db:"contracts"` // how many subscriptions were chosen to move, 0 = all
	// of a placed order
	Total    decimal.Decimal `db:"total"`
	Currency string          `db:"currency"`
}

// Transfer reports whether it is a transfer order.
func (r Row) Transfer() bool { return r.Kind != Placed }

// listOrders are the orders of the list. The names are those the reader may see; case does not count. Of one
// table alone, number and type are those that its indexes have.
func listOrders(transfers, placed bool) []db.Order {
	number := db.Order{Key: "number", Expr: "o.row_id", Type: "bigint"}
	kind := db.Order{Key: "type", Expr: "o.kind", Type: "text"}
	switch {
	case transfers && placed:
		number.Expr, number.Type = "o.number", "text"
		kind.Expr = "case when o.kind = 'placed' then lower(o.type) else o.kind end"
	case placed:
		kind.Expr = "lower(o.type)"
	}
	return []db.Order{
		{Key: "created", Expr: "o.created_on", Type: "date"},
		number, kind,
		{Key: "status", Expr: "o.status", Type: "text"},
		{Key: "source", Expr: "lower(o.source_name)", Type: "text"},
		{Key: "distributor", Expr: "lower(o.source_distributor)", Type: "text"},
		{Key: "target", Expr: "lower(o.target_name)", Type: "text"},
		{Key: "requested", Expr: "lower(o.requested_by)", Type: "text"},
		{Key: "completed", Expr: "o.completed_on", Type: "date"},
		{Key: "total", Expr: "o.total", Type: "numeric"},
	}
}

// List returns a page of the orders that the reader may see and the filter keeps,
// the newest first unless the page says otherwise.
func List(ctx context.Context, q db.Querier, s accounts.Scope, f Filter, p db.Page) (db.Part[Row], error) {
	transfers, placed := f.branches()
	k, err := db.NewKeyset(p, "o.row_id", "-", listOrders(transfers, placed)...)
	if err != nil {
		return db.Part[Row]{}, err
	}
	var w db.Where
	seen, err := visible(ctx, q, &w, s)
	if err != nil {
		return db.Part[Row]{}, err
	}
	if err := f.apply(ctx, q, &w, s); err != nil {
		return db.Part[Row]{}, err
	}
	k.Apply(&w)
	// Each branch is cut on its own, so that neither table is read as a whole.
	branch := func(rows string) string {
		return `(select ` + columns + ` from (` + rows + `) o ` + w.SQL() + ` ` + k.Tail() + `)`
	}
	from := f.from(seen, branch)
	var rows []Row
	err = q.SelectContext(ctx, &rows, `
		select o.id, o.number, o.type, o.kind, o.status, o.source_id, o.source_name, o.source_distributor,
		       o.target_id, o.target_name, o.target_distributor, o.has_target, o.requested_by, o.requested_beyond,
		       o.created_at, o.completed_at, o.reverses_id, o.contracts, o.total, o.currency, `+k.Columns()+`
		from (`+from+`) o `+k.Tail(), w.Args()...)
	if err != nil {
		return db.Part[Row]{}, fmt.Errorf("list orders: %w", err)
	}
	return db.Cut(k, rows), nil
}

// from joins what the filter reads of each table.
func (f Filter) from(seen string, branch func(rows string) string) string {
	transfers, placed := f.branches()
	var parts []string
	if transfers {
		parts = append(parts, branch(transfersSQL(seen)))
	}
	if placed {
		parts = append(parts, branch(placedSQL(seen)))
	}
	return strings.Join(parts, " union all ")
}

// Count returns how many orders the reader may see and the filter keeps.
func Count(ctx context.Context, q db.Querier, s accounts.Scope, f Filter) (db.Total, error) {
	var w db.Where
	seen, err := visible(ctx, q, &w, s)
	if err != nil {
		return db.Total{}, err
	}
	if err := f.apply(ctx, q, &w, s); err != nil {
		return db.Total{}, err
	}
	return db.Count(ctx, q, `select from (`+f.from(seen, func(rows string) string { return rows })+`) o `+w.SQL(),
		w.Args()...)
}

// columns are what both branches have in common.
const columns = `o.row_id, o.id, o.number, o.type, o.kind, o.status, o.source_id, o.source_name, o.source_distributor,
	o.target_id, o.target_name, o.target_distributor, o.has_target, o.requested_by, o.requested_beyond,
	o.created_on, o.created_at, o.completed_on, o.completed_at, o.reverses_id, o.contracts, o.total, o.currency`

// transfersSQL reads the transfer orders with what a reader who sees the
// distributors may know. completed_on is far in the future for those that are not.
func transfersSQL(seen string) string {
	return strings.ReplaceAll(`
		select o.id * 2 as row_id, o.id, number_of('TO', o.id) as number, 'transfer' as type, o.kind, o.status,
		       case when sees_source then coalesce(s.id, 0) else 0 end as source_id,
		       case when sees_source then coalesce(s.name, '') else '' end as source_name,
		       case when sees_source then coalesce(sd.name, '') else '' end as source_distributor,
		       case when sees_target then coalesce(t.id, 0) else 0 end as target_id,
		       case when sees_target then coalesce(t.name, '') else '' end as target_name,
		       case when sees_target then coalesce(td.name, '') else '' end as target_distributor,
		       o.target_distributor_id is not null as has_target,
		       case when sees_requester then o.requested_by_name else '' end as requested_by,
		       not sees_requester as requested_beyond,
		       (o.created_at at time zone 'UTC')::date as created_on, o.created_at,
		       coalesce((o.completed_at at time zone 'UTC')::date, date '9999-12-31') as completed_on,
		       o.completed_at, o.reverses_id,
		       case jsonb_typeof(o.request->'subscriptions') when 'array'
		         then jsonb_array_length(o.request->'subscriptions') else 0 end as contracts,
		       0::numeric as total, '' as currency, o.requested_by as requester_id,
		       (o.start_at at time zone coalesce(sd.time_zone, 'UTC'))::date
		         <= (now() at time zone coalesce(sd.time_zone, 'UTC'))::date as starts_today
		from transfer_orders o
		left join customers s on s.id = o.source_customer_id
		left join distributors sd on sd.id = o.source_distributor_id
		left join customers t on t.id = o.target_customer_id
		left join distributors td on td.id = o.target_distributor_id
		left join staff r on r.id = o.requested_by
		cross join lateral (select o.source_distributor_id = any(@seen) as sees_source,
		                           coalesce(o.target_distributor_id = any(@seen), false) as sees_target,
		                           case when o.requested_by is null then o.source_distributor_id = any(@seen)
		                                else coalesce(r.distributor_id = any(@seen), false) end as sees_requester) v
		where (sees_source or sees_target) and (`+accounts.Submitted+` or sees_requester)`, "@seen", seen)
}

func placedSQL(seen string) string {
	return strings.ReplaceAll(`
		select p.id * 2 + 1 as row_id, p.id, number_of('O', p.id) as number, p.type, 'placed' as kind, p.status,
		       p.customer_id as source_id, c.name as source_name, d.name as source_distributor,
		       0::bigint as target_id, '' as target_name, '' as target_distributor, false as has_target,
		       '' as requested_by, false as requested_beyond,
		       p.placed_on as created_on, p.placed_on::timestamp at time zone 'UTC' as created_at,
		       date '9999-12-31' as completed_on, null::timestamptz as completed_at,
		       null::bigint as reverses_id, 0 as contracts, p.total, c.currency, null::bigint as requester_id,
		       false as starts_today
		from placed_orders p join customers c on c.id = p.customer_id
		join distributors d on d.id = p.account_distributor_id
		where p.account_distributor_id = any(@seen)`, "@seen", seen)
}

// visible adds the distributors in the scope as an argument and returns it.
func visible(ctx context.Context, q db.Querier, w *db.Where, s accounts.Scope) (string, error) {
	ids, err := s.IDs(ctx, q)
	if err != nil {
		return "", err
	}
	return w.Arg(pq.Array(ids)) + "::bigint[]", nil
}

// apply adds the filter's conditions on the columns of both branches.
func (f Filter) apply(ctx context.Context, q db.Querier, w *db.Where, s accounts.Scope) error {
	switch transfers, placed := f.branches(); {
	case f.Type == "" || f.Type == Transfer || f.Type == Placed:
	case transfers:
		w.And("o.kind = ?", f.Type)
	case placed:
		w.And("o.type = ?", f.Type)
	}
	if f.Mine != 0 {
		w.And("o.requester_id = ?", f.Mine)
	}
	if f.Status != "" {
		w.And("o.status = ?", f.Status)
	}
	if f.From != nil {
		w.And("o.created_on >= ?", *f.From)
	}
	if f.To != nil {
		w.And("o.created_on <= ?", *f.To)
	}
	if f.Today {
		w.And("o.starts_today")
	}
	if typed := strings.TrimSpace(f.Search); typed != "" {
		return search(ctx, q, w, s, typed)
	}
	return nil
}
