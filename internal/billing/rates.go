package billing

import (
	"context"
	"fmt"

	"handover/internal/db"
)

// Pair is two currencies that the rate table has a rate for, in its direction.
type Pair struct {
	From string `db:"from_currency"`
	To   string `db:"to_currency"`
}

// Pairs returns the pairs of the rate table in order. It leaps along the unique
// index from pair to pair instead of reading every rate.
func Pairs(ctx context.Context, q db.Querier) ([]Pair, error) {
	var out []Pair
	err := q.SelectContext(ctx, &out, `
		with recursive pairs as (
			(select from_currency, to_currency from exchange_rates order by from_currency, to_currency limit 1)
			union all
			select n.from_currency, n.to_currency
			from pairs p
			cross join lateral (
				select e.from_currency, e.to_currency from exchange_rates e
				where (e.from_currency, e.to_currency) > (p.from_currency, p.to_currency)
				order by e.from_currency, e.to_currency limit 1) n
		)
		select from_currency, to_currency from pairs`)
	if err != nil {
		return nil, fmt.Errorf("read the currency pairs: %w", err)
	}
	return out, nil
}
