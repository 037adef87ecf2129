package signin

import (
	"net/http"

	"handover/internal/fault"
	"handover/internal/identity"
	views "handover/views/signin"
	"handover/web/httpfault"
	"handover/web/page"
)

var errNoSignOn = fault.New(fault.NotFound, msgNoSignOn)

// startSignOn leads to the provider. Who is signed in goes there to show once more who
// they are: a change of a control setting asks for it (?again=true).
func (h signInPages) startSignOn(p *page.Page) error {
	if h.signOn == nil {
		return errNoSignOn
	}
	again := p.ReadQuery().Bool("again")
	if p.SignedIn() && !again {
		return p.Redirect("/")
	}
	next := page.LocalPath(p.QueryParam("next"), "")
	address, browser, err := h.signOn.Start(p.Request().Context(), next, again)
	if err != nil {
		return h.refuseSignOn(p, err, next)
	}
	if err := h.cookies.SetID(p.Context, page.SignOnCookie, browser); err != nil {
		return err
	}
	return p.Context.Redirect(http.StatusSeeOther, address)
}

// finishSignOn signs in whom the provider sent back.
func (h signInPages) finishSignOn(p *page.Page) error {
	if h.signOn == nil {
		return errNoSignOn
	}
	f := p.ReadQuery()
	token, next, err := h.signOn.Finish(p.Request().Context(), identity.Return{
		State: f.Text("state"), Code: f.Text("code"), Error: f.Text("error"), Issuer: f.Text("iss"),
		Browser: h.cookies.ID(p.Context, page.SignOnCookie), Client: p.Client(),
	}, h.cookies.Token(p.Context))
	if err != nil {
		return h.refuseSignOn(p, err, next)
	}
	if err := h.cookies.SetID(p.Context, page.SignOnCookie, ""); err != nil {
		return err
	}
	return h.welcome(p, token, next)
}

// refuseSignOn says on the sign-in page why it did not work.
func (h signInPages) refuseSignOn(p *page.Page, err error, next string) error {
	e, ok := page.AsFault(err)
	if !ok {
		return err
	}
	if e.Cause != nil {
		p.LogError(e.Cause)
	}
	v := h.view(page.LocalPath(next, ""))
	v.Notice = e.Message
	return p.Render(httpfault.Status(e.Code), "Sign in", views.SignInPage(v))
}
