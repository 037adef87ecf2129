package page

import (
	"strconv"
	"strings"
	"time"

	"handover/internal/identity"
	views "handover/views/page"
)

// TokenRows are API tokens as a list shows them.
func TokenRows(list []identity.Token) []views.TokenRow {
	var rows []views.TokenRow
	for _, t := range list {
		row := views.TokenRow{
			ID: strconv.FormatInt(t.ID, 10), Label: t.Label, Privileges: strings.Join(t.Privileges, ", "),
			Networks: strings.Join(t.Networks, ", "),
			State:    t.State(time.Now()), Created: FormatDate(t.CreatedAt),
			Expires: FormatDate(t.ExpiresAt.Add(-time.Nanosecond)), UsedFrom: t.LastUsedFrom,
		}
		if t.LastUsedAt != nil {
			row.Used = FormatDate(*t.LastUsedAt)
		}
		rows = append(rows, row)
	}
	return rows
}
