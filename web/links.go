package web

import (
	"net/url"
	"strings"

	"handover/internal/transfer"
	"handover/views"
)

// recordPages are the pages that show one record, by its kind. A record is linked
// only where the panel has the page.
var recordPages = map[string]string{
	"customer":     "/customers/:number",
	"subscription": "/subscriptions/:number",
	"distributor":  "/distributors/:number",
	"order":        "/orders/:number",
	"placed_order": "/orders/:number",
	"invoice":      documentPage,
	"payment":      documentPage,
	"refund":       documentPage,
	"credit_memo":  documentPage,
	"debit_memo":   documentPage,
}

const documentPage = "/documents/:kind/:ref"

// recordHref returns the address of a record's page, "" if there is none.
func (p *page) recordHref(r transfer.Record) string {
	pattern, ok := recordPages[r.Kind]
	if !ok || r.Number == "" {
		return ""
	}
	if !p.mayOpen(pattern) {
		return ""
	}
	number := url.PathEscape(r.Number)
	return p.URL(strings.NewReplacer(":number", number, ":ref", number, ":kind", r.Kind).Replace(pattern))
}

// recordLink names a record in words and leads to it: "Invoice INV-2026-001592".
func (p *page) recordLink(label string, r transfer.Record) views.RecordLink {
	return views.RecordLink{Label: label, Href: p.recordHref(r)}
}
