package db

import (
	"context"
	"encoding/json"
	"fmt"
)

// countLimit is up to where totals are counted; beyond it they are estimated.
const countLimit = 10_000

// Total is how many rows a list has.
type Total struct {
	Rows      int64
	Estimated bool
}

// Count counts what a query "select from ..." returns; more than 10,000 rows are
// estimated by the database's planner, which is as good as its last analyze. Where
// it expects more, they are not even begun to be counted.
func Count(ctx context.Context, q Querier, query string, args ...any) (Total, error) {
	expected, err := estimate(ctx, q, query, args...)
	if err != nil {
		return Total{}, err
	}
	if expected > countLimit {
		return Total{Rows: expected, Estimated: true}, nil
	}
	var t Total
	err = q.GetContext(ctx, &t.Rows, fmt.Sprintf(`select count(*) from (%s limit %d) counted`, query,
		countLimit+1), args...)
	if err != nil {
		return t, fmt.Errorf("count: %w", err)
	}
	if t.Rows > countLimit {
		return Total{Rows: max(t.Rows, expected), Estimated: true}, nil
	}
	return t, nil
}

// estimate returns how many rows the planner expects of the query.
func estimate(ctx context.Context, q Querier, query string, args ...any) (int64, error) {
	var text []byte
	if err := q.GetContext(ctx, &text, `explain (format json) `+query, args...); err != nil {
		return 0, fmt.Errorf("estimate the count: %w", err)
	}
	var plans []struct {
		Plan struct {
			Rows int64 `json:"Plan Rows"`
		}
	}
	if err := json.Unmarshal(text, &plans); err != nil {
		return 0, fmt.Errorf("read the estimate: %w", err)
	}
	if len(plans) != 1 {
		return 0, fmt.Errorf("read the estimate: the planner returned %d plans", len(plans))
	}
	return plans[0].Plan.Rows, nil
}
