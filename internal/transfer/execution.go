package transfer

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/lib/pq"
	"github.com/shopspring/decimal"

	"handover/internal/audit"
	"handover/internal/db"
)

// execution is one running transfer: the situation under the locks, and what it has
// done so far. It lives inside the one transaction.
type execution struct {
	*situation
	actor  audit.Actor
	number string // of the order

	targetID      int64   // the account that gains
	continuations []int64 // of the subscriptions that are cut, in their order
	differences   []difference
	result        Result

	lease    *lease
	expected map[string]int64 // records that move, by kind
}

// newExecution begins the execution of a situation under the lease.
func newExecution(s *situation, actor audit.Actor, l *lease) *execution {
	x := &execution{situation: s, actor: actor, number: OrderNumber(s.orderID), targetID: s.target.ID, lease: l}
	x.result.Target, x.result.Recipient = s.target.Number, s.recipient()
	return x
}

// difference is what a transfer declares to change in the sums over both accounts.
type difference struct {
	Kind     string          `db:"kind"`
	Currency string          `db:"currency"`
	Reason   string          `db:"reason"`
	Count    int64           `db:"count"`
	Amount   decimal.Decimal `db:"amount"`
}

// step is one thing that a flow does.
type step struct {
	Name string // for the log and the error: "carry the balance"
	Do   func(ctx context.Context, q db.Querier, x *execution) error
}

// Result is kept with the completed order.
type Result struct {
	Target   string         `json:"target"`
	Rate     *RatePreview   `json:"rate,omitempty"`
	Memos    []PostedMemo   `json:"memos,omitempty"`
	Moved    []Moved        `json:"moved"`
	Personal []PersonalData `json:"personal_data"`

	Recipient *Recipient `json:"recipient,omitempty"` // of the personal data; nil in orders from before it was kept

	// Marks are the highest ids per kind at the end of the order: what has a higher one
	// was born since.
	Marks map[string]int64 `json:"marks,omitempty"`
}

// PostedMemo is a memo that the transfer wrote, with its journal entry. Original is its
// amount on the giving side; Origin is the number of the document that it carries, "" where
// it carries several or settles.
type PostedMemo struct {
	Kind     string `json:"kind"`
	Number   string `json:"number"`
	Customer string `json:"customer"`
	Amount   Amount `json:"amount"`
	Entry    string `json:"journal_entry"`
	PostedOn string `json:"posted_on,omitempty"`
	DueOn    string `json:"due_on,omitempty"`
	Origin   string `json:"origin,omitempty"`
	Original Amount `json:"original"`
	Debit    string `json:"debit,omitempty"` // the accounts of the entry
	Credit   string `json:"credit,omitempty"`
}

// Moved counts the records of a kind that the transfer moved.
type Moved struct {
	Kind  string `json:"kind"`
	Count int64  `json:"count"`
}

// args adds the values that only an execution has.
func (x *execution) args() args {
	a := x.situation.args()
	a["target"], a["continuations"] = x.targetID, x.continuations
	return a
}

// declare notes a difference; one of nothing is none.
func (x *execution) declare(kind, currency, reason string, count int64, amount decimal.Decimal) {
	if count != 0 || !amount.IsZero() {
		x.differences = append(x.differences, difference{kind, currency, reason, count, amount})
	}
}

// change runs a declared change with the execution's values and some more.
func (x *execution) change(ctx context.Context, q db.Querier, c change, more args) error {
	values := x.args()
	for name, v := range more {
		values[name] = v
	}
	_, err := x.apply(ctx, q, c, findSQL(c), values)
	return err
}

// changeOf runs a change on those whose ids the statement selects and that its condition meets.
func (x *execution) changeOf(ctx context.Context, q db.Querier, c change, ids string, more args) error {
	values := x.args()
	for name, v := range more {
		values[name] = v
	}
	_, err := x.apply(ctx, q, c, findOfSQL(c, ids), values)
	return err
}

