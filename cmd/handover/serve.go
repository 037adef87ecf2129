package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"

	"github.com/jmoiron/sqlx"

	"handover/internal/db"
	"handover/web"
)

type serveCmd struct{}

// Run serves the panel until the process is told to stop, then lets the
// requests under way finish.
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
		panel, err := web.New(web.Deps{
			DB: pool, Log: slog.Default(), BaseURL: base, SessionKey: key,
			TrustedProxies: networks(a.config.TrustedProxies),
			Checks:         []web.Check{{Name: "schema", Run: func(ctx context.Context) error { return db.Ready(ctx, pool) }}},
		})
		if err != nil {
			return err
		}
		fmt.Fprintf(a.out, "Handover is ready at %s\n", base)
		return panel.Serve(ctx, listener)
	})
}

func networks(prefixes []netip.Prefix) []*net.IPNet {
	var out []*net.IPNet
	for _, p := range prefixes {
		p = p.Masked()
		out = append(out, &net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())})
	}
	return out
}
