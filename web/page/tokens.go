package page

import (
	"strconv"
	"strings"
	"time"

	"handover/internal/identity"
	views "handover/views/page"
)

// TokenRows are API tokens as a list shows them.
func TokenRows(p *Page, list []identity.Token) []views.TokenRow {
	var rows []views.TokenRow
	for _, t := range list {
		row := views.TokenRow{
			ID: strconv.FormatInt(t.ID, 10), Label: t.Label, Privileges: strings.Join(t.Privileges, ", "),
			Networks: strings.Join(t.Networks, ", "),
			State:    t.State(time.Now()), Created: p.Time(t.CreatedAt),
			Expires: p.Date(t.ExpiresAt.UTC().Add(-time.Nanosecond)), UsedFrom: t.LastUsedFrom,
		}
		if t.LastUsedAt != nil {
			row.Used = p.Time(*t.LastUsedAt)
		}
		rows = append(rows, row)
	}
	return rows
}
