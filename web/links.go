package web

import (
	"strings"

	"handover/internal/transfer"
)

// recordPages are the pages that show one record, by its kind. A record is linked
// only where the panel has the page.
var recordPages = map[string]string{
	"customer":     "/customers/:number",
	"subscription": "/subscriptions/:number",
	"distributor":  "/distributors/:number",
	"order":        "/orders/:number",
	"plan":         "/plans/:number",
}

// recordHref returns the address of a record's page, "" if there is none.
func (p *page) recordHref(r transfer.Record) string {
	pattern, ok := recordPages[r.Kind]
	if !ok || r.Number == "" {
		return ""
	}
	if _, exists := p.server.navPaths[pattern]; !exists {
		return ""
	}
	return p.URL(strings.Replace(pattern, ":number", r.Number, 1))
}
