package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/identity"
	"handover/internal/notify"
	"handover/internal/transfer"
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
		engine := &transfer.Engine{DB: pool, Log: slog.Default(), Now: time.Now}
		panel, err := web.New(web.Deps{
			DB: pool, Log: slog.Default(), Transfers: engine, BaseURL: base, SessionKey: key,
			TrustedProxies: networks(a.config.TrustedProxies), SendsMail: a.config.SMTPURL != "",
			SignOn: identity.Provider{
				Issuer: a.config.OIDCIssuer, ClientID: a.config.OIDCClientID, ClientSecret: a.config.OIDCSecret, Name: a.config.OIDCName,
			},
			Checks: []web.Check{{Name: "schema", Run: func(ctx context.Context) error { return db.Ready(ctx, pool) }}},
		})
		if err != nil {
			return err
		}
		resumed := make(chan struct{})
		go func() {
			defer close(resumed)
			resume(ctx, engine)
		}()
		defer func() { <-resumed }() // the database is closed after this
		sealing, stopSealing := context.WithCancel(ctx)
		sealed := make(chan struct{})
		go func() {
			defer close(sealed)
			(&audit.Sealer{DB: pool, Log: slog.Default()}).Run(sealing)
		}()
		defer func() { stopSealing(); <-sealed }()
		mailing, stopMails := context.WithCancel(ctx)
		mailed := make(chan struct{})
		go func() {
			defer close(mailed)
			a.sendMails(mailing, pool)
		}()
		defer func() { stopMails(); <-mailed }()
		fmt.Fprintf(a.out, "Handover is ready at %s\n", base)
		return panel.Serve(ctx, listener)
	})
}

// resume executes what was queued when the program stopped.
func resume(ctx context.Context, engine *transfer.Engine) {
	n, err := engine.Resume(ctx)
	switch {
	case err != nil && ctx.Err() == nil:
		slog.Error("orders of before the last stop were not resumed", slog.Any("error", err))
	case n > 0:
		slog.Info("orders of before the last stop resumed", slog.Int("orders", n))
	}
}

// sendMails hands the outbox to the mail server, if there is one, until the context ends.
func (a *app) sendMails(ctx context.Context, pool *sqlx.DB) {
	if a.config.SMTPURL == "" {
		return
	}
	sender := &notify.Sender{DB: pool, SMTPURL: a.config.SMTPURL, From: a.config.Sender(), Log: slog.Default(), Now: time.Now}
	if err := sender.Run(ctx); err != nil {
		slog.Error("no mails are sent", slog.Any("error", err))
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
