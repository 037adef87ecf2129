package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jmoiron/sqlx"
	"golang.org/x/sync/errgroup"

	"handover/internal/audit"
	"handover/internal/config"
	"handover/internal/db"
	"handover/internal/jobs"
	"handover/internal/monitor"
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
	return a.withService(ctx, func(pool *sqlx.DB) error {
		base := a.config.PublicURL()
		queue, err := jobs.New(newEngine(pool, base), newSettings(pool, base).Tick)
		if err != nil {
			return err
		}
		hooks, err := a.webhookSender(pool)
		if err != nil {
			return err
		}
		fmt.Fprintln(a.out, "Handover works on the queue")
		parts, ctx := errgroup.WithContext(ctx)
		registry := monitor.NewRegistry(pool, slog.Default())
		parts.Go(func() error { return a.serveMetrics(ctx, pool, registry) })
		parts.Go(func() error { return a.work(ctx, pool, queue, hooks) })
		return parts.Wait()
	})
}

// work does everything that needs no click, until the context ends: it executes the orders
// of the queue, seals the audit log, and sends emails and webhook messages. The first part that fails
// ends the others and is returned.
func (a *app) work(ctx context.Context, pool *sqlx.DB, queue *jobs.Queue, hooks *webhooks.Sender) error {
	parts, ctx := errgroup.WithContext(ctx)
	parts.Go(func() error { (&audit.Sealer{DB: pool, Log: slog.Default()}).Run(ctx); return nil })
	parts.Go(func() error { return a.sendMails(ctx, pool) })
	parts.Go(func() error { hooks.Run(ctx); return nil })
	parts.Go(func() error { return queue.Run(ctx, graceTime) })
	return parts.Wait()
}

// webhookSender returns what sends the messages of webhooks.
func (a *app) webhookSender(pool *sqlx.DB) (*webhooks.Sender, error) {
	secrets, err := a.vault(vault.Webhooks)
	if err != nil {
		return nil, err
	}
	return &webhooks.Sender{
		DB: pool, Vault: secrets, Allowed: webhookNetworks(a.config.WebhookNets),
		Payload: api.Messages{DB: pool, Now: time.Now}.Payload, Log: slog.Default(), Now: time.Now,
		Notify: func(ctx context.Context, q db.Querier, staffID int64, subject, text string) error {
			_, err := notify.Write(ctx, q, notify.StaffMail{StaffID: staffID, Subject: subject, Text: text})
			return err
		},
	}, nil
}

// vault returns the vault for a use, under the session key.
func (a *app) vault(use string) (vault.Vault, error) {
	key, err := a.config.SigningKey()
	if err != nil {
		return vault.Vault{}, err
	}
	return vault.New(key, use)
}

// webhookNetworks are the networks of the setting.
func webhookNetworks(set []config.WebhookNet) webhooks.Networks {
	var out webhooks.Networks
	for _, n := range set {
		out = append(out, webhooks.Network{Distributor: n.Distributor, Prefix: n.Prefix})
	}
	return out
}

// sendMails hands the outbox to the mail server, if there is one, until the context ends.
func (a *app) sendMails(ctx context.Context, pool *sqlx.DB) error {
	if a.config.SMTPURL == "" {
		return nil
	}
	links, err := a.vault(vault.MailedLinks)
	if err != nil {
		return err
	}
	sender := &notify.Sender{
		DB: pool, Vault: links, SMTPURL: a.config.SMTPURL, From: a.config.Sender(), Log: slog.Default(),
		Now: time.Now,
	}
	if err := sender.Run(ctx); err != nil {
		return fmt.Errorf("send emails: %w", err)
	}
	return nil
}
