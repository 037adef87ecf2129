package transfer

import (
	"fmt"
	"regexp"
	"time"

	"github.com/lib/pq"
)

// args are the values of a statement's @names.
type args map[string]any

var argName = regexp.MustCompile(`@[a-z_]+`)

// bind turns the @names of an engine statement into PostgreSQL's numbered
// parameters and returns their values in that order. An unknown name is a mistake in
// the engine's own constants, so it is left for PostgreSQL to refuse.
func bind(text string, values args) (string, []any) {
	var list []any
	places := map[string]string{}
	bound := argName.ReplaceAllStringFunc(text, func(name string) string {
		if place, ok := places[name]; ok {
			return place
		}
		value, ok := values[name[1:]]
		if !ok {
			return name
		}
		list = append(list, sqlValue(value))
		places[name] = fmt.Sprintf("$%d", len(list))
		return places[name]
	})
	return bound, list
}

// sqlValue makes ids arrays and dates plain dates for the driver.
func sqlValue(v any) any {
	switch v := v.(type) {
	case []int64:
		return pq.Array(append([]int64{}, v...)) // never null: "<> all(null)" is no condition
	case []string:
		return pq.Array(append([]string{}, v...))
	case time.Time:
		return v.Format(time.DateOnly)
	}
	return v
}
