package db

import (
	"fmt"
	"strings"
)

// Where gathers the conditions of a query and their arguments, for lists whose
// filters are not always there:
//
//	var w db.Where
//	w.And("c.status = any(?)", pq.Array(statuses))
//	q.SelectContext(ctx, &rows, "select c.id from customers c "+w.SQL(), w.Args()...)
//
// The conditions are constants of the code; what a user typed is an argument.
type Where struct {
	conditions []string
	args       []any
}

// Arg adds an argument and returns its placeholder, "$3".
func (w *Where) Arg(v any) string {
	w.args = append(w.args, v)
	return fmt.Sprintf("$%d", len(w.args))
}

// And adds a condition; each ? in it stands for one argument.
func (w *Where) And(condition string, args ...any) {
	parts := strings.Split(condition, "?")
	if len(parts)-1 != len(args) {
		panic(fmt.Sprintf("condition %q has %d arguments", condition, len(args)))
	}
	var b strings.Builder
	for i, part := range parts {
		b.WriteString(part)
		if i < len(args) {
			b.WriteString(w.Arg(args[i]))
		}
	}
	w.conditions = append(w.conditions, b.String())
}

// SQL returns "where a and b", "" without any condition.
func (w *Where) SQL() string {
	if len(w.conditions) == 0 {
		return ""
	}
	return "where (" + strings.Join(w.conditions, ") and (") + ")"
}

// Args returns the arguments in the order of their placeholders.
func (w *Where) Args() []any { return w.args }
