package jobs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"

	"handover/internal/engine"
)

// How the queue is worked.
const (
	workers      = 4                      // transfers that one process executes at once
	pollEvery    = 100 * time.Millisecond // a job waits for half of it on average
	pollPause    = 20 * time.Millisecond  // between two looks while there is work
	sweepEvery   = 2 * time.Second
	keepJobs     = time.Hour      // of what is done; the order has the history
	longestOrder = 24 * time.Hour // a job that runs for longer is lost: River keeps one without a limit for ever
)

// transferArgs is a job: execute this order.
type transferArgs struct {
	OrderID int64 `json:"order_id"`
}

// Kind names the job in the queue.
func (transferArgs) Kind() string { return "transfer" }

// Queue puts orders into the queue and, in a worker, executes them.
type Queue struct {
	engine *engine.Engine
	log    *slog.Logger
	client *river.Client[*sql.Tx]
	ticks  []func(context.Context) error
}

// New makes the queue of the engine's database and lets the engine put its orders into it.
// A worker also calls ticks every few seconds: each does what time does to something else.
func New(engine *engine.Engine, ticks ...func(context.Context) error) (*Queue, error) {
	q := &Queue{engine: engine, log: engine.Log, ticks: append([]func(context.Context) error{engine.Tick}, ticks...)}
	handlers := river.NewWorkers()
	if err := river.AddWorkerSafely(handlers, river.WorkFunc(q.work)); err != nil {
		return nil, fmt.Errorf("declare the jobs: %w", err)
	}
	client, err := river.NewClient(riverdatabasesql.New(engine.DB.DB), &river.Config{
		Logger: slog.New(quiet{engine.Log.Handler()}), Workers: handlers, PollOnly: true,
		Queues:            map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: workers}},
		FetchPollInterval: pollEvery, FetchCooldown: pollPause,
		JobTimeout: longestOrder, RescueStuckJobsAfter: longestOrder, MaxAttempts: 3,
		CompletedJobRetentionPeriod: keepJobs, DiscardedJobRetentionPeriod: keepJobs,
		CancelledJobRetentionPeriod: keepJobs,
	})
	if err != nil {
		return nil, fmt.Errorf("open the queue: %w", err)
	}
	q.client = client
	engine.Enqueue = q.put
	return q, nil
}

// put adds the job in the transaction that queues the order.
func (q *Queue) put(ctx context.Context, tx *sqlx.Tx, orderID int64) error {
	if _, err := q.client.InsertTx(ctx, tx.Tx, transferArgs{OrderID: orderID}, nil); err != nil {
		return fmt.Errorf("add a job: %w", err)
	}
	return nil
}

func (q *Queue) work(ctx context.Context, job *river.Job[transferArgs]) error {
	return q.engine.Work(ctx, job.Args.OrderID)
}

// Run executes orders until the context ends; then what runs may go on for as long as
// grace says, and what has not ended by then goes back into the queue.
func (q *Queue) Run(ctx context.Context, grace time.Duration) error {
	running := context.WithoutCancel(ctx)
	if err := q.client.Start(running); err != nil {
		return fmt.Errorf("start the worker: %w", err)
	}
	q.sweep(ctx)
	patient, cancel := context.WithTimeout(running, grace)
	defer cancel()
	err := q.client.Stop(patient)
	if err == nil {
		return nil
	}
	if !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("stop the worker: %w", err)
	}
	final, cancelFinal := context.WithTimeout(running, handBackTime)
	defer cancelFinal()
	if err := q.client.StopAndCancel(final); err != nil {
		return fmt.Errorf("stop the worker: %w", err)
	}
	return nil
}

// handBackTime is what rolling back and handing back may take.
const handBackTime = 15 * time.Second

// sweep does what is due and looks for what dead processes left, until the context ends.
func (q *Queue) sweep(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		for _, do := range q.ticks {
			if err := do(ctx); err != nil && ctx.Err() == nil {
				q.log.ErrorContext(ctx, "what is due was not done", slog.Any("error", err))
			}
		}
		n, err := q.engine.Sweep(ctx)
		switch {
		case err != nil && ctx.Err() == nil:
			q.log.ErrorContext(ctx, "left orders were not looked for", slog.Any("error", err))
		case n > 0:
			q.log.WarnContext(ctx, "orders were put into the queue again", slog.Int("orders", n))
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Ready reports as an error why nothing can be put into the queue.
func Ready(ctx context.Context, pool *sqlx.DB) error {
	if _, err := pool.ExecContext(ctx, `select from river_job limit 0`); err != nil {
		return fmt.Errorf("ask the queue: %w", err)
	}
	return nil
}

// quiet lets through what an operator should look at: the queue logs its every step.
type quiet struct{ slog.Handler }

// Enabled reports whether the record is worth a line.
func (h quiet) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && h.Handler.Enabled(ctx, level)
}

// WithAttrs keeps the level.
func (h quiet) WithAttrs(attrs []slog.Attr) slog.Handler { return quiet{h.Handler.WithAttrs(attrs)} }

// WithGroup keeps the level.
func (h quiet) WithGroup(name string) slog.Handler { return quiet{h.Handler.WithGroup(name)} }
