// Package migrations holds the database schema as numbered files in goose's format.
// A file is never edited once it has been released; a change is a new file.
package migrations

import "embed"

// FS holds the migration files.
//
//go:embed *.sql
var FS embed.FS
