package transfer

import (
	"fmt"
	"strings"
)

// plural writes a count with its noun: "1 invoice", "3 invoices".
func plural(n int, singular, several string) string {
	if n == 1 {
		return "1 " + singular
	}
	return fmt.Sprintf("%d %s", n, several)
}

// words writes a status as people say it: transferred_out is "transferred out".
func words(status string) string { return strings.ReplaceAll(status, "_", " ") }

// dayForm is how a day is written for people.
const dayForm = "2 Jan 2006"
