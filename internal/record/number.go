package record

import (
	"strconv"
	"strings"

	"handover/internal/accounts"
)

// The prefixes of our numbers that a request names.
const (
	CustomerPrefix     = "C"
	DistributorPrefix  = "D"
	PlanPrefix         = "P"
	SubscriptionPrefix = "S"
	orderPrefix        = "TO"
)

// Number writes our number of a record: its prefix and its id with at least six
// digits, C-000012. The database's number_of does the same.
func Number(prefix string, id int64) string { return accounts.Number(prefix, id) }

// OrderNumber writes the number of a transfer order.
func OrderNumber(id int64) string { return Number(orderPrefix, id) }

// IDOf reads the id out of one of our numbers, and whether it is one with that prefix.
func IDOf(prefix, number string) (int64, bool) {
	digits, ok := strings.CutPrefix(number, prefix+"-")
	if !ok || len(digits) < 6 {
		return 0, false
	}
	id, err := strconv.ParseInt(digits, 10, 64)
	return id, err == nil && id > 0 && Number(prefix, id) == number
}

// OrderID reads the id out of an order's number, and whether it is one.
func OrderID(number string) (int64, bool) { return IDOf(orderPrefix, number) }
