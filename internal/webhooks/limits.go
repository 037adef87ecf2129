package webhooks

import (
	"context"
	"fmt"
	"time"

	"handover/internal/db"
	"handover/internal/fault"
)

// What a distributor may have and do: each endpoint may hold a connection of the worker, and each
// test message makes one.
const (
	MaxEndpoints = 20 // not removed
	MaxTests     = 20 // within testWindow
	testWindow   = time.Hour
)

// lockLimits makes those who use up the limits of one distributor at one moment wait for each other.
func lockLimits(ctx context.Context, q db.Querier, distributor int64) error {
	const lock = `select pg_advisory_xact_lock(hashtextextended('webhook_limits', $1))`
	if _, err := q.ExecContext(ctx, lock, distributor); err != nil {
		return fmt.Errorf("wait for other changes of webhooks: %w", err)
	}
	return nil
}

// checkRoom refuses one endpoint too many of the distributor.
func checkRoom(ctx context.Context, q db.Querier, distributor int64) error {
	if err := lockLimits(ctx, q, distributor); err != nil {
		return err
	}
	var n int
	err := q.GetContext(ctx, &n, `select count(*) from webhook_endpoints where distributor_id = $1 and status <> $2`,
		distributor, Removed)
	if err != nil {
		return fmt.Errorf("count the webhooks: %w", err)
	}
	if n >= MaxEndpoints {
		return fault.New(fault.Invalid, msgTooManyEndpoints, n)
	}
	return nil
}

// checkTests refuses one test message too many of the endpoint's distributor.
func checkTests(ctx context.Context, q db.Querier, e Endpoint, now time.Time) error {
	if err := lockLimits(ctx, q, e.DistributorID); err != nil {
		return err
	}
	var n int
	err := q.GetContext(ctx, &n, `
		select count(*) from webhook_deliveries v join webhook_endpoints e on e.id = v.endpoint_id
		where e.distributor_id = $1 and v.event = 'test' and v.occurred_at > $2`, e.DistributorID, now.Add(-testWindow))
	if err != nil {
		return fmt.Errorf("count the test messages: %w", err)
	}
	if n >= MaxTests {
		return fault.New(fault.Invalid, msgTooManyTests, n)
	}
	return nil
}
