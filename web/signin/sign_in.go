package signin

import (
	"net/http"
	"net/url"

	"handover/internal/identity"
	"handover/views"
	"handover/web/page"
)

// DoorPages are signing in and out.
type DoorPages struct {
	Door    *identity.Door
	SignOn  *identity.SignOn // nil = none
	Cookies page.Cookies
}

// Start leads to sign-in or home.
func (h DoorPages) Start(p *page.Page) error {
	if p.SignedIn() {
		return p.Redirect("/")
	}
	return p.Context.Redirect(http.StatusSeeOther, "/sign-in")
}

func (h DoorPages) Form(p *page.Page) error {
	if p.SignedIn() {
		return p.Redirect("/")
	}
	v := h.view(page.LocalPath(p.QueryParam("next"), ""))
	return p.Render(http.StatusOK, "Sign in", views.SignInPage(v))
}

// view returns the empty sign-in form that leads to next.
func (h DoorPages) view(next string) views.SignIn {
	v := views.SignIn{Next: next}
	if h.SignOn != nil {
		v.SignOnName, v.SignOnHref = h.SignOn.Name(), withNext(page.SignOnStart, next)
	}
	return v
}

// withNext adds where to go afterwards to an address.
func withNext(path, next string) string {
	if next == "" {
		return path
	}
	return path + "?" + url.Values{"next": {next}}.Encode()
}

func (h DoorPages) SignIn(p *page.Page) error {
	f := p.ReadForm()
	v := h.view(page.LocalPath(f.Text("next"), ""))
	v.Email = f.Required("email", "Enter your e-mail address.")
	password := f.Secret("password", "Enter your password.")
	if v.Errors = f.Errors(); len(v.Errors) > 0 {
		return p.Form(v.Errors, "Sign in", views.SignInPage(v))
	}
	admission, err := h.Door.SignIn(p.Request().Context(),
		identity.Credentials{Email: v.Email, Password: password, Client: p.Client()}, h.Cookies.Token(p.Context))
	if e, ok := page.AsFault(err); ok {
		v.Notice = e.Message
		return p.Render(page.StatusOf(e.Code), "Sign in", views.SignInPage(v))
	}
	if err != nil {
		return err
	}
	if admission.Pending != "" {
		if err := h.Cookies.SetID(p.Context, page.PendingCookie, admission.Pending); err != nil {
			return err
		}
		return p.Context.Redirect(http.StatusSeeOther, withNext(codePath, v.Next))
	}
	return h.welcome(p, admission.Session, v.Next)
}

// welcome starts the session in the browser and leads to where the person wanted to go.
func (h DoorPages) welcome(p *page.Page, token, next string) error {
	if err := h.Cookies.SetToken(p.Context, token); err != nil {
		return err
	}
	return p.Context.Redirect(http.StatusSeeOther, page.LocalPath(next, p.URL("/")))
}

func (h DoorPages) SignOut(p *page.Page) error {
	token := h.Cookies.Token(p.Context)
	if err := h.Door.SignOut(p.Request().Context(), p.Staff, token, p.RealIP()); err != nil {
		return err
	}
	if err := h.Cookies.SetToken(p.Context, ""); err != nil {
		return err
	}
	return p.Context.Redirect(http.StatusSeeOther, "/sign-in")
}
