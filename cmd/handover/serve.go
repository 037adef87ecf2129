package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/db"
	"handover/internal/engine"
	"handover/internal/identity"
	"handover/internal/jobs"
	"handover/internal/order"
	"handover/internal/settings"
	"handover/web"
	"handover/web/page"
)

type serveCmd struct {
	WebOnly bool `help:"Leave the work on orders and mails to handover worker." env:"HANDOVER_WEB_ONLY"`
}

// Run serves the panel until the process is stopped, then lets the requests and orders in
// progress finish.
func (c *serveCmd) Run(ctx context.Context, a *app) error {
	// Before the database is started: an address in use is known at once.
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", a.config.Addr)
	if err != nil {
		return fmt.Errorf("serve on %s: %w", a.config.Addr, err)
	}
	defer func() { _ = listener.Close() }()
	key, err := a.config.SigningKey()
	if err != nil {
		return err
	}
	return a.withDB(ctx, func(pool *sqlx.DB) error {
		base := a.config.Base(listener.Addr())
		engine := newEngine(pool, base)
		queue, err := jobs.New(engine, newSettings(pool, base).Tick)
		if err != nil {
			return err
		}
		panel, err := web.New(web.Deps{
			DB: pool, Log: slog.Default(), Transfers: engine, BaseURL: base, SessionKey: key,
			TrustedProxies: networks(a.config.TrustedProxies), SendsMail: a.config.SMTPURL != "",
			Webhooks: a.config.WebhookNets,
			SignOn: identity.Provider{
				Issuer: a.config.OIDCIssuer, ClientID: a.config.OIDCClientID, ClientSecret: a.config.OIDCSecret,
				Name: a.config.OIDCName,
			},
			Checks: []web.Check{
				{Name: "schema", Run: func(ctx context.Context) error { return db.Ready(ctx, pool) }},
				{Name: "queue", Run: func(ctx context.Context) error { return jobs.Ready(ctx, pool) }},
			},
		})
		if err != nil {
			return err
		}
		if !c.WebOnly {
			working, stopWork := context.WithCancel(ctx)
			worked := make(chan error, 1)
			go func() { worked <- a.work(working, pool, queue) }()
			defer func() { // the database is closed after this
				stopWork()
				if err := <-worked; err != nil {
					slog.ErrorContext(ctx, "the worker ended with an error", slog.Any("error", err))
				}
			}()
		}
		fmt.Fprintf(a.out, "Handover is ready at %s\n", base)
		return panel.Serve(ctx, listener)
	})
}

// newEngine returns the engine of a process; base is where its panels are reached.
func newEngine(pool *sqlx.DB, base string) *engine.Engine {
	return &engine.Engine{Desk: order.Desk{
		DB: pool, Log: slog.Default(), Now: time.Now,
		OrderLink: func(number string, provider bool) string { return page.OrderLink(base, number, provider) },
	}}
}

// newSettings returns what changes control settings; base is where the panels are reached.
func newSettings(pool *sqlx.DB, base string) settings.Desk {
	return settings.Desk{
		DB: pool, Now: time.Now,
		Link: func(number string, provider bool) string { return page.DistributorLink(base, number, provider) },
	}
}

func networks(prefixes []netip.Prefix) []*net.IPNet {
	var out []*net.IPNet
	for _, p := range prefixes {
		p = p.Masked()
		out = append(out, &net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())})
	}
	return out
}
