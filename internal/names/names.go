// Package names has the one rule of what a name may be: of people, customers, distributors,
// brands, plans, and of the labels of tokens and webhooks. A name is shown in mails, lists
// and files beside words of Handover, so it is one line that cannot hide or turn around
// what is beside it.
package names

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Longest is the length of the longest name, in characters.
const Longest = 200

// shownAtMost is how much of a wrong name its sentence shows, in characters.
const shownAtMost = 40

// Problem returns a sentence that names the value, what is wrong with it and the way out,
// "" for a name that is one. An empty name is no problem here: whether one is required is
// for the field to say. The constraints of the database (handover_is_name) hold the same rule.
func Problem(name string) string {
	if !utf8.ValidString(name) {
		return fmt.Sprintf(msgNotUTF8, quoted(strings.ToValidUTF8(name, "\uFFFD")))
	}
	for _, r := range name {
		switch {
		case unicode.IsControl(r), r == '\u2028', r == '\u2029':
			return fmt.Sprintf(msgControl, quoted(name), r)
		case unicode.Is(unicode.Bidi_Control, r):
			return fmt.Sprintf(msgDirection, quoted(name), r)
		}
	}
	if n := utf8.RuneCountInString(name); n > Longest {
		return fmt.Sprintf(msgTooLong, quoted(name), n, Longest)
	}
	return ""
}

// reserved are the names under which the program itself acts, in the audit log and on orders.
var reserved = []string{"worker", "system", "command line", "handover demo"}

// PersonProblem returns what Problem does for the name of a person, which may not be one under which
// the program itself acts. The database holds the same rule (staff_name_not_reserved).
func PersonProblem(name string) string {
	if slices.Contains(reserved, strings.ToLower(strings.TrimSpace(name))) {
		return fmt.Sprintf(msgReserved, quoted(name))
	}
	return Problem(name)
}

// quoted shows the name without the characters that it must not have, shortened.
func quoted(name string) string {
	if runes := []rune(name); len(runes) > shownAtMost {
		name = string(runes[:shownAtMost]) + "…"
	}
	return strconv.Quote(name)
}
