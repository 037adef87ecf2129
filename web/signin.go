package web

import (
	"net/http"

	"handover/internal/identity"
	"handover/views"
)

// doorPages are signing in and out.
type doorPages struct {
	door    *identity.Door
	cookies cookies
}

// start leads to sign-in or home.
func (h doorPages) start(p *page) error {
	if p.SignedIn() {
		return p.Redirect("/")
	}
	return p.Context.Redirect(http.StatusSeeOther, "/sign-in")
}

func (h doorPages) form(p *page) error {
	if p.SignedIn() {
		return p.Redirect("/")
	}
	v := views.SignIn{Next: localPath(p.QueryParam("next"), "")}
	return p.Render(http.StatusOK, "Sign in", views.SignInPage(v))
}

func (h doorPages) signIn(p *page) error {
	f := p.ReadForm()
	v := views.SignIn{Email: f.Required("email", "Enter your e-mail address."), Next: localPath(f.Text("next"), "")}
	password := f.Secret("password", "Enter your password.")
	if v.Errors = f.Errors(); len(v.Errors) > 0 {
		return p.Form(v.Errors, "Sign in", views.SignInPage(v))
	}
	token, err := h.door.SignIn(p.Request().Context(),
		identity.Credentials{Email: v.Email, Password: password, Client: p.Client()}, h.cookies.token(p.Context))
	if e, ok := asFault(err); ok {
		v.Notice = e.Message
		return p.Render(statusOf(e.Code), "Sign in", views.SignInPage(v))
	}
	if err != nil {
		return err
	}
	if err := h.cookies.setToken(p.Context, token); err != nil {
		return err
	}
	return p.Context.Redirect(http.StatusSeeOther, localPath(v.Next, p.URL("/")))
}

func (h doorPages) signOut(p *page) error {
	token := h.cookies.token(p.Context)
	if err := h.door.SignOut(p.Request().Context(), p.Staff, token, p.RealIP()); err != nil {
		return err
	}
	if err := h.cookies.setToken(p.Context, ""); err != nil {
		return err
	}
	return p.Context.Redirect(http.StatusSeeOther, "/sign-in")
}
