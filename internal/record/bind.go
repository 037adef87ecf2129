package record

import (
	"fmt"
	"regexp"
	"time"

	"github.com/lib/pq"
)

// Args are the values of a statement's @names.
type Args map[string]any

var argName = regexp.MustCompile(`@[a-z_]+`)

// Bind turns the @names of an engine statement into PostgreSQL's numbered
// parameters and returns their values in that order. An unknown name is a mistake in
// the engine's own constants, so it is left for PostgreSQL to refuse.
func Bind(text string, values Args) (string, []any) {
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
		list = append(list, SQLValue(value))
		places[name] = fmt.Sprintf("$%d", len(list))
		return places[name]
	})
	return bound, list
}

// SQLValue makes ids arrays and dates plain dates for the driver.
func SQLValue(v any) any {
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
