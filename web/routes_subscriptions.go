package web

import (
	"net/http"

	"handover/internal/accounts"
	"handover/internal/identity"
)

// contractRoutes are Contracts & Orders > Subscription Contracts.
func contractRoutes(f *Frame) []route {
	subscription := subscriptionPages{}
	routes := []route{
		// Subscription contracts
		{Method: http.MethodGet, Path: "/subscriptions", Privilege: identity.Read, Handler: subscription.list},
		{Method: http.MethodGet, Path: "/subscriptions/export", Privilege: identity.ExportRun, Handler: subscription.export, Options: routeOptions{Live: true}},
		{Method: http.MethodGet, Path: "/subscriptions/:number", Privilege: identity.Read, Handler: subscription.show},
	}
	for _, k := range accounts.RecordKinds() {
		routes = append(routes, route{Method: http.MethodGet, Path: "/subscriptions/:number" + recordTab(k), Privilege: identity.Read, Handler: subscription.records(k)})
	}
	return routes
}
