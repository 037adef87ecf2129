package web

import (
	"net/url"
	"strconv"
	"strings"

	"handover/internal/auditlog"
	"handover/internal/db"
	"handover/internal/identity"
	"handover/internal/transfer"
	"handover/views"
)

func auditRow(p *page, r auditlog.Row) views.AuditLogRow {
	row := views.AuditLogRow{
		Href: p.auditHref(r.Record.ID), When: formatMoment(r.Time()), Actor: r.ActorName, Distributor: r.Distributor, Address: r.Address,
		Action: actionWords(r.Action), SubjectKind: subjectWords(r.SubjectKind), Subject: r.Subject, SubjectHref: p.subjectHref(r), Order: r.Order,
		OrderHref: p.recordHref(transfer.Record{Kind: "order", Number: r.Order}),
	}
	if r.Position != 0 {
		row.Position = formatCount(r.Position)
	}
	return row
}

// subjectWords names a kind of subject: "Financial period".
func subjectWords(kind string) string { return upperFirst(strings.ReplaceAll(kind, "_", " ")) }

// subjectHref returns the page of what an entry is about, "" if it has none.
func (p *page) subjectHref(r auditlog.Row) string {
	return p.recordHref(transfer.Record{Kind: r.SubjectKind, Number: r.Subject})
}

// auditHref returns the address of an entry, "" for those who may not read the log.
func (p *page) auditHref(id int64) string {
	if !p.Staff.Can(identity.AuditRead) {
		return ""
	}
	return p.URL("/audit/" + strconv.FormatInt(id, 10))
}

// auditOf lists the last entries of an order or a customer, and where they all are.
func (p *page) auditOf(f auditlog.Filter, filters url.Values) (views.AuditPart, error) {
	part, err := auditlog.List(p.ctx(), p.db(), p.Scope(), f, db.Page{Size: auditShown})
	var v views.AuditPart
	for _, r := range part.Rows {
		v.Rows = append(v.Rows, auditRow(p, r))
	}
	if p.Staff.Can(identity.AuditRead) && part.After != "" {
		v.AllHref = p.URL("/audit?" + filters.Encode())
	}
	return v, err
}

// auditShown is how many entries the page of an order or a customer shows.
const auditShown = 100
