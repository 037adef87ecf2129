package signin

import (
	"net/http"

	"handover/internal/fault"
	views "handover/views/signin"
	"handover/views/ui"
	"handover/web/page"
)

// codePath is the second step of signing in.
const codePath = "/sign-in/code"

// codeForm asks for the code of the second factor.
func (h signInPages) codeForm(p *page.Page) error {
	if p.SignedIn() {
		return p.Redirect("/")
	}
	v := views.SignInCode{Next: page.LocalPath(p.QueryParam("next"), "")}
	if err := h.authenticator.Waits(p.Request().Context(), h.cookies.ID(p.Context, page.PendingCookie)); err != nil {
		return h.startAgain(p, err, v.Next)
	}
	return p.Render(http.StatusOK, "Second step", views.SignInCodePage(v))
}

// enterCode completes the sign-in with the code.
func (h signInPages) enterCode(p *page.Page) error {
	f := p.ReadForm()
	v := views.SignInCode{Next: page.LocalPath(f.Text("next"), "")}
	code := f.Required("code", msgEnterCode)
	if v.Errors = f.Errors(); len(v.Errors) > 0 {
		return p.Form(v.Errors, "Second step", views.SignInCodePage(v))
	}
	pending := h.cookies.ID(p.Context, page.PendingCookie)
	token, err := h.authenticator.EnterCode(p.Request().Context(), pending, code, p.Client(),
		h.cookies.Token(p.Context))
	if errs, ok := page.FieldErrors(err); ok {
		v.Errors = errs
		return p.Form(errs, "Second step", views.SignInCodePage(v))
	}
	if err != nil {
		return h.startAgain(p, err, v.Next)
	}
	if err := h.cookies.SetID(p.Context, page.PendingCookie, ""); err != nil {
		return err
	}
	return h.welcome(p, token, v.Next)
}

// startAgain leads back to the first step when the sign-in has ended.
func (h signInPages) startAgain(p *page.Page, err error, next string) error {
	e, ok := page.AsFault(err)
	if !ok || e.Code != fault.NotFound {
		return err
	}
	if err := h.cookies.SetID(p.Context, page.PendingCookie, ""); err != nil {
		return err
	}
	if err := p.Flash(ui.Flash{Tone: ui.Amber, Text: e.Message}); err != nil {
		return err
	}
	return p.Context.Redirect(http.StatusSeeOther, withNext("/sign-in", next))
}
