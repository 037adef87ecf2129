package exchange

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"handover/internal/db"
)

// Done is an import that was kept.
type Done struct {
	At    time.Time
	Actor string
	Files []FileReport
}

// Latest returns the import that was kept last, as the audit log has it; the fault is
// NotFound when there was none.
func Latest(ctx context.Context, q db.Querier) (Done, error) {
	var row struct {
		At    time.Time `db:"at"`
		Actor string    `db:"actor_name"`
		After string    `db:"after"`
	}
	err := q.GetContext(ctx, &row, `select at, actor_name, after::text as after from audit_entries where action = $1 order by id desc limit 1`, actionImport)
	if err != nil {
		return Done{}, db.NotFound(fmt.Errorf("read the last import: %w", err), "Nothing was imported yet.")
	}
	d := Done{At: row.At, Actor: row.Actor}
	if err := json.Unmarshal([]byte(row.After), &d.Files); err != nil {
		return d, fmt.Errorf("read the counts of the last import: %w", err)
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
