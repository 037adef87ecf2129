package subscriptions

import (
	"net/http"

	"handover/internal/identity"
	"handover/web/page"
)

// Routes are Contracts & Orders > Subscription Contracts.
func Routes(f *page.Frame) []page.Route {
	subscription := subscriptionPages{}
	return []page.Route{
		// Subscription contracts
		{Method: http.MethodGet, Path: "/subscriptions", Privilege: identity.Read, Handler: subscription.list},
		{
			Method: http.MethodGet, Path: "/subscriptions/export", Privilege: identity.ExportRun,
			Handler: subscription.export, Options: page.RouteOptions{Live: true},
		},
		{Method: http.MethodGet, Path: "/subscriptions/:number", Privilege: identity.Read, Handler: subscription.show},
		{
			Method: http.MethodGet, Path: "/subscriptions/:number/:kind", Privilege: identity.Read,
			Handler: subscription.records,
		},
	}
}
