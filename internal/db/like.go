package db

import "strings"

// Like escapes typed text so that a LIKE pattern matches it literally.
func Like(typed string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(typed)
}
