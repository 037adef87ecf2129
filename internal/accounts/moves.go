package accounts

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/lib/pq"

	"handover/internal/db"
)

// Move is one change of one record by a transfer, from the transfer's ledger.
type Move struct {
	OrderID   int64      `db:"order_id"`
	OrderKind string     `db:"order_kind"` // "distributor", "subscriptions" or "merge"
	Reversal  bool       `db:"reversal"`
	At        *time.Time `db:"at"`
	Column    string     `db:"column_name"` // "" = the record itself was created or removed
	Before    *string    `db:"before"`
	After     *string    `db:"after"`
	// The accounts between which the record moved, where Column is customer_id; nil
	// where there is none in the scope.
	From *Relative `db:"-"`
	To   *Relative `db:"-"`
	// The names of the plans, where Column is plan_id; "" outside the scope.
	FromPlan string `db:"-"`
	ToPlan   string `db:"-"`
	// The value of a side outside the scope is hidden.
	BeforeHidden bool `db:"before_hidden"`
	AfterHidden  bool `db:"after_hidden"`
}

// Order returns the number of the transfer order.
func (m Move) Order() string { return Number("TO", m.OrderID) }

// Between reports whether the record went from one account to another.
func (m Move) Between() bool { return m.Column == "customer_id" }

// Moves returns what transfers in the scope changed of one record, the last first.
// kind is the record kind as the ledger names it, "invoice".
func Moves(ctx context.Context, q db.Querier, s Scope, kind string, id int64) ([]Move, error) {
	var w db.Where
	record := w.Arg(id)
	w.And(LedgerOf(&w, s, kind, record+"::bigint"))
	s.Apply(&w, "o.source_distributor_id", "o.target_distributor_id")
	source, target := s.Condition(&w, "o.source_distributor_id"), s.Condition(&w, "o.target_distributor_id")
	var out []Move
	err := q.SelectContext(ctx, &out, `
		select l.order_id, o.kind as order_kind, o.reverses_id is not null as reversal, o.completed_at as at,
		       l.column_name, l.before[case when cardinality(l.before) = 1 then 1
		                                    else array_position(l.record_ids, `+record+`) end] as before,
		       l.after[case when cardinality(l.after) = 1 then 1 else array_position(l.record_ids, `+record+
		`) end] as after,
		       not (`+source+`) as before_hidden, o.target_distributor_id is not null and not (`+target+
		`) as after_hidden
		from transfer_ledger l join transfer_orders o on o.id = l.order_id `+w.SQL()+`
		order by l.id desc limit 200`, w.Args()...)
	if err != nil {
		return nil, fmt.Errorf("read the moves of %s %d: %w", kind, id, err)
	}
	if err := nameEnds(ctx, q, s, out); err != nil {
		return nil, err
	}
	if err := namePlans(ctx, q, s, out); err != nil {
		return nil, err
	}
	for i, m := range out {
		if m.BeforeHidden && m.Before != nil {
			out[i].Before = new(string)
		}
		if m.AfterHidden && m.After != nil {
			out[i].After = new(string)
		}
	}
	return out, nil
}

// LedgerOf returns the condition that a row l of the ledger is about the record, an
// expression. The range is what the index knows; a slice of records may have gaps in it.
// Under row-level security that index serves only the owner of the tables.
func LedgerOf(w *db.Where, s Scope, kind, record string) string {
	if s.Everything {
		return "l.kind = " + w.Arg(kind) + " and int8range(l.first_id, l.last_id, '[]') @> " + record + " and " +
			record + " = any(l.record_ids)"
	}
	return fmt.Sprintf("l.id = any(array(select handover_ledger_of(%s, %s, %s)))", w.Arg(kind), record, s.array(w))
}

// namePlans fills in the plans between which subscriptions changed.
func namePlans(ctx context.Context, q db.Querier, s Scope, moves []Move) error {
	var ids []int64
	for _, m := range moves {
		if m.Column == "plan_id" {
			ids = append(ids, idOf(m.Before), idOf(m.After))
		}
	}
	if len(ids) == 0 {
		return nil
	}
	var w db.Where
	w.And("p.id = any(?)", pq.Array(ids))
	s.Apply(&w, "p.distributor_id")
	var plans []struct {
		ID   int64  `db:"id"`
		Name string `db:"name"`
	}
	if err := q.SelectContext(ctx, &plans, `select p.id, p.name from plans p `+w.SQL(), w.Args()...); err != nil {
		return fmt.Errorf("read the names of plans: %w", err)
	}
	names := map[int64]string{}
	for _, p := range plans {
		names[p.ID] = p.Name
	}
	for i, m := range moves {
		if m.Column == "plan_id" {
			moves[i].FromPlan, moves[i].ToPlan = names[idOf(m.Before)], names[idOf(m.After)]
		}
	}
	return nil
}

// nameEnds fills in the accounts of moves between accounts.
func nameEnds(ctx context.Context, q db.Querier, s Scope, moves []Move) error {
	var ids []int64
	for _, m := range moves {
		if m.Between() {
			ids = append(ids, idOf(m.Before), idOf(m.After))
		}
	}
	if len(ids) == 0 {
		return nil
	}
	known, err := relatives(ctx, q, s, ids)
	if err != nil {
		return err
	}
	for i, m := range moves {
		if m.Between() {
			moves[i].From, moves[i].To = known[idOf(m.Before)], known[idOf(m.After)]
		}
	}
	return nil
}

// relatives returns those of the accounts that lie in the scope, by id.
func relatives(ctx context.Context, q db.Querier, s Scope, ids []int64) (map[int64]*Relative, error) {
	var w db.Where
	w.And("c.id = any(?)", pq.Array(ids))
	s.Apply(&w, "c.distributor_id")
	var rows []Relative
	err := q.SelectContext(ctx, &rows, `
		select c.id, c.name, c.status, c.succeeded_on, c.distributor_id,
		       d.name as distributor_name
		from customers c join distributors d on d.id = c.distributor_id `+w.SQL(), w.Args()...)
	if err != nil {
		return nil, fmt.Errorf("read the names of accounts: %w", err)
	}
	known := make(map[int64]*Relative, len(rows))
	for i := range rows {
		known[rows[i].ID] = &rows[i]
	}
	return known, nil
}

// idOf reads an id from the ledger, 0 where there is none. Columns that name
// records hold nothing else.
func idOf(text *string) int64 {
	if text == nil {
		return 0
	}
	id, err := strconv.ParseInt(*text, 10, 64)
	if err != nil {
		return 0
	}
	return id
}
