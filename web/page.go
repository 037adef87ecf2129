package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"handover/internal/accounts"
	"handover/internal/audit"
	"handover/internal/db"
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
	reader *db.Reader
}

// URL returns the address of a path below the reader's panel: p.URL("/customers").
func (p *page) URL(path string) string { return p.panel + path }

// db returns what the page reads from: one transaction for the request.
func (p *page) db() db.Querier { return p.reader }

// SignedIn reports whether the request has a session.
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

// Tell keeps a result for the page to which it sends the browser.
func (p *page) Tell(f ui.Flash, path string) error {
	if err := p.Flash(f); err != nil {
		return err
	}
	return p.Redirect(path)
}

// Flash keeps a result that the next page shows once.
func (p *page) Flash(f ui.Flash) error { return p.server.cookies.addFlash(p.Context, f) }

// guard answers the route to those who hold its privilege, asks others to sign
// in, leads those of the other panel to theirs, and refuses the rest.
func (s *Server) guard(r route, in *panelInfo) echo.HandlerFunc {
	return func(c echo.Context) error {
		p, err := s.pageFor(c)
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
func (s *Server) pageFor(c echo.Context) (*page, error) {
	p := &page{Context: c, server: s, panel: panels[0].Path, reader: db.NewReader(s.deps.DB)}
	token := s.cookies.token(c)
	if token == "" {
		return p, nil
	}
	ctx := db.Outside(c.Request().Context()) // not signed in yet
	staff, err := identity.Resume(ctx, s.deps.DB, token)
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
