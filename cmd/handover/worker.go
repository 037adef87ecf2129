package main

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/jobs"
	"handover/internal/notify"
	"handover/internal/vault"
	"handover/internal/webhooks"
	"handover/web/api"
)

// graceTime is how long a stopping process lets orders in progress continue. It rolls back
// those that did not end by then and puts them into the queue again.
const graceTime = 20 * time.Second

type workerCmd struct{}

// Run executes orders and sends mails until the process is stopped.
func (c *workerCmd) Run(ctx context.Context, a *app) error {
	return a.withDB(ctx, func(pool *sqlx.DB) error {
		base := a.config.PublicURL()
		queue, err := jobs.New(newEngine(pool, base), newSettings(pool, base).Tick)
		if err != nil {
			return err
		}
		fmt.Fprintln(a.out, "Handover works on the queue")
		return a.work(ctx, pool, queue)
	})
}

// work does everything that needs no click, until the context ends: it executes the orders
// of the queue, seals the audit log, and sends mails and messages to programs.
func (a *app) work(ctx context.Context, pool *sqlx.DB, queue *jobs.Queue) error {
	var beside sync.WaitGroup
	defer beside.Wait()
	beside.Go(func() { (&audit.Sealer{DB: pool, Log: slog.Default()}).Run(ctx) })
	beside.Go(func() { a.sendMails(ctx, pool) })
	hooks, err := a.webhookSender(pool)
	if err != nil {
		return err
	}
	beside.Go(func() { hooks.Run(ctx) })
	return queue.Run(ctx, graceTime)
}

// webhookSender returns what sends the messages of webhooks.
func (a *app) webhookSender(pool *sqlx.DB) (*webhooks.Sender, error) {
	key, err := a.config.SigningKey()
	if err != nil {
		return nil, err
	}
	secrets, err := vault.New(key, vault.Webhooks)
	if err != nil {
		return nil, err
	}
	return &webhooks.Sender{
		DB: pool, Vault: secrets, Allowed: a.config.WebhookNets,
		Payload: api.Messages{DB: pool, Now: time.Now}.Payload, Log: slog.Default(), Now: time.Now,
		Notify: func(ctx context.Context, q db.Querier, staffID int64, subject, text string) error {
			_, err := notify.Write(ctx, q, notify.StaffMail{StaffID: staffID, Subject: subject, Text: text})
			return err
		},
	}, nil
}

// sendMails hands the outbox to the mail server, if there is one, until the context ends.
func (a *app) sendMails(ctx context.Context, pool *sqlx.DB) {
	if a.config.SMTPURL == "" {
		return
	}
	sender := &notify.Sender{
		DB: pool, SMTPURL: a.config.SMTPURL, From: a.config.Sender(), Log: slog.Default(),
		Now: time.Now,
	}
	if err := sender.Run(ctx); err != nil {
		slog.ErrorContext(ctx, "no mails are sent", slog.Any("error", err))
	}
}
