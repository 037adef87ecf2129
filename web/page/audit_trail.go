package page

import (
	"net/url"
	"strconv"
	"strings"

	"handover/internal/auditlog"
	"handover/internal/db"
	"handover/internal/identity"
	"handover/internal/transfer"
	views "handover/views/page"
)

// AuditRow makes the row of an audit entry.
func AuditRow(p *Page, r auditlog.Row) views.AuditLogRow {
	row := views.AuditLogRow{
		Href: p.auditHref(r.Record.ID), When: p.Moment(r.Time()), Actor: r.ActorName, Distributor: r.Distributor,
		Address: r.Address,
		Action:  ActionWords(r.Action), SubjectKind: SubjectWords(r.SubjectKind), Subject: r.Subject,
		SubjectHref: p.SubjectHref(r), Order: r.Order,
		OrderHref: p.RecordHref(transfer.Record{Kind: "order", Number: r.Order}),
	}
	if r.Position != 0 {
		row.Position = p.Count(int(r.Position))
	}
	return row
}

// SubjectWords names a kind of subject: "Financial period".
func SubjectWords(kind string) string { return UpperFirst(strings.ReplaceAll(kind, "_", " ")) }

// SubjectHref returns the page of what an entry is about, "" if it has none.
func (p *Page) SubjectHref(r auditlog.Row) string {
	return p.RecordHref(transfer.Record{Kind: r.SubjectKind, Number: r.Subject})
}

// auditHref returns the address of an entry, "" for those who may not read the log.
func (p *Page) auditHref(id int64) string {
	if !p.Staff.Can(identity.AuditRead) {
		return ""
	}
	return p.URL("/audit/" + strconv.FormatInt(id, 10))
}

// AuditOf lists the last entries of an order or a customer, and where they all are.
func (p *Page) AuditOf(f auditlog.Filter, filters url.Values) (views.AuditPart, error) {
	part, err := auditlog.List(p.Ctx(), p.DB(), p.Scope(), f, db.Page{Size: auditShown})
	var v views.AuditPart
	for _, r := range part.Rows {
		v.Rows = append(v.Rows, AuditRow(p, r))
	}
	if p.Staff.Can(identity.AuditRead) && part.After != "" {
		v.AllHref = p.URL("/audit?" + filters.Encode())
	}
	return v, err
}

// auditShown is how many entries the page of an order or a customer shows.
const auditShown = 100
