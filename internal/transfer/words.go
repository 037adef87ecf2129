package transfer

import (
	"fmt"
	"strings"
)

// Plural writes a count with its noun: "1 invoice", "3 invoices".
func Plural(n int, singular, several string) string {
	if n == 1 {
		return "1 " + singular
	}
	return fmt.Sprintf("%d %s", n, several)
}

// Words writes a status as people say it: transferred_out is "transferred out".
func Words(status string) string { return strings.ReplaceAll(status, "_", " ") }

// DayForm is how a day is written for people.
const DayForm = "2 Jan 2006"
