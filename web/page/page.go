package page

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"handover/internal/accounts"
	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/identity"
	"handover/views/ui"
)

// Page is one request: who asks, in which panel, and the ways to answer.
type Page struct {
	echo.Context
	Style  // how the reader wants numbers, money, dates and times
	Frame  *Frame
	Staff  identity.Staff // empty on public pages
	panel  string
	lists  bool // the page has a list whose filters apply at once
	Reader *db.Reader
}

// URL returns the address of a path below the reader's panel: p.URL("/customers").
func (p *Page) URL(path string) string { return p.panel + path }

// DB returns what the page reads from: one transaction for the request.
func (p *Page) DB() db.Querier { return p.Reader }

// SignedIn reports whether the request has a session.
func (p *Page) SignedIn() bool { return p.Staff.ID != 0 }

// Scope returns whose records the reader may see.
func (p *Page) Scope() accounts.Scope {
	return accounts.Scope{Root: p.Staff.DistributorID, Everything: p.Staff.OfProvider()}
}

// Actor returns the reader as the actor of an audit entry.
func (p *Page) Actor() audit.Actor { return p.Staff.Actor(p.RealIP()) }

// Client returns where the request came from.
func (p *Page) Client() identity.Client {
	return identity.Client{
		Address: p.RealIP(), UserAgent: p.Request().UserAgent(),
		Device: p.Frame.Cookies.device(p.Context),
	}
}

// LogError logs what went wrong beside the page, which is answered all the same.
func (p *Page) LogError(err error) { p.Frame.logError(p.Context, err) }

// Redirect answers a successful POST: 303 to a path below the panel.
func (p *Page) Redirect(path string) error {
	return p.Context.Redirect(http.StatusSeeOther, p.URL(path))
}

// Tell keeps a result for the page to which it sends the browser.
func (p *Page) Tell(f ui.Flash, path string) error {
	if err := p.Flash(f); err != nil {
		return err
	}
	return p.Redirect(path)
}

// TellAt keeps a result for the page at an address that LocalPath returned.
func (p *Page) TellAt(f ui.Flash, address string) error {
	if err := p.Flash(f); err != nil {
		return err
	}
	return p.Context.Redirect(http.StatusSeeOther, address)
}

// Flash keeps a result that the next page shows once.
func (p *Page) Flash(f ui.Flash) error { return p.Frame.Cookies.addFlash(p.Context, f) }

// LocalPath returns the address if it leads to this panel, else the fallback: a
// form must not send people elsewhere.
func LocalPath(address, fallback string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(u.Path, "/") ||
		strings.HasPrefix(address, "//") || strings.ContainsAny(address, "\\\r\n") {
		return fallback
	}
	return address
}

// PathParam returns a part of the address as it was meant: an outside id may have
// any characters.
func PathParam(p *Page, name string) string {
	text := p.Param(name)
	if p.Request().URL.RawPath == "" { // the router has decoded it already
		return text
	}
	if decoded, err := url.PathUnescape(text); err == nil {
		return decoded
	}
	return text
}

// Ctx returns the context of the request, in the reader's scope.
func (p *Page) Ctx() context.Context { return p.Request().Context() }
