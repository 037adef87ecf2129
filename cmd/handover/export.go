package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/jmoiron/sqlx"

	"handover/internal/exchange"
)

type exportCmd struct {
	Path string `arg:"" help:"The directory to write to, which is made if need be, or a .zip file."`
}

// Run writes every file of the import format.
func (c *exportCmd) Run(ctx context.Context, a *app) error {
	return a.withDB(ctx, func(pool *sqlx.DB) error {
		if !strings.EqualFold(filepath.Ext(c.Path), ".zip") {
			return exchange.Export(ctx, pool, exchange.Dir(c.Path), operator)
		}
		return c.zip(ctx, pool)
	})
}

// zip writes the archive beside its place first, so that there is never half of one.
func (c *exportCmd) zip(ctx context.Context, pool *sqlx.DB) error {
	out, err := os.CreateTemp(filepath.Dir(c.Path), ".handover-export-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", c.Path, err)
	}
	defer func() { _ = os.Remove(out.Name()) }()
	defer func() { _ = out.Close() }()
	if err := exchange.Export(ctx, pool, exchange.NewZip(out), operator); err != nil {
		return err
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("write %s: %w", c.Path, err)
	}
	if err := os.Rename(out.Name(), c.Path); err != nil {
		return fmt.Errorf("write %s: %w", c.Path, err)
	}
	return nil
}
