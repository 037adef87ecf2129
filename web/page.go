package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"handover/internal/accounts"
	"handover/internal/audit"
	"handover/internal/fault"
	"handover/internal/identity"
	"handover/views/ui"
)

// page is one request: who asks, in which panel, and the ways to answer.
type page struct {
	echo.Context
	server *Server
	Staff  identity.Staff // empty on public pages
	panel  string
}

// URL returns the address of a path below the reader's panel: p.URL("/customers").
func (p *page) URL(path string) string { return p.panel + path }

// SignedIn reports whether somebody is signed in.
func (p *page) SignedIn() bool { return p.Staff.ID != 0 }

// Scope returns whose records the reader may see.
func (p *page) Scope() accounts.Scope {
	return accounts.Scope{Root: p.Staff.DistributorID, Everything: p.Staff.OfProvider()}
}

// Actor returns the reader as the actor of an audit entry.
func (p *page) Actor() audit.Actor { return p.Staff.Actor(p.RealIP()) }

// Client returns where the request came from.
func (p *page) Client() identity.Client {
	return identity.Client{Address: p.RealIP(), UserAgent: p.Request().UserAgent(), Device: p.server.cookies.device(p.Context)}
}

// Redirect answers a successful POST: 303 to a path below the panel.
func (p *page) Redirect(path string) error {
	return p.Context.Redirect(http.StatusSeeOther, p.URL(path))
}

// Flash keeps a result that the next page shows once.
func (p *page) Flash(f ui.Flash) error { return p.server.cookies.addFlash(p.Context, f) }

// guard answers the route to those who hold its privilege, asks others to sign
// in, and refuses the rest.
func (s *Server) guard(r route) echo.HandlerFunc {
	return func(c echo.Context) error {
		p, err := s.pageFor(c)
		if err != nil {
			return err
		}
		if r.Privilege == public {
			return r.Handler(p)
		}
		if !p.SignedIn() {
			return p.askToSignIn()
		}
		if !p.Staff.OfProvider() || !p.Staff.Can(r.Privilege) {
			return fault.New(fault.Forbidden, "Your role, %s, does not include this. Ask an administrator if you need it.", strings.ToLower(p.Staff.Role.Name()))
		}
		return r.Handler(p)
	}
}

// pageFor makes the page of a request, with the person whose session it carries.
func (s *Server) pageFor(c echo.Context) (*page, error) {
	p := &page{Context: c, server: s, panel: panel}
	token := s.cookies.token(c)
	if token == "" {
		return p, nil
	}
	staff, err := identity.Resume(c.Request().Context(), s.deps.DB, token)
	if fault.Is(err, fault.NotFound) {
		return p, nil
	}
	p.Staff = staff
	return p, err
}

// askToSignIn leads to the sign-in page and back to this one.
func (p *page) askToSignIn() error {
	r := p.Request()
	if r.Header.Get("HX-Request") == "true" {
		p.Response().Header().Set("HX-Redirect", "/sign-in")
		return p.NoContent(http.StatusUnauthorized)
	}
	if r.Method != http.MethodGet {
		return p.Context.Redirect(http.StatusSeeOther, "/sign-in")
	}
	return p.Context.Redirect(http.StatusSeeOther, "/sign-in?"+url.Values{"next": {r.URL.RequestURI()}}.Encode())
}

// localPath returns the address if it leads to this panel, else the fallback: a
// form must not send people elsewhere.
func localPath(address, fallback string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(u.Path, "/") ||
		strings.HasPrefix(address, "//") || strings.ContainsAny(address, "\\\r\n") {
		return fallback
	}
	return address
}
