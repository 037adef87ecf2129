package identity

import (
	"context"
	"fmt"
	"net/url"
	"regexp"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/names"
)

// SavedView is a name that a person gave to filters and order of a list.
type SavedView struct {
	ID    int64  `db:"id"`
	Name  string `db:"name"`
	Query string `db:"query"` // of the list's address: "status=failed&sort=-created"
}

// The limits of saved views: of one list, and of a name in characters.
const (
	maxViews    = 20
	maxViewName = 60
	maxQuery    = 2000 // bytes
)

var listName = regexp.MustCompile(`^[a-z]{1,40}$`)

// SavedViews returns the person's own views of a list by their names, and the columns that the person hides.
func SavedViews(ctx context.Context, q db.Querier, staffID int64, list string) ([]SavedView, []string, error) {
	var views []SavedView
	err := q.SelectContext(ctx, &views, `select id, name, query from staff_views where staff_id = $1 and list = $2
		order by lower(name), id`, staffID, list)
	if err != nil {
		return nil, nil, fmt.Errorf("read the views of a list: %w", err)
	}
	hidden := []string{}
	err = q.SelectContext(ctx, &hidden, `select unnest(hidden) from staff_columns where staff_id = $1 and list = $2`,
		staffID, list)
	if err != nil {
		return nil, nil, fmt.Errorf("read the columns of a list: %w", err)
	}
	return views, hidden, nil
}

// SaveView keeps the view under its name; one of that name is replaced. Faults name the field name.
func SaveView(ctx context.Context, pool *sqlx.DB, staffID int64, list string, v SavedView) error {
	if !listName.MatchString(list) {
		return fault.New(fault.NotFound, msgNoList, list)
	}
	if v.Name == "" || len([]rune(v.Name)) > maxViewName || names.Problem(v.Name) != "" {
		return fault.InvalidField("name", msgNameView, maxViewName)
	}
	if _, err := url.ParseQuery(v.Query); err != nil || len(v.Query) > maxQuery {
		return fault.InvalidField("name", msgViewTooLong)
	}
	return db.InTx(ctx, pool, func(tx *sqlx.Tx) error {
		var others int
		err := tx.GetContext(ctx, &others, `select count(*) from staff_views where staff_id = $1 and list = $2
			and name <> $3`, staffID, list, v.Name)
		if err != nil {
			return fmt.Errorf("count the views of a list: %w", err)
		}
		if others >= maxViews {
			return fault.InvalidField("name", msgTooManyViews, maxViews)
		}
		_, err = tx.ExecContext(ctx, `insert into staff_views (staff_id, list, name, query) values ($1, $2, $3, $4)
			on conflict (staff_id, list, name) do update set query = excluded.query`, staffID, list, v.Name, v.Query)
		if err != nil {
			return fmt.Errorf("keep a view: %w", err)
		}
		return nil
	})
}

// RemoveView removes one of the person's own views; what is none is not found.
func RemoveView(ctx context.Context, pool *sqlx.DB, staffID, id int64) error {
	return db.InTx(ctx, pool, func(tx *sqlx.Tx) error {
		done, err := tx.ExecContext(ctx, `delete from staff_views where id = $1 and staff_id = $2`, id, staffID)
		if err != nil {
			return fmt.Errorf("remove a view: %w", err)
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return fault.New(fault.NotFound, msgNoView)
		}
		return nil
	})
}

// HideColumns keeps which columns of a list the person does not want to see.
func HideColumns(ctx context.Context, pool *sqlx.DB, staffID int64, list string, hidden []string) error {
	if !listName.MatchString(list) {
		return fault.New(fault.NotFound, msgNoList, list)
	}
	if hidden == nil {
		hidden = []string{} // all are shown
	}
	return db.InTx(ctx, pool, func(tx *sqlx.Tx) error {
		_, err := tx.ExecContext(ctx, `insert into staff_columns (staff_id, list, hidden) values ($1, $2, $3)
			on conflict (staff_id, list) do update set hidden = excluded.hidden`, staffID, list, pq.Array(hidden))
		if err != nil {
			return fmt.Errorf("keep the columns of a list: %w", err)
		}
		return nil
	})
}
