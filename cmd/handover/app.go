package main

import (
	"context"
	"io"
	"log/slog"

	"github.com/jmoiron/sqlx"

	"handover/internal/config"
	"handover/internal/db"
	"handover/internal/pgembed"
)

// app is what every command gets: the settings and where to read and write.
type app struct {
	config      config.Config
	in          io.Reader
	out, errOut io.Writer
}

// withDB runs fn on the database after bringing its schema up to date.
func (a *app) withDB(ctx context.Context, fn func(pool *sqlx.DB) error) error {
	return a.withServer(ctx, func(pool *sqlx.DB) error {
		if err := db.Migrate(ctx, pool); err != nil {
			return err
		}
		return fn(pool)
	})
}

// withServer runs fn on the database as it is: the configured one, or the
// embedded one, which is started or joined and left again.
func (a *app) withServer(ctx context.Context, fn func(pool *sqlx.DB) error) error {
	address := a.config.DatabaseURL
	if address == "" {
		server, err := pgembed.Start(ctx, pgembed.Options{Dir: a.config.DataDir, Bin: a.config.PostgresBin})
		if err != nil {
			return err
		}
		defer func() {
			if err := server.Close(); err != nil {
				slog.ErrorContext(ctx, "the embedded PostgreSQL did not stop cleanly", slog.Any("error", err))
			}
		}()
		address = db.WithPrepared(server.URL("")) // there is no pooler in between
	}
	pool, err := db.Open(ctx, address)
	if err != nil {
		return err
	}
	defer func() {
		if err := pool.Close(); err != nil {
			slog.ErrorContext(ctx, "the connections to the database did not close cleanly", slog.Any("error", err))
		}
	}()
	return fn(pool)
}
