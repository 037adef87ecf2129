package page

import (
	"slices"
	"strings"

	"handover/internal/accounts"
	"handover/internal/db"
	"handover/views/ui"
)

// NewestFirst is the order of lists of accounts and contracts when the address names none.
const NewestFirst = "-number"

// ReadStatuses returns the statuses that a list is filtered by.
func ReadStatuses(q *Form, known []string) []string {
	var out []string
	for _, status := range q.Texts("status") {
		if !slices.Contains(known, status) {
			q.Wrong("status", msgNotAStatus, status, strings.Join(known, ", "))
			continue
		}
		out = append(out, status)
	}
	return out
}

// ReadNumber returns the id in a parameter that holds one of our numbers, 0 when it is empty.
func ReadNumber(q *Form, name, prefix string) int64 {
	text := q.Text(name)
	if text == "" {
		return 0
	}
	id, ok := accounts.ParseNumber(prefix, text)
	if !ok {
		q.Wrong(name, msgNotANumberLike, text, accounts.Number(prefix, 1))
	}
	return id
}

// StatusChoices are the options of a filter by status.
func StatusChoices(known, chosen []string) []ui.Option {
	out := make([]ui.Option, 0, len(known))
	for _, status := range known {
		out = append(out, ui.Option{
			Value: status, Label: ui.StatusWord(status),
			Selected: slices.Contains(chosen, status),
		})
	}
	return out
}

// DistributorChoices are the distributors that the reader may filter by; none when
// there is only one.
func DistributorChoices(p *Page, q db.Querier, chosen int64) ([]ui.Option, error) {
	names, err := accounts.DistributorNames(p.Request().Context(), q, p.Scope())
	if err != nil || len(names) < 2 {
		return nil, err
	}
	out := make([]ui.Option, 0, len(names))
	for _, d := range names {
		out = append(out, ui.Option{Value: d.Number(), Label: d.Name, Selected: d.ID == chosen})
	}
	return out, nil
}
