package accounts

import (
	"context"
	"fmt"

	"handover/internal/db"
)

// externalTables are the tables of the records that a request may name by the id of the outside
// system, by the prefix of our numbers.
var externalTables = map[string]string{
	CustomerPrefix: "customers", DistributorPrefix: "distributors",
	SubscriptionPrefix: "subscriptions", PlanPrefix: "plans",
}

// NumberOfExternalID returns our number of the record of a kind that the outside system calls id,
// "" if the reader sees none; prefix is that of the kind's numbers. Whoever uses the number checks
// its scope, as with a number that the reader typed.
func NumberOfExternalID(ctx context.Context, q db.Querier, prefix, id string) (string, error) {
	var ids []int64
	query := `select id from ` + externalTables[prefix] + ` where external_id = $1`
	if err := q.SelectContext(ctx, &ids, query, id); err != nil {
		return "", fmt.Errorf("look for the record with the outside id %s: %w", id, err)
	}
	if len(ids) == 0 {
		return "", nil
	}
	return Number(prefix, ids[0]), nil
}
