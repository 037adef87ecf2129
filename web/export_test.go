package web

import (
	"net/http"
	"slices"

	"handover/internal/identity"
	"handover/web/page"
)

// HTTPServer returns the server with its time limits.
func (s *Server) HTTPServer() *http.Server { return s.httpServer() }

// Address is one address of a panel as routes.go declares it.
type Address struct {
	Method  string
	Path    string // "/pcp/customers/:number"
	Needs   identity.Privilege
	Public  bool
	Live    bool
	MaxBody string // "" = that of forms
}

// Addresses returns every address outside and inside the panels.
func (s *Server) Addresses() []Address {
	var out []Address
	add := func(prefix string, routes []page.Route) {
		for _, r := range routes {
			out = append(out, Address{
				Method: r.Method, Path: prefix + r.Path, Needs: r.Privilege, Public: r.Privilege == identity.Privilege(""), Live: r.Options.Live, MaxBody: r.Options.MaxBody,
			})
		}
	}
	add("", s.outerRoutes())
	for _, in := range page.Panels {
		add(in.Path, panelRoutes(s.Frame))
	}
	return slices.Clip(out)
}

// LocalPath is what follows ?next= and ?back=.
func LocalPath(address, fallback string) string { return page.LocalPath(address, fallback) }

// LimitTime is what every handler but live ones runs in.
var LimitTime = limitTime

// RequestTime is what LimitTime allows.
const RequestTime = requestTime

// Contrast and BrandCSS let tests look at the computed colours.
var (
	Contrast = page.Contrast
	BrandCSS = page.BrandCSS
)

// RegisteredRoutes returns every address that the server answers, as "GET /pcp/customers/:number",
// from the router itself.
func (s *Server) RegisteredRoutes() []string {
	var out []string
	for _, r := range s.echo.Routes() {
		if r.Method != http.MethodHead && r.Method != "echo_route_not_found" {
			out = append(out, r.Method+" "+r.Path)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