// create inserts rows and ledgers each; it returns their ids.
func (x *execution) create(ctx context.Context, q db.Querier, kind, insert string, more args) ([]int64, error) {
	return x.ledgered(ctx, q, kind, createdSQL(kind, insert), more)
}

// remove deletes link rows and ledgers each; it returns their ids.
func (x *execution) remove(ctx context.Context, q db.Querier, kind, where string, more args) ([]int64, error) {
	return x.ledgered(ctx, q, kind, removedSQL(kind, where), more)
}

func (x *execution) ledgered(ctx context.Context, q db.Querier, kind, statement string, more args) ([]int64, error) {
	values := x.args()
	for name, v := range more {
		values[name] = v
	}
	text, list := bind(statement, values)
	var ids pq.Int64Array
	if err := q.GetContext(ctx, &ids, text, list...); err != nil {
		return nil, fmt.Errorf("write the %s records: %w", kind, err)
	}
	return ids, nil
}

// assignment is one column's new value, as text of its type; nil is null.
type assignment struct {
	Column, Type string
	Value        any
}

// assign rewrites several columns of one row in one statement, as its checks may
// need, and ledgers each with its value before.
func (x *execution) assign(ctx context.Context, q db.Querier, kind string, id int64, list []assignment) error {
	set, values := "", []any{id}
	for _, a := range list {
		var before *string
		table := tableOf(kind)
		if err := q.GetContext(ctx, &before, fmt.Sprintf(`select %s::text from %s where id = $1`, a.Column, table), id); err != nil {
			return fmt.Errorf("read %s of %s %d: %w", a.Column, kind, id, err)
		}
		_, err := q.ExecContext(ctx, fmt.Sprintf(`
			insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id, before, after)
			values ($1, $2, $3, array[$4::bigint], $4, $4, array[$5::text], array[($6::%s)::text])`, a.Type),
			x.orderID, kind, a.Column, id, before, a.Value)
		if err != nil {
			return fmt.Errorf("ledger %s of %s %d: %w", a.Column, kind, id, err)
		}
		if set != "" {
			set += ", "
		}
		values = append(values, a.Value)
		set += fmt.Sprintf("%s = $%d::%s", a.Column, len(values), a.Type)
	}
	if _, err := q.ExecContext(ctx, fmt.Sprintf(`update %s set %s where id = $1`, tableOf(kind), set), values...); err != nil {
		return fmt.Errorf("rewrite %s %d: %w", kind, id, err)
	}
	return nil
}

// mark keeps the highest id of each kind, so that a reversal can find records made since.
func (x *execution) mark(ctx context.Context, q db.Querier) error {
	parts := make([]string, len(Kinds))
	for i, k := range Kinds {
		parts[i] = fmt.Sprintf(`select '%s' as kind, coalesce(max(id), 0) as id from %s`, k.Name, k.Table)
	}
	var rows []struct {
		Kind string `db:"kind"`
		ID   int64  `db:"id"`
	}
	if err := q.SelectContext(ctx, &rows, strings.Join(parts, "\nunion all\n")); err != nil {
		return fmt.Errorf("read the highest ids: %w", err)
	}
	x.result.Marks = map[string]int64{}
	for _, r := range rows {
		x.result.Marks[r.Kind] = r.ID
	}
	return nil
}

// note writes a line of the order's timeline.
func note(ctx context.Context, q db.Querier, orderID int64, actor audit.Actor, event, detail string) error {
	_, err := q.ExecContext(ctx, `
		insert into transfer_events (order_id, actor_id, actor_name, event, detail)
		values ($1, nullif($2::bigint, 0), $3, $4, $5)`, orderID, actor.ID, actor.Name, event, detail)
	if err != nil {
		return fmt.Errorf("write the timeline: %w", err)
	}
	return nil
}

// jsonText returns v as JSON text: the driver takes text, not bytes, for jsonb.
func jsonText(v any) (string, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("write JSON: %w", err)
	}
	return string(text), nil
}
