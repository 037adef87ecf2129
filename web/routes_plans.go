package web

import (
	"net/http"

	"handover/internal/identity"
)

// catalogRoutes are the pages of Catalog.
func catalogRoutes(f *Frame) []route {
	plans := planPages{}
	return []route{
		// Service plans
		{Method: http.MethodGet, Path: "/plans", Privilege: identity.Read, Handler: plans.list},
		{Method: http.MethodGet, Path: "/plans/export", Privilege: identity.ExportRun, Handler: plans.export, Options: routeOptions{Live: true}},
	}
}
