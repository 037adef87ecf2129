package accounts

import (
	"fmt"
	"strconv"
	"strings"
)

// The prefixes of our numbers, as number_of writes them in the database.
const (
	CustomerPrefix     = "C"
	DistributorPrefix  = "D"
	SubscriptionPrefix = "S"
	PlanPrefix         = "P"
)

// Number writes our number of a record, C-000012: its prefix and its id with at
// least six digits.
func Number(prefix string, id int64) string { return fmt.Sprintf("%s-%06d", prefix, id) }

// ParseNumber reads the id out of one of our numbers as people type it: in any
// case of letters, with or without leading zeros. ok is false for anything else.
func ParseNumber(prefix, s string) (id int64, ok bool) {
	rest, found := strings.CutPrefix(strings.ToUpper(strings.TrimSpace(s)), prefix+"-")
	if !found || strings.HasPrefix(rest, "+") {
		return 0, false
	}
	id, err := strconv.ParseInt(rest, 10, 64)
	return id, err == nil && id > 0
}
