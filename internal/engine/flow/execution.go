package flow

import (
	"context"
	"fmt"
	"maps"
	"strings"

	"github.com/shopspring/decimal"

	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/engine/situation"
	"handover/internal/ledger"
	"handover/internal/order"
	"handover/internal/record"
	"handover/internal/transfer"
)

// Execution is one running transfer: the situation under the locks, and what it has
// done so far. It lives inside the one transaction.
type Execution struct {
	*situation.Situation
	Actor  audit.Actor
	Number string // of the order

	TargetID      int64   // the account that gains
	continuations []int64 // of the subscriptions that are cut, in their order
	differences   []ledger.Difference
	Result        transfer.Result

	Writer   ledger.Writer
	Lease    *order.Lease
	expected map[string]int64 // records that move, by kind
}

// New begins the execution of a situation under the lease.
func New(s *situation.Situation, actor audit.Actor, l *order.Lease) *Execution {
	x := &Execution{
		Situation: s, Actor: actor, Number: record.OrderNumber(s.OrderID), TargetID: s.Target.ID,
		Writer: ledger.Writer{OrderID: s.OrderID, Moved: l.Moved}, Lease: l,
	}
	x.Result.Target, x.Result.Recipient = s.Target.Number, recipient(s)
	return x
}

// Step is one thing that a flow does.
type Step struct {
	Name string // for the log and the error: "carry the balance"
	Do   func(ctx context.Context, q db.Querier, x *Execution) error
}

// Args adds the values that only an execution has.
func (x *Execution) Args() record.Args {
	a := x.Situation.Args()
	a["target"], a["continuations"] = x.TargetID, x.continuations
	return a
}

// With returns args and some more values.
func (x *Execution) With(more record.Args) record.Args {
	values := x.Args()
	maps.Copy(values, more)
	return values
}

// Declare notes a difference; one of nothing is none.
func (x *Execution) Declare(kind, currency string, count int64, amount decimal.Decimal, reason ledger.Reason,
	facts ledger.Facts,
) {
	if count != 0 || !amount.IsZero() {
		x.differences = append(x.differences, ledger.Difference{
			Kind: kind, Currency: currency, Reason: reason,
			Facts: facts, Count: count, Amount: amount,
		})
	}
}

// Change runs a declared change with the execution's values and some more.
func (x *Execution) Change(ctx context.Context, q db.Querier, c ledger.Change, more record.Args) error {
	_, err := x.Writer.Apply(ctx, q, c, ledger.FindSQL(c), x.With(more))
	return err
}

// changeOf runs a change on those whose ids the statement selects and that its condition meets.
func (x *Execution) changeOf(ctx context.Context, q db.Querier, c ledger.Change, ids string, more record.Args) error {
	_, err := x.Writer.Apply(ctx, q, c, ledger.FindOfSQL(c, ids), x.With(more))
	return err
}

// Create inserts rows and ledgers each; it returns their ids.
func (x *Execution) Create(ctx context.Context, q db.Querier, kind, insert string, more record.Args) ([]int64, error) {
	return x.Writer.Write(ctx, q, kind, ledger.CreatedSQL(kind, insert), x.With(more))
}

// Remove deletes link rows and ledgers each; it returns their ids.
func (x *Execution) Remove(ctx context.Context, q db.Querier, kind, where string, more record.Args) ([]int64, error) {
	return x.Writer.Write(ctx, q, kind, ledger.RemovedSQL(kind, where), x.With(more))
}

// Mark keeps the highest id of each kind, so that a reversal can find records made since.
func (x *Execution) Mark(ctx context.Context, q db.Querier) error {
	parts := make([]string, len(record.Kinds))
	for i, k := range record.Kinds {
		parts[i] = fmt.Sprintf(`select '%s' as kind, coalesce(max(id), 0) as id from %s`, k.Name, k.Table)
	}
	var rows []struct {
		Kind string `db:"kind"`
		ID   int64  `db:"id"`
	}
	if err := q.SelectContext(ctx, &rows, strings.Join(parts, "\nunion all\n")); err != nil {
		return fmt.Errorf("read the highest ids: %w", err)
	}
	x.Result.Marks = map[string]int64{}
	for _, r := range rows {
		x.Result.Marks[r.Kind] = r.ID
	}
	return nil
}

// Expect notes how many records of each kind are to move.
func (x *Execution) Expect(impact []transfer.Impact) {
	x.expected = map[string]int64{}
	for _, i := range impact {
		x.expected[i.Kind] = i.Moving.Count
	}
}

// begin reports that the records of a kind move now. The kinds after it in Kinds have
// moved: in a step of their own, or with the record they depend on.
func (x *Execution) begin(k record.Kind) {
	before := int64(0)
	for i := len(record.Kinds) - 1; i >= 0 && record.Kinds[i].Name != k.Name; i-- {
		before += x.expected[record.Kinds[i].Name]
	}
	x.Lease.Report(order.Phase{Code: order.PhaseMoving, Kind: k.Name}, before)
}
