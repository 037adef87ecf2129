package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/jmoiron/sqlx"

	"handover/internal/audit"
)

type auditCmd struct {
	Export auditExportCmd `cmd:"" help:"Write the whole audit log as a CSV file, and its head to PATH.head."`
}

type auditExportCmd struct {
	Path string `arg:"" help:"The CSV file to write."`
}

// Run writes the log, the entry of this export included, and the head that an outsider
// checks it with.
func (c *auditExportCmd) Run(ctx context.Context, a *app) error {
	return a.withDB(ctx, func(pool *sqlx.DB) error {
		head, err := audit.BeginExport(ctx, pool, operator)
		if err != nil {
			return err
		}
		if err := writeWhole(c.Path, func(w io.Writer) error { return writeChain(ctx, pool, head, w) }); err != nil {
			return err
		}
		err = writeWhole(c.Path+".head", func(w io.Writer) error {
			_, err := fmt.Fprintln(w, head)
			return err
		})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(a.out, "%d entries written to %s. Their head, kept in %s.head:\n%s\n", head.Count, c.Path,
			c.Path, head)
		return err
	})
}

// writeChain writes every entry up to the head.
func writeChain(ctx context.Context, pool *sqlx.DB, head audit.Head, w io.Writer) error {
	out := csv.NewWriter(w)
	if err := out.Write(audit.Header()); err != nil {
		return err
	}
	for at := int64(0); at < head.Count; {
		records, err := audit.Chain(ctx, pool, at, head.Count)
		if err != nil {
			return err
		}
		if len(records) == 0 {
			return fmt.Errorf("the audit chain ends at position %d, its head counts %d; handover verify says more", at,
				head.Count)
		}
		for _, r := range records {
			if err := out.Write(r.Cells()); err != nil {
				return err
			}
			at = r.Position
		}
	}
	out.Flush()
	return out.Error()
}

// writeWhole writes a file beside its place first, so that there is never half of one.
func writeWhole(path string, write func(io.Writer) error) error {
	out, err := os.CreateTemp(filepath.Dir(path), ".handover-export-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer func() { _ = os.Remove(out.Name()) }() // it is gone when all went well
	defer func() { _ = out.Close() }()           // closed below when all went well
	if err := write(out); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := os.Rename(out.Name(), path); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
