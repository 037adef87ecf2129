package auditlog

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"handover/internal/accounts"
	"handover/internal/audit"
	"handover/internal/db"
)

// Row is an entry with its place in the list.
type Row struct {
	db.Key
	audit.Record
	Distributor string `db:"distributor_name"` // "" = none
	Order       string `db:"order_number"`     // "" = none
}

// Filter says which entries to list; its zero value lists all in the scope.
type Filter struct {
	Actor    string // part of the name
	Action   string // one of Actions, or its group: "transfer"
	Subject  string // how it begins: a number or an email address
	OrderID  int64
	Customer int64      // those that name the customer, and those of the transfers that touched it
	From, To *time.Time // days in UTC, both included
	Search   string     // part of actor, action, subject or address
}

// listOrders are the orders of the list.
var listOrders = []db.Order{{Key: "time", Expr: "e.at", Type: "timestamptz"}}

const (
	rowColumns = audit.RecordColumns + `, coalesce(d.name, '') as distributor_name,
		coalesce(number_of('TO', e.order_id), '') as order_number`
	rowTables = audit.RecordTables + ` left join distributors d on d.id = e.distributor_id`
)

// where adds the conditions of the list.
func (f Filter) where(s accounts.Scope) *db.Where {
	w := new(db.Where)
	s.Apply(w, "e.distributor_id")
	if f.Actor != "" {
		w.And("e.actor_name ilike ?", "%"+db.Like(f.Actor)+"%")
	}
	if f.Action != "" {
		w.And("e.action = ? or e.action like ?", f.Action, db.Like(f.Action)+".%")
	}
	if f.Subject != "" {
		w.And("lower(e.subject) like ?", db.Like(strings.ToLower(f.Subject))+"%")
	}
	if f.OrderID != 0 {
		w.And("e.order_id = ?", f.OrderID)
	}
	if f.Customer != 0 {
		w.And(`e.subject_kind = 'customer' and e.subject = ? or e.order_id in (
		       select id from transfer_orders where source_customer_id = ? or target_customer_id = ?)`,
			accounts.Number(accounts.CustomerPrefix, f.Customer), f.Customer, f.Customer)
	}
	if f.From != nil {
		w.And("e.at >= ?", *f.From)
	}
	if f.To != nil {
		w.And("e.at < ?", f.To.AddDate(0, 0, 1))
	}
	if f.Search != "" {
		w.And("(e.actor_name || ' ' || e.action || ' ' || e.subject || ' ' || e.address) ilike ?",
			"%"+db.Like(f.Search)+"%")
	}
	return w
}

// List returns a page of the entries that the reader may see and the filter keeps,
// the newest first unless the page says otherwise.
func List(ctx context.Context, q db.Querier, s accounts.Scope, f Filter, p db.Page) (db.Part[Row], error) {
	k, err := db.NewKeyset(p, "e.id", "-", listOrders...)
	if err != nil {
		return db.Part[Row]{}, err
	}
	w := f.where(s)
	k.Apply(w)
	var rows []Row
	err = q.SelectContext(ctx, &rows, `select `+rowColumns+`, `+k.Columns()+` from `+rowTables+` `+w.SQL()+` `+
		k.Tail(), w.Args()...)
	if err != nil {
		return db.Part[Row]{}, fmt.Errorf("list the audit log: %w", err)
	}
	for i := range rows {
		if rows[i].After, err = shownAfter(s, rows[i].After); err != nil {
			return db.Part[Row]{}, err
		}
	}
	return db.Cut(k, rows), nil
}

// shownAfter is the after of an entry as the reader may see it. Entries of executions had the
// marks of the result in it, which count the records of everybody; they stay, since the chain
// covers them, and only the provider reads them. So the hash of such an entry is not that of
// the text that a reseller reads.
func shownAfter(s accounts.Scope, after string) (string, error) {
	if s.Everything || !strings.Contains(after, `"marks"`) {
		return after, nil
	}
	var kept map[string]json.RawMessage
	var result map[string]json.RawMessage
	if json.Unmarshal([]byte(after), &kept) != nil || json.Unmarshal(kept["result"], &result) != nil {
		return after, nil // no result of an execution
	}
	delete(result, "marks")
	text, err := json.Marshal(result)
	if err != nil {
		return "", fmt.Errorf("write an audit entry: %w", err)
	}
	kept["result"] = text
	if text, err = json.Marshal(kept); err != nil {
		return "", fmt.Errorf("write an audit entry: %w", err)
	}
	return string(text), nil
}

// Count returns how many entries the reader may see and the filter keeps.
func Count(ctx context.Context, q db.Querier, s accounts.Scope, f Filter) (db.Total, error) {
	w := f.where(s)
	return db.Count(ctx, q, `select from audit_entries e `+w.SQL(), w.Args()...)
}

// Get returns an entry; one outside the scope is a NotFound fault like none.
func Get(ctx context.Context, q db.Querier, s accounts.Scope, id int64) (Row, error) {
	w := Filter{}.where(s)
	w.And("e.id = ?", id)
	var r Row
	err := q.GetContext(ctx, &r, `select `+rowColumns+` from `+rowTables+` `+w.SQL(), w.Args()...)
	if err != nil {
		return r, db.NotFound(fmt.Errorf("read an audit entry: %w", err), msgNoEntry)
	}
	r.After, err = shownAfter(s, r.After)
	return r, err
}

// Actions returns every action that the log has, in alphabetical order. It looks each
// one up in the index instead of reading the log.
func Actions(ctx context.Context, q db.Querier) ([]string, error) {
	var out []string
	err := q.SelectContext(ctx, &out, `
		with recursive known as (
		    (select action from audit_entries order by action limit 1)
		    union all
		    select (select e.action from audit_entries e where e.action > k.action order by e.action limit 1)
		    from known k where k.action is not null)
		select action from known where action is not null order by action`)
	if err != nil {
		return nil, fmt.Errorf("read the actions of the audit log: %w", err)
	}
	return out, nil
}
