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

// Bind returns the expression with each ? replaced by the placeholder of one argument.
func (w *Where) Bind(expression string, args ...any) string {
	parts := strings.Split(expression, "?")
	if len(parts)-1 != len(args) {
		panic(fmt.Sprintf("expression %q is given %d arguments", expression, len(args)))
	}
	var b strings.Builder
	for i, part := range parts {
		b.WriteString(part)
		if i < len(args) {
			b.WriteString(w.Arg(args[i]))
		}
	}
	return b.String()
}

// And adds a condition; each ? in it is replaced by one argument.
func (w *Where) And(condition string, args ...any) {
	w.conditions = append(w.conditions, w.Bind(condition, args...))
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
