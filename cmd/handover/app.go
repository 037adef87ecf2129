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

// addresses are those of one database.
type addresses struct {
	owner   string // who has the tables: for migrations, and for commands
	service string // for serve and worker: a role that owns nothing, where one is set up
}

// withDB runs fn on the database, as its owner, after bringing its schema up to date.
func (a *app) withDB(ctx context.Context, fn func(pool *sqlx.DB) error) error {
	return a.withServer(ctx, func(pool *sqlx.DB) error {
		if err := db.Migrate(ctx, pool); err != nil {
			return err
		}
		return fn(pool)
	})
}

// withService runs fn on the database as a role that owns nothing, after the owner brought the
// schema up to date. Where only one address is set, fn runs as the owner.
func (a *app) withService(ctx context.Context, fn func(pool *sqlx.DB) error) error {
	return a.withAddresses(ctx, func(at addresses) error {
		if at.service == at.owner {
			return withPool(ctx, at.owner, func(pool *sqlx.DB) error {
				if err := db.Migrate(ctx, pool); err != nil {
					return err
				}
				return fn(pool)
			})
		}
		if err := withPool(ctx, at.owner, func(pool *sqlx.DB) error { return db.Migrate(ctx, pool) }); err != nil {
			return err
		}
		return withPool(ctx, at.service, func(pool *sqlx.DB) error {
			if err := db.CheckService(ctx, pool); err != nil {
				return err
			}
			return fn(pool)
		})
	})
}

// withServer runs fn on the database as it is, as its owner.
func (a *app) withServer(ctx context.Context, fn func(pool *sqlx.DB) error) error {
	return a.withAddresses(ctx, func(at addresses) error { return withPool(ctx, at.owner, fn) })
}

// withAddresses runs fn with the addresses of the configured database, or of the embedded one,
// which is started or joined and left again.
func (a *app) withAddresses(ctx context.Context, fn func(at addresses) error) error {
	if a.config.DatabaseURL != "" {
		at := addresses{owner: a.config.DatabaseURL, service: a.config.DatabaseURL}
		if a.config.MigrateURL != "" {
			at.owner = a.config.MigrateURL
		}
		return fn(at)
	}
	server, err := pgembed.Start(ctx, pgembed.Options{Dir: a.config.DataDir, Bin: a.config.PostgresBin})
	if err != nil {
		return err
	}
	defer func() {
		if err := server.Close(); err != nil {
			slog.ErrorContext(ctx, "the embedded PostgreSQL did not stop cleanly", slog.Any("error", err))
		}
	}()
	// There is no pooler in between.
	return fn(addresses{owner: db.WithPrepared(server.URL("")), service: db.WithPrepared(server.ServiceURL(""))})
}

// withPool runs fn on connections to the address.
func withPool(ctx context.Context, address string, fn func(pool *sqlx.DB) error) error {
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
