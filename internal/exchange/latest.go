package exchange

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"handover/internal/db"
)

// Done is an import that was kept.
type Done struct {
	At    time.Time
	Actor string
	Files []FileReport

	Warnings []LineError // at most keptWarnings
}

// keptWarnings is how many warnings of an import the audit log keeps.
const keptWarnings = 100

// keptFile is what the audit log keeps of a file: the counts, and the warnings about it.
type keptFile struct {
	FileReport
	Warnings []LineError `json:"warnings,omitempty"`
}

// kept is what the audit log keeps of the import.
func (r Report) kept() []keptFile {
	files := make([]keptFile, len(r.Files))
	for i, f := range r.Files {
		files[i].FileReport = f
	}
	for _, w := range r.Warnings[:min(len(r.Warnings), keptWarnings)] {
		if i := slices.IndexFunc(files, func(f keptFile) bool { return f.File == w.File }); i >= 0 {
			files[i].Warnings = append(files[i].Warnings, w)
		}
	}
	return files
}

// Latest returns the import that was kept last, as the audit log has it; the fault is
// NotFound when there was none.
func Latest(ctx context.Context, q db.Querier) (Done, error) {
	var row struct {
		At    time.Time `db:"at"`
		Actor string    `db:"actor_name"`
		After string    `db:"after"`
	}
	err := q.GetContext(ctx, &row, `select at, actor_name, after::text as after from audit_entries where action = $1
		order by id desc limit 1`, actionImport)
	if err != nil {
		return Done{}, db.NotFound(fmt.Errorf("read the last import: %w", err), msgNothingImportedYet)
	}
	d := Done{At: row.At, Actor: row.Actor}
	var files []keptFile
	if err := json.Unmarshal([]byte(row.After), &files); err != nil {
		return d, fmt.Errorf("read the counts of the last import: %w", err)
	}
	for _, f := range files {
		d.Files, d.Warnings = append(d.Files, f.FileReport), append(d.Warnings, f.Warnings...)
	}
	return d, nil
}

// Format is one file of the import format.
type Format struct {
	File     string
	Columns  []string // that a file must have
	Optional []string // that it may have besides
}

// Formats returns every file with its columns, in the order of loading.
func Formats() []Format {
	var out []Format
	for _, f := range files() {
		format := Format{File: f.csv(), Columns: f.needed()}
		for _, c := range f.columns {
			if c.optional {
				format.Optional = append(format.Optional, c.name)
			}
		}
		out = append(out, format)
	}
	return out
}
