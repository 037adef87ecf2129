package signin

import (
	"net/http"

	"handover/internal/identity"
	views "handover/views/signin"
	"handover/views/ui"
	"handover/web/page"
)

// mailedPages are the public pages that mailed links open, and the one that asks for
// such a link.
type mailedPages struct{ service identity.StaffService }

// mailedTexts are what the page of a link says.
var mailedTexts = map[identity.Purpose]struct{ Path, Title, Button, Done string }{
	identity.ForInvitation: {"/invitation/", "Welcome to Handover", "Set password", msgPasswordSet},
	identity.ForReset:      {"/reset/", "Choose another password", "Change password", msgPasswordChanged},
}

func (h mailedPages) open(purpose identity.Purpose) func(*page.Page) error {
	return func(p *page.Page) error {
		s, err := h.service.OpenLink(p.Ctx(), purpose, page.PathParam(p, "token"))
		if err != nil {
			return err
		}
		return h.render(p, purpose, s, nil)
	}
}

func (h mailedPages) render(p *page.Page, purpose identity.Purpose, s identity.Staff, errs ui.Errors) error {
	t := mailedTexts[purpose]
	v := views.MailedLink{
		Title: t.Title, Button: t.Button, Action: t.Path + page.PathParam(p, "token"),
		MinPassword: identity.MinPassword, Errors: errs,
		Email: s.Email, Name: s.Name, Role: s.Role.Name(), Distributor: s.DistributorName,
		Invitation: purpose == identity.ForInvitation,
	}
	return p.Form(errs, t.Title, views.MailedLinkPage(v))
}

// use sets the password; signing in comes after, like any other time.
func (h mailedPages) use(purpose identity.Purpose) func(*page.Page) error {
	return func(p *page.Page) error {
		token := page.PathParam(p, "token")
		s, err := h.service.OpenLink(p.Ctx(), purpose, token)
		if err != nil {
			return err
		}
		f := p.ReadForm()
		password := f.Secret("password", msgEnterNewPassword)
		if errs := f.Errors(); len(errs) > 0 {
			return h.render(p, purpose, s, errs)
		}
		_, err = h.service.UseLink(p.Ctx(), purpose, token, password, p.Client())
		if errs, ok := page.FieldErrors(err); ok {
			return h.render(p, purpose, s, errs)
		}
		if err != nil {
			return err
		}
		if err := p.Flash(ui.Flash{Tone: ui.Green, Text: mailedTexts[purpose].Done}); err != nil {
			return err
		}
		return p.Context.Redirect(http.StatusSeeOther, "/sign-in")
	}
}
