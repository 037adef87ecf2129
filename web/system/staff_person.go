package system

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"handover/internal/accounts"
	"handover/internal/fault"
	"handover/internal/identity"
	"handover/internal/settings"
	views "handover/views/system"
	"handover/views/ui"
	"handover/web/page"
)

// find returns the person that the address names, within the reader's scope.
func (h staffPages) find(p *page.Page) (identity.Staff, error) {
	id, err := strconv.ParseInt(p.Param("id"), 10, 64)
	if err != nil {
		return identity.Staff{}, fault.New(fault.NotFound, msgNoStaff)
	}
	return identity.GetStaff(p.Ctx(), p.DB(), p.Scope(), id)
}

func (h staffPages) show(p *page.Page) error {
	s, err := h.find(p)
	if err != nil {
		return err
	}
	change := identity.Change{Name: s.Name, Role: s.Role, DistributorID: s.DistributorID}
	return h.renderPerson(p, s, change, nil)
}

// renderPerson shows the person with the form as it was typed.
func (h staffPages) renderPerson(p *page.Page, s identity.Staff, typed identity.Change, errs ui.Errors) error {
	number := accounts.Number(accounts.DistributorPrefix, s.DistributorID)
	v := views.StaffMember{
		Name: s.Name, Status: s.Status, Href: p.PersonHref(s.ID), Errors: errs,
		CanManage: p.Staff.Can(identity.StaffManage), You: s.ID == p.Staff.ID, SecondFactor: s.SecondFactor,
		Form: views.PersonForm{Name: typed.Name, Roles: roleRadios(typed.Role), Errors: errs},
		Facts: []ui.Fact{
			{Label: "E-mail", Text: s.Email},
			{Label: "Role", Text: s.Role.Name()},
			{Label: "Distributor", Text: s.DistributorName, Href: p.URL("/distributors/" + number)},
			{Label: "Second factor", Text: onOff(s.SecondFactor)},
			{Label: "Last sign-in", Value: ui.Date(lastSignIn(p, s))},
			{Label: "Added", Value: ui.Date(p.Moment(s.CreatedAt))},
		},
	}
	from, err := h.inviter(p, s.ID)
	if err != nil {
		return err
	}
	v.Facts = append(v.Facts, from)
	if v.Form.Distributors, err = h.distributors(p, typed.DistributorID); err != nil {
		return err
	}
	if v.Links, err = h.pendingLinks(p, s.ID); err != nil {
		return err
	}
	if v.CanManage {
		tokens, err := identity.Tokens(p.Ctx(), h.service.DB, s.ID)
		if err != nil {
			return err
		}
		v.Tokens = page.TokenRows(p, tokens)
	}
	return p.Form(errs, s.Name, views.PersonPage(v))
}

// inviter says how the person came here.
func (h staffPages) inviter(p *page.Page, id int64) (ui.Fact, error) {
	by, err := identity.InviterOf(p.Ctx(), p.DB(), p.Scope(), id)
	switch {
	case !by.Known:
		return ui.Fact{Label: "Added by", Text: "handover staff add"}, err
	case by.ID == 0:
		return ui.Fact{Label: "Invited by", Text: page.UpperFirst(settings.Another)}, err
	}
	return ui.Fact{Label: "Invited by", Text: by.Name, Href: p.PersonHref(by.ID)}, err
}

func onOff(on bool) string {
	if on {
		return "On"
	}
	return "Off"
}

func lastSignIn(p *page.Page, s identity.Staff) ui.When {
	if s.LastSignInAt == nil {
		return ui.When{}
	}
	return p.Moment(*s.LastSignInAt)
}

// distributors are those at which the reader may manage staff, also when it is one.
func (h staffPages) distributors(p *page.Page, chosen int64) ([]ui.Option, error) {
	options, err := page.DistributorChoices(p, p.DB(), chosen)
	if options == nil && err == nil {
		own := accounts.Number(accounts.DistributorPrefix, p.Staff.DistributorID)
		options = []ui.Option{{Value: own, Label: p.Staff.DistributorName, Selected: true}}
	}
	return options, err
}

// linkWords say what a mailed link is for.
var linkWords = map[identity.Purpose]string{
	identity.ForInvitation: "Invitation",
	identity.ForReset:      "Link for another password",
}

func (h staffPages) pendingLinks(p *page.Page, id int64) ([]views.PersonLink, error) {
	pending, err := identity.PendingLinks(p.Ctx(), p.DB(), id)
	if err != nil {
		return nil, err
	}
	var out []views.PersonLink
	for _, l := range pending {
		link := views.PersonLink{What: linkWords[l.Purpose], Until: p.Moment(l.ExpiresAt)}
		if p.Staff.Can(identity.OutboxRead) {
			link.MailHref = MailHref(p, l.MailID)
		}
		out = append(out, link)
	}
	return out, nil
}

