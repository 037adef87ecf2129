package transfer

import (
	"context"
	"fmt"
	"maps"
	"strings"

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

	writer   Writer
	lease    *lease
	expected map[string]int64 // records that move, by kind
}

// newExecution begins the execution of a situation under the lease.
func newExecution(s *situation, actor audit.Actor, l *lease) *execution {
	x := &execution{situation: s, actor: actor, number: OrderNumber(s.orderID), targetID: s.target.ID, writer: Writer{s.orderID, l.moved}, lease: l}
	x.result.Target, x.result.Recipient = s.target.Number, s.recipient()
	return x
}

// step is one thing that a flow does.
type step struct {
	Name string // for the log and the error: "carry the balance"
	Do   func(ctx context.Context, q db.Querier, x *execution) error
}

// args adds the values that only an execution has.
func (x *execution) args() args {
	a := x.situation.args()
	a["target"], a["continuations"] = x.targetID, x.continuations
	return a
}

// with returns args and some more values.
func (x *execution) with(more args) args {
	values := x.args()
	maps.Copy(values, more)
	return values
}

// declare notes a difference; one of nothing is none.
func (x *execution) declare(kind, currency, reason string, count int64, amount decimal.Decimal) {
	if count != 0 || !amount.IsZero() {
		x.differences = append(x.differences, difference{kind, currency, reason, count, amount})
	}
}

// change runs a declared change with the execution's values and some more.
func (x *execution) change(ctx context.Context, q db.Querier, c change, more args) error {
	_, err := x.writer.apply(ctx, q, c, findSQL(c), x.with(more))
	return err
}

// changeOf runs a change on those whose ids the statement selects and that its condition meets.
func (x *execution) changeOf(ctx context.Context, q db.Querier, c change, ids string, more args) error {
	_, err := x.writer.apply(ctx, q, c, findOfSQL(c, ids), x.with(more))
	return err
}

// create inserts rows and ledgers each; it returns their ids.
func (x *execution) create(ctx context.Context, q db.Querier, kind, insert string, more args) ([]int64, error) {
	return x.writer.write(ctx, q, kind, createdSQL(kind, insert), x.with(more))
}

// remove deletes link rows and ledgers each; it returns their ids.
func (x *execution) remove(ctx context.Context, q db.Querier, kind, where string, more args) ([]int64, error) {
	return x.writer.write(ctx, q, kind, removedSQL(kind, where), x.with(more))
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

// expect notes how many records of each kind are to move.
func (x *execution) expect(impact []Impact) {
	x.expected = map[string]int64{}
	for _, i := range impact {
		x.expected[i.Kind] = i.Moving.Count
	}
}

// begin reports that the records of a kind move now. The kinds after it in Kinds have
// moved: in a step of their own, or with the record they depend on.
func (x *execution) begin(k Kind) {
	before := int64(0)
	for i := len(Kinds) - 1; i >= 0 && Kinds[i].Name != k.Name; i-- {
		before += x.expected[Kinds[i].Name]
	}
	x.lease.report("Moving the "+k.Plural, before)
}
