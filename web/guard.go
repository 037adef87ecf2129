package web

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/identity"
)

// guard answers the route to those who hold its privilege, asks others to sign
// in, leads those of the other panel to theirs, and refuses the rest.
func (f *Frame) guard(r route, in *panelInfo) echo.HandlerFunc {
	return func(c echo.Context) error {
		p, err := f.pageFor(c)
		if err != nil {
			return err
		}
		defer p.reader.Release()
		switch {
		case r.Privilege == public:
			return r.Handler(p)
		case !p.SignedIn():
			return p.askToSignIn()
		case p.elsewhere(in):
			return p.toOwnPanel(in)
		}
		if err := p.admit(r, in); err != nil {
			return err
		}
		if p.Staff.MustEnrol && !r.Options.Unenrolled {
			return p.lead(p.URL(secondFactorPath))
		}
		return r.Handler(p)
	}
}

// pageFor makes the page of a request, with the person whose session it carries.
func (f *Frame) pageFor(c echo.Context) (*page, error) {
	p := &page{Context: c, frame: f, panel: panels[0].Path, reader: db.NewReader(f.DB)}
	token := f.Cookies.token(c)
	if token == "" {
		return p, nil
	}
	ctx := db.Outside(c.Request().Context()) // not signed in yet
	staff, err := identity.Resume(ctx, f.DB, token)
	if fault.Is(err, fault.NotFound) {
		return p, nil
	}
	if err != nil {
		return p, err
	}
	p.Staff, p.panel = staff, panelOf(staff).Path
	c.SetRequest(c.Request().WithContext(p.reader.Beside(p.Scope().Behind(ctx))))
	return p, nil
}

// lead takes the reader to another page, also from a part of a page.
func (p *page) lead(address string) error {
	if p.Request().Header.Get("HX-Request") == "true" {
		p.Response().Header().Set("HX-Redirect", address)
		return p.NoContent(http.StatusUnauthorized)
	}
	return p.Context.Redirect(http.StatusSeeOther, address)
}

// askToSignIn leads to the sign-in page and back to this one.
func (p *page) askToSignIn() error {
	r := p.Request()
	if r.Header.Get("HX-Request") == "true" {
		return p.lead("/sign-in")
	}
	if r.Method != http.MethodGet {
		return p.Context.Redirect(http.StatusSeeOther, "/sign-in")
	}
	return p.Context.Redirect(http.StatusSeeOther, "/sign-in?"+url.Values{"next": {r.URL.RequestURI()}}.Encode())
}

// secondFactorPath is the page below the panel.
const secondFactorPath = "/account/second-factor"

// The two addresses of single sign-on: where it starts, and where the provider
// sends the browser back to. The second one is registered there.
const (
	signOnStart  = "/sign-in/oidc"
	signOnReturn = "/sign-in/oidc/callback"
)
