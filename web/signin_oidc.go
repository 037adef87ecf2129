package web

import (
	"net/http"

	"handover/internal/fault"
	"handover/internal/identity"
	"handover/views"
)

var errNoSignOn = fault.New(fault.NotFound, "Single sign-on is not set up here. Sign in with your password.")

// startSignOn leads to the provider. Who is signed in goes there to show once more who
// they are: a change of a control setting asks for it (?again=true).
func (h doorPages) startSignOn(p *page) error {
	if h.signOn == nil {
		return errNoSignOn
	}
	again := p.ReadQuery().Bool("again")
	if p.SignedIn() && !again {
		return p.Redirect("/")
	}
	next := localPath(p.QueryParam("next"), "")
	address, browser, err := h.signOn.Start(p.Request().Context(), next, again)
	if err != nil {
		return h.refuseSignOn(p, err, next)
	}
	if err := h.cookies.setID(p.Context, signOnCookie, browser); err != nil {
		return err
	}
	return p.Context.Redirect(http.StatusSeeOther, address)
}

// finishSignOn signs in whom the provider sent back.
func (h doorPages) finishSignOn(p *page) error {
	if h.signOn == nil {
		return errNoSignOn
	}
	f := p.ReadQuery()
	token, next, err := h.signOn.Finish(p.Request().Context(), identity.Return{
		State: f.Text("state"), Code: f.Text("code"), Error: f.Text("error"), Issuer: f.Text("iss"),
		Browser: h.cookies.id(p.Context, signOnCookie), Client: p.Client(),
	}, h.cookies.token(p.Context))
	if err != nil {
		return h.refuseSignOn(p, err, next)
	}
	if err := h.cookies.setID(p.Context, signOnCookie, ""); err != nil {
		return err
	}
	return h.welcome(p, token, next)
}

// refuseSignOn says on the sign-in page why it did not work.
func (h doorPages) refuseSignOn(p *page, err error, next string) error {
	e, ok := asFault(err)
	if !ok {
		return err
	}
	if e.Cause != nil {
		p.logError(e.Cause)
	}
	v := h.view(localPath(next, ""))
	v.Notice = e.Message
	return p.Render(statusOf(e.Code), "Sign in", views.SignInPage(v))
}
