package plans

import (
	"net/http"

	"handover/internal/identity"
	"handover/web/page"
)

// Routes are the pages of Catalog.
func Routes(f *page.Frame) []page.Route {
	plans := planPages{}
	return []page.Route{
		// Service plans
		{Method: http.MethodGet, Path: "/plans", Privilege: identity.Read, Handler: plans.list},
		{
			Method: http.MethodGet, Path: "/plans/export", Privilege: identity.ExportRun, Handler: plans.export,
			Options: page.RouteOptions{Live: true},
		},
	}
}
