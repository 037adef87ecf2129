package accounts

import (
	"context"
	"fmt"

	"handover/internal/db"
)

// Ancestors returns the accounts above an account: its parent first, then the parent of
// that, up to the root. It ends before an account that came already.
func Ancestors(ctx context.Context, q db.Querier, customerID int64) ([]Kin, error) {
	var out []Kin
	err := q.SelectContext(ctx, &out, `
		with recursive up as (
		    select parent_customer_id as id, array[id] as path from customers where id = $1
		    union all
		    select c.parent_customer_id, u.path || c.id from up u join customers c on c.id = u.id
		    where u.id <> all(u.path))
		select c.id, c.name, c.status, c.bill_to_parent from up u join customers c on c.id = u.id
		where u.id <> all(u.path) order by cardinality(u.path)`, customerID)
	if err != nil {
		return nil, fmt.Errorf("read the ancestors of %s: %w", Number(CustomerPrefix, customerID), err)
	}
	return out, nil
}

// Related reports whether one of two accounts is an ancestor of the other, at any distance.
func Related(ctx context.Context, q db.Querier, a, b int64) (bool, error) {
	var related bool
	err := q.GetContext(ctx, &related, `
		with recursive up as (
		    select id as below, parent_customer_id as id from customers where id in ($1, $2)
		    union
		    select u.below, c.parent_customer_id from up u join customers c on c.id = u.id)
		select exists (select 1 from up where id in ($1, $2) and id <> below)`, a, b)
	if err != nil {
		return false, fmt.Errorf("look whether %s and %s are related: %w",
			Number(CustomerPrefix, a), Number(CustomerPrefix, b), err)
	}
	return related, nil
}
