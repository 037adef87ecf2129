package main

import (
	"context"
	"io"
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
		return writeWhole(c.Path, func(w io.Writer) error {
			return exchange.Export(ctx, pool, exchange.NewZip(w), operator)
		})
	})
}
