package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"runtime/debug"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"handover/internal/db"
	"handover/internal/engine"
	"handover/internal/identity"
	"handover/internal/jobs"
	"handover/internal/monitor"
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
	limitMemory()
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
	if err := a.config.CheckExposure(); err != nil {
		return err
	}
	return a.withService(ctx, func(pool *sqlx.DB) error {
		base := a.config.Base(listener.Addr())
		engine := newEngine(pool, base)
		queue, err := jobs.New(engine, newSettings(pool, base).Tick)
		if err != nil {
			return err
		}
		registry := monitor.NewRegistry(pool, slog.Default())
		panel, err := web.New(web.Deps{
			DB: pool, Log: slog.Default(), Transfers: engine, BaseURL: base, SessionKey: key,
			TrustedProxies: networks(a.config.TrustedProxies), PerAddress: a.config.PerAddress,
			SendsMail: a.config.SMTPURL != "",
			Webhooks:  webhookNetworks(a.config.WebhookNets),
			SignOn: identity.Provider{
				Issuer: a.config.OIDCIssuer, ClientID: a.config.OIDCClientID, ClientSecret: a.config.OIDCSecret,
				Name: a.config.OIDCName,
			},
			Hosts: a.config.Hosts(), Checks: checks(pool), Metrics: registry,
		})
		if err != nil {
			return err
		}
		hooks, err := a.webhookSender(pool)
		if err != nil {
			return err
		}
		// The first that fails ends the others: a process that serves and no longer works would
		// look healthy.
		parts, ctx := errgroup.WithContext(ctx)
		parts.Go(func() error { return a.serveMetrics(ctx, pool, registry) })
		if !c.WebOnly {
			parts.Go(func() error { return a.work(ctx, pool, queue, hooks) })
		}
		parts.Go(func() error { return panel.Serve(ctx, listener) })
		fmt.Fprintf(a.out, "Handover is ready at %s\n", base)
		return parts.Wait()
	})
}

// memoryGoal is what the runtime keeps the memory of a panel under by collecting earlier; the
// program itself and the stacks of the system come on top. It is no wall: a transfer that needs more
// gets it, at the price of more frequent collections.
const memoryGoal = 160 << 20

// limitMemory sets the goal, unless the environment sets one. Garbage of many at once, 32 MiB for each
// password that is compared, would otherwise double the memory.
func limitMemory() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryGoal)
	}
}

// checks are what must work before a process does its work.
func checks(pool *sqlx.DB) []monitor.Check {
	return []monitor.Check{
		{Name: "database", Run: pool.PingContext},
		{Name: "schema", Run: func(ctx context.Context) error { return db.Ready(ctx, pool) }},
		{Name: "queue", Run: func(ctx context.Context) error { return jobs.Ready(ctx, pool) }},
	}
}

// serveMetrics answers machines on an address of their own, until the context ends.
func (a *app) serveMetrics(ctx context.Context, pool *sqlx.DB, registry *prometheus.Registry) error {
	if a.config.MetricsAddr == "" {
		return nil
	}
	listener, err := monitor.Listen(ctx, a.config.MetricsAddr, slog.Default())
	if err != nil {
		return err
	}
	return (&monitor.Server{Registry: registry, Checks: checks(pool), Log: slog.Default()}).Serve(ctx, listener)
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
