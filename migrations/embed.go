// Package migrations holds the database schema in goose's format: a baseline of four files
// (tables, functions and triggers, views, row security), then numbered steps. No file is edited
// after its release: a change is a new file. No file goes back: the way back is a backup.
package migrations

import "embed"

// FS holds the migration files.
//
//go:embed *.sql
var FS embed.FS
