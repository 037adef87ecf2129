package page

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"handover/internal/accounts"
	"handover/internal/identity"
	"handover/internal/record"
	"handover/internal/transfer"
	views "handover/views/page"
)

// recordPages are the pages of their own that show one record, by its kind. Documents have one page
// for all kinds. A record is linked only where the panel has the page.
var recordPages = map[string]string{
	"customer":     "/customers/:number",
	"subscription": "/subscriptions/:number",
	"distributor":  "/distributors/:number",
	"order":        "/orders/:number",
	"placed_order": "/orders/:number",
}

const documentPage = "/documents/:kind/:ref"

// RecordHref returns the address of a record's page, "" if there is none.
func (p *Page) RecordHref(r transfer.Record) string {
	pattern := recordPages[r.Kind]
	if k, ok := record.KindOf(r.Kind); ok && k.Shown == record.AsDocument {
		pattern = documentPage
	}
	if pattern == "" || r.Number == "" || !p.MayOpen(pattern) {
		return ""
	}
	number := url.PathEscape(r.Number)
	return p.URL(strings.NewReplacer(":number", number, ":ref", number, ":kind", r.Kind).Replace(pattern))
}

// RecordLink names a record in words and leads to it: "Invoice INV-2026-001592".
func (p *Page) RecordLink(label string, r transfer.Record) views.RecordLink {
	return views.RecordLink{Label: label, Href: p.RecordHref(r)}
}

// DocumentPath returns the address of a document's page, below the panel.
func DocumentPath(kind string, id int64) string {
	if kind == "placed_order" {
		return "/orders/" + accounts.Number("O", id)
	}
	return fmt.Sprintf("/documents/%s/%d", kind, id)
}

// By is the reader as a manager of staff members.
func (p *Page) By() identity.By { return identity.By{Actor: p.Actor(), Scope: p.Scope()} }

// PersonHref returns the address of a person's page.
func (p *Page) PersonHref(id int64) string { return p.URL("/staff/" + strconv.FormatInt(id, 10)) }
