package web

import (
	"net/http"
	"slices"

	"handover/internal/identity"
)

// HTTPServer returns the server with its time limits.
func (s *Server) HTTPServer() *http.Server { return s.httpServer() }

// Address is one address of the panel as routes.go declares it.
type Address struct {
	Method  string
	Path    string // "/pcp/customers/:number"
	Public  bool
	Live    bool
	MaxBody string // "" = that of forms
}

// Addresses returns every address of the panel.
func (s *Server) Addresses() []Address {
	var out []Address
	add := func(prefix string, routes []route) {
		for _, r := range routes {
			out = append(out, Address{
				Method: r.Method, Path: prefix + r.Path, Public: r.Privilege == identity.Privilege(""), Live: r.Options.Live, MaxBody: r.Options.MaxBody,
			})
		}
	}
	add("", s.outerRoutes())
	add(panel, s.panelRoutes())
	return slices.Clip(out)
}

// LocalPath is what follows ?next= and ?back=.
func LocalPath(address, fallback string) string { return localPath(address, fallback) }

// LimitTime is what every handler but live ones runs in.
var LimitTime = limitTime

// RequestTime is what LimitTime allows.
const RequestTime = requestTime
