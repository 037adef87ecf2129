package system

import (
	"cmp"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/jmoiron/sqlx"

	"handover/internal/accounts"
	"handover/internal/audit"
	"handover/internal/auditlog"
	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/identity"
	"handover/internal/transfer"
	views "handover/views/system"
	"handover/views/ui"
	"handover/web/page"
)

// auditPages are System > Audit Log.
type auditPages struct{ db *sqlx.DB }

func (h auditPages) list(p *page.Page) error {
	l, f, err := readAuditFilter(p)
	if err != nil {
		return err
	}
	part, err := auditlog.List(p.Ctx(), p.DB(), p.Scope(), f, l.Page)
	if err != nil {
		return err
	}
	total, err := auditlog.Count(p.Ctx(), p.DB(), p.Scope(), f)
	if err != nil {
		return err
	}
	actions, err := auditlog.Actions(p.Ctx(), p.DB())
	if err != nil {
		return err
	}
	v := views.AuditLog{
		List: l.View, Paging: l.Paging(part.Before, part.After), Filtered: f != auditlog.Filter{},
		Total: p.Total(total, "entry", "entries"),
		Actor: p.QueryParam("actor"), Subject: p.QueryParam("subject"), Order: p.QueryParam("order"),
		From: p.QueryParam("from"), To: p.QueryParam("to"), Actions: actionChoices(actions, f.Action),
	}
	if f.Customer != 0 {
		v.About = accounts.Number(accounts.CustomerPrefix, f.Customer)
	}
	if p.Staff.Can(identity.ExportRun) {
		v.ExportHref = page.ExportHref(l.View, p.URL("/audit/export"))
	}
	if err := h.fillHead(p, &v); err != nil {
		return err
	}
	for _, r := range part.Rows {
		v.Rows = append(v.Rows, page.AuditRow(p, r))
	}
	return p.Render(http.StatusOK, "Audit Log", views.AuditLogPage(v))
}

func readAuditFilter(p *page.Page) (page.ListState, auditlog.Filter, error) {
	l := p.ReadList("-time")
	q := p.ReadQuery()
	f := auditlog.Filter{
		Search: l.Search, Actor: q.Text("actor"), Action: q.Text("action"), Subject: q.Text("subject"),
		OrderID: page.ReadNumber(q, "order", "TO"), Customer: page.ReadNumber(q, "customer", accounts.CustomerPrefix),
		From: q.Date("from"), To: q.Date("to"),
	}
	return l, f, q.Err()
}

// actionChoices are the actions of the log, before them the groups of several:
// "Transfer: all".
func actionChoices(actions []string, selected string) []ui.Option {
	sizes := map[string]int{}
	for _, a := range actions {
		group, _, _ := strings.Cut(a, ".")
		sizes[group]++
	}
	var out []ui.Option
	before := ""
	add := func(value, label string) {
		out = append(out, ui.Option{Value: value, Label: label, Selected: value == selected})
	}
	for _, a := range actions {
		group, _, _ := strings.Cut(a, ".")
		if group != before && sizes[group] > 1 {
			add(group, page.ActionWords(group)+": all")
		}
		before = group
		if a != group || sizes[group] == 1 {
			add(a, page.ActionWords(a))
		}
	}
	return out
}

// fillHead fills in how far the chain goes, for those who see the whole log.
func (h auditPages) fillHead(p *page.Page, v *views.AuditLog) error {
	if !p.Scope().Everything {
		return nil
	}
	head, err := audit.ReadHead(p.Ctx(), p.DB())
	if err != nil {
		return err
	}
	v.Head = []ui.Fact{
		{Label: "Sealed entries", Text: p.Count(int(head.Count))},
		{Label: "Hash of the last", Value: views.HashText(fmt.Sprintf("%x", head.Hash))},
		{Label: "Sealed", Text: "not yet"},
	}
	if head.SealedAt != nil {
		v.Head[2] = ui.Fact{Label: "Sealed", Value: ui.Date(p.Moment(*head.SealedAt))}
	}
	if p.Staff.Can(identity.ExportRun) {
		v.ChainHref, v.HeadHref = p.URL("/audit/chain.csv"), p.URL("/audit/head")
	}
	return nil
}

