package home

import (
	"net/http"

	"handover/internal/identity"
	"handover/web/page"
)

// Routes are the pages that belong to no section.
func Routes(f *page.Frame) []page.Route {
	home := homePages{}
	search := searchPages{}
	bell := bellPages{db: f.DB}
	return []page.Route{
		// Home
		{Method: http.MethodGet, Path: "/", Privilege: identity.Read, Handler: home.show},

		// Bell
		{Method: http.MethodGet, Path: "/bell", Privilege: identity.Read, Handler: bell.show},
		{Method: http.MethodPost, Path: "/bell", Privilege: identity.Read, Handler: bell.read},

		// API
		{Method: http.MethodGet, Path: "/api", Privilege: identity.Read, Handler: apiPages{base: f.BaseURL}.show},

		// Search
		{Method: http.MethodGet, Path: "/search", Privilege: identity.Read, Handler: search.show},
		{Method: http.MethodGet, Path: "/search/suggestions", Privilege: identity.Read, Handler: search.suggest},
	}
}
