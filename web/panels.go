package web

import (
	"net/http"
	"strings"

	"handover/internal/fault"
	"handover/internal/identity"
)

// panelInfo is one of the two panels: the same pages for the provider's staff and for
// resellers' staff.
type panelInfo struct {
	Path string // "/pcp"
	Name string // as the frame says it
	Code string // in few letters, where the navigation is folded
}

// panels are the two panels, the provider's first.
var panels = [2]panelInfo{
	{"/pcp", "Provider Control Panel", "PCP"},
	{"/rcp", "Reseller Control Panel", "RCP"},
}

// panelOf returns the panel of a staff member; without one, the provider's.
func panelOf(s identity.Staff) *panelInfo {
	if s.ID != 0 && !s.OfProvider() {
		return &panels[1]
	}
	return &panels[0]
}

// OrderLink returns the address of an order's page, for mails.
func OrderLink(base, number string, provider bool) string {
	return linkTo(base, "/orders/"+number, provider)
}

// DistributorLink returns the address of a distributor's page, for mails.
func DistributorLink(base, number string, provider bool) string {
	return linkTo(base, "/distributors/"+number, provider)
}

func linkTo(base, path string, provider bool) string {
	in := panels[1]
	if provider {
		in = panels[0]
	}
	return strings.TrimRight(base, "/") + in.Path + path
}

// errNoPage is the answer to an address that leads nowhere.
var errNoPage = httpFaults[http.StatusNotFound]

// admit says whether the reader may open the route in the panel, and with which answer if
// not. A page that concerns the whole installation is not found for a reseller, whoever
// asks.
func (p *page) admit(r route, in *panelInfo) error {
	if r.Options.ProviderOnly && !p.Staff.OfProvider() {
		return errNoPage
	}
	if in != nil && in.Path != p.panel {
		return errNoPage // a form of the other panel; its pages lead to one's own
	}
	if !p.Staff.Can(r.Privilege) {
		return fault.New(fault.Forbidden, "Your role, %s, does not include this. Ask an administrator if you need it.", strings.ToLower(p.Staff.Role.Name()))
	}
	return nil
}

// elsewhere reports whether the address belongs to the other panel, but leads to a page
// that one's own has too.
func (p *page) elsewhere(in *panelInfo) bool {
	r := p.Request()
	return in != nil && in.Path != p.panel && (r.Method == http.MethodGet || r.Method == http.MethodHead)
}

// toOwnPanel leads to the same page of the reader's own panel.
func (p *page) toOwnPanel(in *panelInfo) error {
	u := *p.Request().URL
	address := p.panel + strings.TrimPrefix(u.EscapedPath(), in.Path)
	if u.RawQuery != "" {
		address += "?" + u.RawQuery
	}
	return p.Context.Redirect(http.StatusFound, address)
}

// mayOpen reports whether the reader's panel has the page and the reader may open it. The
// path is that of the route: "/customers/:number".
func (p *page) mayOpen(path string) bool {
	r, exists := p.frame.Pages[path]
	return exists && p.admit(r, nil) == nil
}
