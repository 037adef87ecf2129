package signin

import (
	"net/http"

	"handover/internal/fault"
	"handover/views"
	"handover/views/ui"
	"handover/web/page"
)

// codePath is the second step of signing in.
const codePath = "/sign-in/code"

// CodeForm asks for the code of the second factor.
func (h DoorPages) CodeForm(p *page.Page) error {
	if p.SignedIn() {
		return p.Redirect("/")
	}
	v := views.SignInCode{Next: page.LocalPath(p.QueryParam("next"), "")}
	if err := h.Door.Waits(p.Request().Context(), h.Cookies.ID(p.Context, page.PendingCookie)); err != nil {
		return h.startAgain(p, err, v.Next)
	}
	return p.Render(http.StatusOK, "Second step", views.SignInCodePage(v))
}

// EnterCode completes the sign-in with the code.
func (h DoorPages) EnterCode(p *page.Page) error {
	f := p.ReadForm()
	v := views.SignInCode{Next: page.LocalPath(f.Text("next"), "")}
	code := f.Required("code", "Enter the code that your app shows, or a recovery code.")
	if v.Errors = f.Errors(); len(v.Errors) > 0 {
		return p.Form(v.Errors, "Second step", views.SignInCodePage(v))
	}
	pending := h.Cookies.ID(p.Context, page.PendingCookie)
	token, err := h.Door.EnterCode(p.Request().Context(), pending, code, p.Client(), h.Cookies.Token(p.Context))
	if errs, ok := page.FieldErrors(err); ok {
		v.Errors = errs
		return p.Form(errs, "Second step", views.SignInCodePage(v))
	}
	if err != nil {
		return h.startAgain(p, err, v.Next)
	}
	if err := h.Cookies.SetID(p.Context, page.PendingCookie, ""); err != nil {
		return err
	}
	return h.welcome(p, token, v.Next)
}

// startAgain leads back to the first step when the sign-in has ended.
func (h DoorPages) startAgain(p *page.Page, err error, next string) error {
	e, ok := page.AsFault(err)
	if !ok || e.Code != fault.NotFound {
		return err
	}
	if err := h.Cookies.SetID(p.Context, page.PendingCookie, ""); err != nil {
		return err
	}
	if err := p.Flash(ui.Flash{Tone: ui.Amber, Text: e.Message}); err != nil {
		return err
	}
	return p.Context.Redirect(http.StatusSeeOther, withNext("/sign-in", next))
}
