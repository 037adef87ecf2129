package page

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/identity"
)

// Guard answers the route to those who hold its privilege, asks others to sign
// in, leads those of the other panel to theirs, and refuses the rest.
func (f *Frame) Guard(r Route, in *PanelInfo) echo.HandlerFunc {
	return func(c echo.Context) error {
		p, err := f.PageFor(c)
		if err != nil {
			return err
		}
		defer p.Reader.Release()
		switch {
		case r.Privilege == Public:
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
			return p.lead(p.URL(SecondFactorPath))
		}
		return r.Handler(p)
	}
}

// PageFor makes the page of a request, with the person whose session it carries.
func (f *Frame) PageFor(c echo.Context) (*Page, error) {
	p := &Page{Context: c, Frame: f, panel: Panels[0].Path, Reader: db.NewReader(f.DB)}
	token := f.Cookies.Token(c)
	if token == "" {
		return p, nil
	}
	ctx := db.WithoutScope(c.Request().Context()) // not signed in yet
	staff, err := identity.Resume(ctx, f.DB, token)
	if fault.Is(err, fault.NotFound) {
		return p, nil
	}
	if err != nil {
		return p, err
	}
	p.Staff, p.panel = staff, panelOf(staff).Path
	c.SetRequest(c.Request().WithContext(p.Reader.Beside(p.Scope().In(ctx, staff.ID))))
	return p, nil
}

// lead takes the reader to another page, also from a part of a page.
func (p *Page) lead(address string) error {
	if p.Request().Header.Get("HX-Request") == "true" {
		p.Response().Header().Set("HX-Redirect", address)
		return p.NoContent(http.StatusUnauthorized)
	}
	return p.Context.Redirect(http.StatusSeeOther, address)
}

// askToSignIn leads to the sign-in page and back to this one.
func (p *Page) askToSignIn() error {
	r := p.Request()
	if r.Header.Get("HX-Request") == "true" {
		return p.lead("/sign-in")
	}
	if r.Method != http.MethodGet {
		return p.Context.Redirect(http.StatusSeeOther, "/sign-in")
	}
	return p.Context.Redirect(http.StatusSeeOther, "/sign-in?"+url.Values{"next": {r.URL.RequestURI()}}.Encode())
}

// SecondFactorPath is the page below the panel.
const SecondFactorPath = "/account/second-factor"

// The two addresses of single sign-on: where it starts, and where the provider
// sends the browser back to. The second one is registered there.
const (
	SignOnStart  = "/sign-in/oidc"
	SignOnReturn = "/sign-in/oidc/callback"
)
