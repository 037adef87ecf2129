package main

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/audit"
	"handover/internal/jobs"
	"handover/internal/notify"
)

// graceTime is for how long orders under way may go on when the process is told to stop;
// what has not ended then is rolled back and goes into the queue again.
const graceTime = 20 * time.Second

type workerCmd struct{}

// Run executes orders and sends mails until the process is told to stop.
func (c *workerCmd) Run(ctx context.Context, a *app) error {
	return a.withDB(ctx, func(pool *sqlx.DB) error {
		queue, err := jobs.New(newEngine(pool, a.config.PublicURL()))
		if err != nil {
			return err
		}
		fmt.Fprintln(a.out, "Handover works on the queue")
		return a.work(ctx, pool, queue)
	})
}

// work does all that is done without a click, until the context ends: it executes the
// orders of the queue, seals the audit log, and sends mails.
func (a *app) work(ctx context.Context, pool *sqlx.DB, queue *jobs.Queue) error {
	var beside sync.WaitGroup
	defer beside.Wait()
	beside.Go(func() { (&audit.Sealer{DB: pool, Log: slog.Default()}).Run(ctx) })
	beside.Go(func() { a.sendMails(ctx, pool) })
	return queue.Run(ctx, graceTime)
}

// sendMails hands the outbox to the mail server, if there is one, until the context ends.
func (a *app) sendMails(ctx context.Context, pool *sqlx.DB) {
	if a.config.SMTPURL == "" {
		return
	}
	sender := &notify.Sender{DB: pool, SMTPURL: a.config.SMTPURL, From: a.config.Sender(), Log: slog.Default(), Now: time.Now}
	if err := sender.Run(ctx); err != nil {
		slog.ErrorContext(ctx, "no mails are sent", slog.Any("error", err))
	}
}
