package db

import "strings"

// Like makes typed text stand for itself in a LIKE pattern.
func Like(typed string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(typed)
}
