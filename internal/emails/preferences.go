package emails

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"handover/internal/audit"
	"handover/internal/db"
)

// Preference says whether a person gets a kind of mail.
type Preference struct {
	Kind   Kind
	Wanted bool
}

// Preferences returns the person's preferences, in the order of Kinds.
func Preferences(ctx context.Context, q db.Querier, staffID int64) ([]Preference, error) {
	var rows []struct {
		Kind   Name `db:"kind"`
		Wanted bool `db:"wanted"`
	}
	if err := q.SelectContext(ctx, &rows, `select kind, wanted from mail_preferences where staff_id = $1`,
		staffID); err != nil {
		return nil, fmt.Errorf("read which mails are wanted: %w", err)
	}
	own := map[Name]bool{}
	for _, r := range rows {
		own[r.Kind] = r.Wanted
	}
	var out []Preference
	for _, k := range kinds {
		if !k.Staff {
			continue
		}
		wanted, said := own[k.Name]
		out = append(out, Preference{k, said && wanted || !said && k.Usual})
	}
	return out, nil
}

// SetPreferences keeps which kinds of mails the person wants; they get no others.
func SetPreferences(ctx context.Context, pool *sqlx.DB, actor audit.Actor, wanted []Name) error {
	return db.InTx(ctx, pool, func(tx *sqlx.Tx) error {
		before, err := Preferences(ctx, tx, actor.ID)
		if err != nil {
			return err
		}
		was, is := map[Name]bool{}, map[Name]bool{}
		for _, name := range wanted {
			is[name] = true
		}
		changed := false
		for _, p := range before {
			was[p.Kind.Name] = p.Wanted
			changed = changed || p.Wanted != is[p.Kind.Name]
			_, err := tx.ExecContext(ctx, `
				insert into mail_preferences (staff_id, kind, wanted) values ($1, $2, $3)
				on conflict (staff_id, kind) do update set wanted = excluded.wanted`,
				actor.ID, p.Kind.Name, is[p.Kind.Name])
			if err != nil {
				return fmt.Errorf("keep which mails are wanted: %w", err)
			}
		}
		if !changed {
			return nil
		}
		return audit.Append(ctx, tx, audit.Entry{
			Actor: actor, Action: "staff.mail_preferences", SubjectKind: "staff", Subject: actor.Name,
			Before: was, After: is,
		})
	})
}
