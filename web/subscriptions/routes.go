package subscriptions

import (
	"net/http"

	"handover/internal/accounts"
	"handover/internal/identity"
	"handover/web/page"
)

// Routes are Contracts & Orders > Subscription Contracts.
func Routes(f *page.Frame) []page.Route {
	subscription := subscriptionPages{}
	routes := []page.Route{
		// Subscription contracts
		{Method: http.MethodGet, Path: "/subscriptions", Privilege: identity.Read, Handler: subscription.list},
		{Method: http.MethodGet, Path: "/subscriptions/export", Privilege: identity.ExportRun, Handler: subscription.export, Options: page.RouteOptions{Live: true}},
		{Method: http.MethodGet, Path: "/subscriptions/:number", Privilege: identity.Read, Handler: subscription.show},
	}
	for _, k := range accounts.RecordKinds() {
		routes = append(routes, page.Route{Method: http.MethodGet, Path: "/subscriptions/:number" + recordTab(k), Privilege: identity.Read, Handler: subscription.records(k)})
	}
	return routes
}
