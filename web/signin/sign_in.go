package signin

import (
	"net/http"
	"net/url"

	"handover/internal/identity"
	views "handover/views/signin"
	"handover/web/httpfault"
	"handover/web/page"
)

// signInPages are signing in and out.
type signInPages struct {
	authenticator *identity.Authenticator
	signOn        *identity.SignOn // nil = none
	cookies       page.Cookies
}

// start leads to sign-in or home.
func (h signInPages) start(p *page.Page) error {
	if p.SignedIn() {
		return p.Redirect("/")
	}
	return p.Context.Redirect(http.StatusSeeOther, "/sign-in")
}

func (h signInPages) form(p *page.Page) error {
	if p.SignedIn() {
		return p.Redirect("/")
	}
	v := h.view(page.LocalPath(p.QueryParam("next"), ""))
	return p.Render(http.StatusOK, "Sign in", views.SignInPage(v))
}

// view returns the empty sign-in form that leads to next.
func (h signInPages) view(next string) views.SignIn {
	v := views.SignIn{Next: next}
	if h.signOn != nil {
		v.SignOnName, v.SignOnHref = h.signOn.Name(), withNext(page.SignOnStart, next)
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

func (h signInPages) signIn(p *page.Page) error {
	f := p.ReadForm()
	v := h.view(page.LocalPath(f.Text("next"), ""))
	v.Email = f.Required("email", msgEnterEmail)
	password := f.Secret("password", msgEnterPassword)
	if v.Errors = f.Errors(); len(v.Errors) > 0 {
		return p.Form(v.Errors, "Sign in", views.SignInPage(v))
	}
	admission, err := h.authenticator.SignIn(p.Request().Context(),
		identity.Credentials{Email: v.Email, Password: password, Client: p.Client()}, h.cookies.Token(p.Context))
	if e, ok := page.AsFault(err); ok {
		v.Notice = e.Message
		return p.Render(httpfault.Status(e.Code), "Sign in", views.SignInPage(v))
	}
	if err != nil {
		return err
	}
	if admission.Pending != "" {
		if err := h.cookies.SetID(p.Context, page.PendingCookie, admission.Pending); err != nil {
			return err
		}
		return p.Context.Redirect(http.StatusSeeOther, withNext(codePath, v.Next))
	}
	return h.welcome(p, admission.Session, v.Next)
}

// welcome starts the session in the browser and leads to where the person wanted to go.
func (h signInPages) welcome(p *page.Page, token, next string) error {
	if err := h.cookies.SetToken(p.Context, token); err != nil {
		return err
	}
	return p.Context.Redirect(http.StatusSeeOther, page.LocalPath(next, p.URL("/")))
}

func (h signInPages) signOut(p *page.Page) error {
	token := h.cookies.Token(p.Context)
	if err := h.authenticator.SignOut(p.Request().Context(), p.Staff, token, p.RealIP()); err != nil {
		return err
	}
	if err := h.cookies.SetToken(p.Context, ""); err != nil {
		return err
	}
	p.ForgetRecent()
	// Not the cookies: the one by which the throttle knows the browser stays.
	p.Response().Header().Set("Clear-Site-Data", `"cache", "storage"`)
	return p.Context.Redirect(http.StatusSeeOther, "/sign-in")
}