// show is the page of one entry.
func (h auditPages) show(p *page.Page) error {
	id, err := strconv.ParseInt(p.Param("id"), 10, 64)
	if err != nil {
		return fault.New(fault.NotFound, msgNoAuditEntry)
	}
	r, err := auditlog.Get(p.Ctx(), p.DB(), p.Scope(), id)
	if err != nil {
		return err
	}
	v := views.AuditEntry{
		Title: page.ActionWords(r.Action), Number: "Entry " + strconv.FormatInt(id, 10),
		Facts: []ui.Fact{
			{Label: "Time", Value: ui.Date(p.Moment(r.Time()))},
			{Label: "Actor", Text: r.ActorName, Note: cmp.Or(r.Distributor, "no distributor")},
			{Label: "Address", Text: r.Address},
			{Label: "Subject", Text: r.Subject, Href: p.SubjectHref(r), Note: page.SubjectWords(r.SubjectKind)},
			{Label: "Order", Text: r.Order, Href: p.RecordHref(transfer.Record{Kind: "order", Number: r.Order})},
		},
	}
	if v.Changes, v.More, err = auditChanges(r.Before, r.After); err != nil {
		return err
	}
	if r.Position != 0 {
		v.Seal = []ui.Fact{
			{Label: "Position", Text: p.Count(int(r.Position))},
			{Label: "Hash", Value: views.HashText(fmt.Sprintf("%x", r.Hash))},
			{Label: "Hash of the position before", Value: views.HashText(fmt.Sprintf("%x", r.Previous))},
		}
	}
	return p.Render(http.StatusOK, v.Number, views.AuditEntryPage(v))
}

// export sends the filtered list, each row with its place in the chain.
func (h auditPages) export(p *page.Page) error {
	l, f, err := readAuditFilter(p)
	if err != nil {
		return err
	}
	return page.StreamCSV(p, "audit-entries", audit.Header(), l.Page, func(page db.Page) ([][]string, string, error) {
		part, err := auditlog.List(p.Ctx(), p.DB(), p.Scope(), f, page)
		rows := make([][]string, 0, len(part.Rows))
		for _, r := range part.Rows {
			rows = append(rows, r.Cells())
		}
		return rows, part.After, err
	})
}

// chain sends the whole log in the order of the chain, with what is committed now.
func (h auditPages) chain(p *page.Page) error {
	if err := audit.Seal(db.WithoutScope(p.Ctx()), h.db); err != nil {
		return err
	}
	head, err := audit.ReadHead(p.Ctx(), p.DB())
	if err != nil {
		return err
	}
	return page.StreamCSV(p, "audit-log", audit.Header(), db.Page{}, func(page db.Page) ([][]string, string, error) {
		after, _ := strconv.ParseInt(cmp.Or(page.After, "0"), 10, 64) // we wrote it below
		records, err := audit.Chain(p.Ctx(), p.DB(), after, head.Count)
		rows := make([][]string, 0, len(records))
		for _, r := range records {
			rows, after = append(rows, r.Cells()), r.Position
		}
		if err != nil || len(records) == 0 || after == head.Count {
			return rows, "", err
		}
		return rows, strconv.FormatInt(after, 10), nil
	})
}

// head sends the head as a file to be kept outside.
func (h auditPages) head(p *page.Page) error {
	head, err := audit.ReadHead(p.Ctx(), p.DB())
	if err != nil {
		return err
	}
	p.Response().Header().Set("Content-Disposition", `attachment; filename="audit-log.head"`)
	return p.String(http.StatusOK, head.String()+"\n")
}
