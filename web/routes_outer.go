package web

import (
	"net/http"

	"handover/web/page"
	"handover/web/signin"
)

// outerRoutes are the addresses outside the panels: signing in, files, health.
func (s *Server) outerRoutes() []page.Route {
	health := healthPages{checks: s.checks}
	files := filePages{assets: s.Assets}
	own := []page.Route{
		{Method: http.MethodPost, Path: "/preferences", Privilege: page.Public, Handler: page.SavePreferences},

		// Files
		{Method: http.MethodGet, Path: "/static/:name", Privilege: page.Public, Handler: files.asset},
		{Method: http.MethodGet, Path: "/brand/:color", Privilege: page.Public, Handler: files.brand},

		// Health
		{Method: http.MethodGet, Path: "/healthz", Privilege: page.Public, Handler: health.alive},
		{Method: http.MethodGet, Path: "/readyz", Privilege: page.Public, Handler: health.ready},
	}
	return append(signin.Routes(s.Frame), own...)
}