// readChange reads the form of a person.
func readChange(f *page.Form) identity.Change {
	return identity.Change{
		Name: f.Text("name"), Role: identity.Role(f.Required("role", msgChooseRole)),
		DistributorID: page.ReadNumber(f, "distributor", accounts.DistributorPrefix),
	}
}

func (h staffPages) change(p *page.Page) error {
	s, err := h.find(p)
	if err != nil {
		return err
	}
	f := p.ReadForm()
	c := readChange(f)
	if errs := f.Errors(); len(errs) > 0 {
		return h.renderPerson(p, s, c, errs)
	}
	changed, err := h.service.Change(p.Ctx(), p.By(), s.ID, c)
	if errs, ok := page.FieldErrors(err); ok {
		return h.renderPerson(p, s, c, errs)
	}
	if err != nil {
		return err
	}
	text := msgNothingChanged
	switch {
	case changed && (c.Role != s.Role || c.DistributorID != s.DistributorID):
		text = fmt.Sprintf(msgRoleChanged, c.Name)
	case changed:
		text = fmt.Sprintf(msgRenamed, c.Name)
	}
	return h.done(p, s.ID, ui.Flash{Tone: ui.Green, Text: text})
}

func (h staffPages) done(p *page.Page, id int64, f ui.Flash) error {
	if err := p.Flash(f); err != nil {
		return err
	}
	return p.Context.Redirect(http.StatusSeeOther, p.PersonHref(id))
}

// revokeToken ends an API token of the person.
func (h staffPages) revokeToken(p *page.Page) error {
	s, err := h.find(p)
	if err != nil {
		return err
	}
	if err := identity.RevokeToken(p.Ctx(), h.service.DB, p.Actor(), s.ID, p.ReadForm().ID("token")); err != nil {
		return err
	}
	return h.done(p, s.ID, ui.Flash{Tone: ui.Green, Text: msgTokenOf + s.Name + msgTokenRevoked})
}

// act makes the handler of a button on a person's page: what it does, and the
// sentence when it is done, with %s for the person.
func (h staffPages) act(do func(context.Context, identity.By, int64) (identity.Staff, error), sentence string,
	mails bool,
) func(*page.Page) error {
	return func(p *page.Page) error {
		s, err := h.find(p)
		if err != nil {
			return err
		}
		if s, err = do(p.Ctx(), p.By(), s.ID); err != nil {
			return err
		}
		flash := ui.Flash{Tone: ui.Green, Text: fmt.Sprintf(sentence, s.Name)}
		if mails {
			return h.mailed(p, s, flash)
		}
		return h.done(p, s.ID, flash)
	}
}

// mailed leads to the mail if no mail server is set: people pass its link on by hand.
func (h staffPages) mailed(p *page.Page, s identity.Staff, f ui.Flash) error {
	if h.sends {
		return h.done(p, s.ID, f)
	}
	pending, err := identity.PendingLinks(p.Ctx(), p.DB(), s.ID)
	if err != nil {
		return err
	}
	f.Text += msgMailWaits
	if len(pending) > 0 {
		f.Href, f.Link = MailHref(p, pending[0].MailID), labelOpenMail
	}
	return h.done(p, s.ID, f)
}

func (h staffPages) inviteForm(p *page.Page) error {
	return h.renderInvite(p, identity.Invitation{Change: identity.Change{DistributorID: p.Staff.DistributorID}}, nil)
}

func (h staffPages) renderInvite(p *page.Page, n identity.Invitation, errs ui.Errors) error {
	v := views.Invite{Email: n.Email, Form: views.PersonForm{Name: n.Name, Roles: roleRadios(n.Role), Errors: errs}}
	var err error
	if v.Form.Distributors, err = h.distributors(p, n.DistributorID); err != nil {
		return err
	}
	return p.Form(errs, "Invite a person", views.InvitePage(v))
}

func (h staffPages) invite(p *page.Page) error {
	f := p.ReadForm()
	n := identity.Invitation{Email: f.Required("email", msgEnterEmail), Change: readChange(f)}
	if errs := f.Errors(); len(errs) > 0 {
		return h.renderInvite(p, n, errs)
	}
	s, err := h.service.Invite(p.Ctx(), p.By(), n)
	if errs, ok := page.FieldErrors(err); ok {
		return h.renderInvite(p, n, errs)
	}
	if err != nil {
		return err
	}
	return h.mailed(p, s, ui.Flash{Tone: ui.Green, Text: fmt.Sprintf(msgInvited, s.Email)})
}
