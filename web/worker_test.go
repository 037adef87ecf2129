package web_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/engine"
	"handover/internal/order"
)

// working returns an engine whose orders are executed as soon as they are committed, as a
// worker would; internal/jobs tests the queue itself.
func working(t *testing.T, pool *sqlx.DB) *engine.Engine {
	t.Helper()
	e := &engine.Engine{Desk: order.Desk{DB: pool, Log: slog.New(slog.DiscardHandler), Now: time.Now}}
	ctx, stop := context.WithCancel(context.Background())
	var under sync.WaitGroup
	t.Cleanup(func() { stop(); under.Wait() })
	e.Enqueue = func(_ context.Context, _ *sqlx.Tx, id int64) error {
		under.Go(func() {
			for range 500 {
				var status string // "" before the order is committed
				err := pool.GetContext(ctx, &status, `select coalesce((select status from transfer_orders
					where id = $1), '')`, id)
				if err == nil && status == "queued" {
					err = e.Work(ctx, id)
				}
				if err != nil && ctx.Err() == nil {
					t.Errorf("work on order %d: %v", id, err)
				}
				if status == "completed" || status == "failed" {
					return
				}
				select {
				case <-ctx.Done():
					return
				case <-time.After(5 * time.Millisecond):
				}
			}
		})
		return nil
	}
	return e
}
