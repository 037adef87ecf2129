package page

import (
	"net/http"
	"strings"

	"handover/internal/fault"
	"handover/internal/identity"
	"handover/web/httpfault"
)

// PanelInfo is one of the two panels: the same pages for the provider's staff and for
// resellers' staff.
type PanelInfo struct {
	Path string // "/pcp"
	Name string // as the frame says it
	Code string // in few letters, where the navigation is folded
}

// Panels are the two panels, the provider's first.
var Panels = [2]PanelInfo{
	{"/pcp", "Provider Control Panel", "PCP"},
	{"/rcp", "Reseller Control Panel", "RCP"},
}

// panelOf returns the panel of a staff member; without one, the provider's.
func panelOf(s identity.Staff) *PanelInfo {
	if s.ID != 0 && !s.OfProvider() {
		return &Panels[1]
	}
	return &Panels[0]
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
	in := Panels[1]
	if provider {
		in = Panels[0]
	}
	return strings.TrimRight(base, "/") + in.Path + path
}

// admit says whether the reader may open the route in the panel, and with which answer if
// not. A page that concerns the whole installation is not found for a reseller, whoever
// asks.
func (p *Page) admit(r Route, in *PanelInfo) error {
	if r.Options.ProviderOnly && !p.Staff.OfProvider() {
		return httpfault.NoPage
	}
	if in != nil && in.Path != p.panel {
		return httpfault.NoPage // a form of the other panel; its pages lead to one's own
	}
	if !p.Staff.Can(r.Privilege) {
		return fault.New(fault.Forbidden, msgRoleForbids, strings.ToLower(p.Staff.Role.Name()))
	}
	return nil
}

// elsewhere reports whether the address belongs to the other panel, but leads to a page
// that one's own has too.
func (p *Page) elsewhere(in *PanelInfo) bool {
	r := p.Request()
	return in != nil && in.Path != p.panel && (r.Method == http.MethodGet || r.Method == http.MethodHead)
}

// toOwnPanel leads to the same page of the reader's own panel.
func (p *Page) toOwnPanel(in *PanelInfo) error {
	u := *p.Request().URL
	address := p.panel + strings.TrimPrefix(u.EscapedPath(), in.Path)
	if u.RawQuery != "" {
		address += "?" + u.RawQuery
	}
	return p.Context.Redirect(http.StatusFound, address)
}

// MayOpen reports whether the reader's panel has the page and the reader may open it. The
// path is that of the route: "/customers/:number".
func (p *Page) MayOpen(path string) bool {
	r, exists := p.Frame.Pages[path]
	return exists && p.admit(r, nil) == nil
}
