package web

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

// page is one request: who asks, in which panel, and the ways to answer.
type page struct {
	echo.Context
	frame  *Frame
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
	return identity.Client{Address: p.RealIP(), UserAgent: p.Request().UserAgent(), Device: p.frame.Cookies.device(p.Context)}
}

// logError logs what went wrong beside the page, which is answered all the same.
func (p *page) logError(err error) { p.frame.logError(p.Context, err) }

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
func (p *page) Flash(f ui.Flash) error { return p.frame.Cookies.addFlash(p.Context, f) }

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

// pathParam returns a part of the address as it was meant: an outside id may have
// any characters.
func pathParam(p *page, name string) string {
	text := p.Param(name)
	if p.Request().URL.RawPath == "" { // the router has decoded it already
		return text
	}
	if decoded, err := url.PathUnescape(text); err == nil {
		return decoded
	}
	return text
}

func (p *page) ctx() context.Context { return p.Request().Context() }
