package identity

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/fault"
)

// StaffSettings are how a person wants pages to look.
type StaffSettings struct {
	OwnZone     string `db:"own_zone"`  // IANA name, "" = that of the distributor
	TimeZone    string `db:"time_zone"` // the zone in force: OwnZone, or the distributor's
	DateStyle   string `db:"date_style"`
	NumberStyle string `db:"number_style"`
	PageSize    int    `db:"page_size"` // rows of a list, one of PageSizes
	Keys        bool   `db:"keys"`      // keyboard shortcuts are on
}

// The choices of StaffSettings, the default first.
var (
	DateStyles   = []string{"day_month", "month_day", "year_month_day", "dots", "slashes"}
	NumberStyles = []string{"comma_point", "point_comma", "space_comma", "apostrophe_point"}
	PageSizes    = []int{50, 25, 100, 200}
)

// MaxPageSize is the largest of PageSizes.
const MaxPageSize = 200

// settingColumns are the columns of StaffSettings, from staff_settings t and the distributor d.
const settingColumns = `coalesce(t.time_zone, '') as own_zone,
	coalesce(nullif(t.time_zone, ''), d.time_zone) as time_zone, coalesce(t.date_style, 'day_month') as date_style,
	coalesce(t.number_style, 'comma_point') as number_style, coalesce(t.page_size, 50) as page_size,
	coalesce(t.keys, true) as keys`

// SaveStaffSettings keeps the settings of the acting person. OwnZone counts, TimeZone does not. What is
// none of the choices is a fault that names its field: time_zone, date_style, number_style, page_size.
func SaveStaffSettings(ctx context.Context, pool *sqlx.DB, actor audit.Actor, s StaffSettings) error {
	if err := s.check(); err != nil {
		return err
	}
	return db.InTx(ctx, pool, func(tx *sqlx.Tx) error {
		_, err := tx.ExecContext(ctx, `
			insert into staff_settings (staff_id, time_zone, date_style, number_style, page_size, keys)
			values ($1, $2, $3, $4, $5, $6)
			on conflict (staff_id) do update set time_zone = excluded.time_zone, date_style = excluded.date_style,
			  number_style = excluded.number_style, page_size = excluded.page_size, keys = excluded.keys`,
			actor.ID, s.OwnZone, s.DateStyle, s.NumberStyle, s.PageSize, s.Keys)
		if err != nil {
			return fmt.Errorf("keep the settings of a person: %w", err)
		}
		return nil
	})
}

func (s StaffSettings) check() error {
	var wrong fault.Fields
	if s.OwnZone != "" {
		if _, err := time.LoadLocation(s.OwnZone); err != nil || s.OwnZone == "Local" {
			wrong.Add("time_zone", msgNoTimeZone, s.OwnZone)
		}
	}
	if !slices.Contains(DateStyles, s.DateStyle) {
		wrong.Add("date_style", msgNoStyle, s.DateStyle)
	}
	if !slices.Contains(NumberStyles, s.NumberStyle) {
		wrong.Add("number_style", msgNoStyle, s.NumberStyle)
	}
	if !slices.Contains(PageSizes, s.PageSize) {
		wrong.Add("page_size", msgNoPageSize, s.PageSize)
	}
	return wrong.Err()
}
