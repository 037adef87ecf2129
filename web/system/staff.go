package system

import (
	"net/http"

	"handover/internal/accounts"
	"handover/internal/identity"
	views "handover/views/system"
	"handover/views/ui"
	"handover/web/page"
)

// staffPages are System > Staff.
type staffPages struct {
	service identity.StaffService
	sends   bool // a mail server is set
}

func (h staffPages) list(p *page.Page) error {
	l := p.ReadList("name")
	q := p.ReadQuery()
	f := identity.StaffFilter{
		Search: l.Search, Role: identity.Role(q.OneOf("role", roleCodes()...)),
		Status:        q.OneOf("status", identity.Statuses()...),
		DistributorID: page.ReadNumber(q, "distributor", accounts.DistributorPrefix),
	}
	if err := q.Err(); err != nil {
		return err
	}
	part, err := identity.ListStaff(p.Ctx(), p.DB(), p.Scope(), f, l.Page)
	if err != nil {
		return err
	}
	total, err := identity.CountStaff(p.Ctx(), p.DB(), p.Scope(), f)
	if err != nil {
		return err
	}
	v := views.Staff{
		List: l.View, Paging: l.Paging(part.Before, part.After), Filtered: f != identity.StaffFilter{},
		Total: p.Total(total, "person", "people"), Roles: roleChoices(f.Role),
		Statuses:  page.StatusChoices(identity.Statuses(), []string{f.Status}),
		CanManage: p.Staff.Can(identity.StaffManage),
	}
	if v.Distributors, err = page.DistributorChoices(p, p.DB(), f.DistributorID); err != nil {
		return err
	}
	for _, s := range part.Rows {
		row := views.StaffRow{
			Href: p.PersonHref(s.Staff.ID), Name: s.Name, Email: s.Email, Role: s.Role.Name(), Status: s.Status,
			You:             s.Staff.ID == p.Staff.ID,
			Distributor:     s.DistributorName,
			DistributorHref: p.URL("/distributors/" + accounts.Number(accounts.DistributorPrefix, s.DistributorID)),
		}
		if s.LastSignInAt != nil {
			row.LastSignIn = p.Moment(*s.LastSignInAt)
		}
		v.Rows = append(v.Rows, row)
	}
	return p.Render(http.StatusOK, "Staff", views.StaffPage(v))
}

// roles shows the one table of what each role may do.
func (h staffPages) roles(p *page.Page) error {
	var v views.RoleMatrix
	for _, r := range identity.Roles() {
		v.Roles = append(v.Roles, views.RoleColumn{Name: r.Name(), For: r.For(), Own: r == p.Staff.Role})
	}
	for _, info := range identity.Privileges() {
		row := views.PrivilegeRow{Code: string(info.Privilege), Allows: info.Allows}
		for _, r := range identity.Roles() {
			row.Held = append(row.Held, r.Can(info.Privilege))
		}
		v.Privileges = append(v.Privileges, row)
	}
	return p.Render(http.StatusOK, "Roles", views.RolesPage(v))
}

func roleCodes() []string {
	var out []string
	for _, r := range identity.Roles() {
		out = append(out, string(r))
	}
	return out
}

func roleChoices(chosen identity.Role) []ui.Option {
	var out []ui.Option
	for _, r := range identity.Roles() {
		out = append(out, ui.Option{Value: string(r), Label: r.Name(), Selected: r == chosen})
	}
	return out
}

// roleRadios are the roles with what each is for.
func roleRadios(chosen identity.Role) []ui.Radio {
	var out []ui.Radio
	for _, r := range identity.Roles() {
		out = append(out, ui.Radio{Value: string(r), Label: r.Name(), Reason: r.For() + ".", Checked: r == chosen})
	}
	return out
}
