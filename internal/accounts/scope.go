package accounts

import (
	"context"
	"fmt"
	"strings"

	"handover/internal/db"
)

// Scope is whose records a reader may see: those of a distributor and of every
// distributor below it. The zero scope sees nothing.
type Scope struct {
	Root       int64 `db:"root"`       // the reader's distributor
	Everything bool  `db:"everything"` // Root is the provider, below whom everybody is
}

// below selects the ids of a distributor and of all that sell under it.
const below = `with recursive below as (
	select id from distributors where id = ?
	union select d.id from distributors d join below b on d.parent_id = b.id) select id from below`

// Condition returns the condition that the column's distributor lies in the scope;
// of several columns, that at least one of them does. It is the one place that
// knows how a scope becomes SQL.
func (s Scope) Condition(w *db.Where, columns ...string) string {
	if s.Everything {
		return "true"
	}
	conditions := make([]string, len(columns))
	for i, column := range columns {
		conditions[i] = column + ` = any(` + s.array(w) + `)`
	}
	return strings.Join(conditions, " or ")
}

// array returns the ids of the distributors in the scope as an array; null means
// everything.
func (s Scope) array(w *db.Where) string {
	if s.Everything {
		return "null::bigint[]"
	}
	return w.Bind(`array(`+below+`)`, s.Root)
}

// IDs returns the distributors in the scope.
func (s Scope) IDs(ctx context.Context, q db.Querier) ([]int64, error) {
	var w db.Where
	s.Apply(&w, "d.id")
	var ids []int64
	if err := q.SelectContext(ctx, &ids, `select d.id from distributors d `+w.SQL(), w.Args()...); err != nil {
		return nil, fmt.Errorf("read the distributors in the scope: %w", err)
	}
	return ids, nil
}

// Submitted is the condition that a transfer order o is more than its author's draft:
// others do not see an order that was never submitted.
const Submitted = `(o.status <> 'draft' and (o.status <> 'cancelled' or o.submitted_at is not null))`

// Apply adds Condition to the query.
func (s Scope) Apply(w *db.Where, columns ...string) { w.And(s.Condition(w, columns...)) }

// In returns a context whose queries see this scope and no more, whatever their conditions
// say, and write down nothing in another's name than the actor's (an id of staff, 0 = the
// program): row-level security enforces both.
func (s Scope) In(ctx context.Context, actor int64) context.Context {
	return db.WithScope(ctx, db.Scope{Distributor: s.Root, Everything: s.Everything, Actor: actor})
}

// ScopeOf returns the scope of the context; without one, everything.
func ScopeOf(ctx context.Context) Scope {
	w, scoped := db.ScopeOf(ctx)
	return Scope{Root: w.Distributor, Everything: w.Everything || !scoped}
}

// Includes reports whether the distributor lies in the scope.
func (s Scope) Includes(ctx context.Context, q db.Querier, distributorID int64) (bool, error) {
	var w db.Where
	w.And("d.id = ?", distributorID)
	s.Apply(&w, "d.id")
	var found bool
	if err := q.GetContext(ctx, &found, `select exists (select 1 from distributors d `+w.SQL()+`)`,
		w.Args()...); err != nil {
		return false, fmt.Errorf("look for the distributor in the scope: %w", err)
	}
	return found, nil
}
