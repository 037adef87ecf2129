package customers

import (
	"net/http"

	"handover/internal/identity"
	"handover/web/page"
)

// Routes are Billing > Operations > Customers, and the documents of customers.
func Routes(f *page.Frame) []page.Route {
	customer := customerPages{}
	document := documentPages{}
	return []page.Route{
		// Customers
		{Method: http.MethodGet, Path: "/customers", Privilege: identity.Read, Handler: customer.list},
		{
			Method: http.MethodGet, Path: "/customers/export", Privilege: identity.ExportRun, Handler: customer.export,
			Options: page.RouteOptions{Live: true},
		},
		{
			Method: http.MethodGet, Path: "/customers/:number", Privilege: identity.Read,
			Handler: customer.tab("", customerPages.general),
		},
		{
			Method: http.MethodGet, Path: "/customers/:number/subscriptions", Privilege: identity.Read,
			Handler: customer.tab("/subscriptions", customerPages.subscriptions),
		},
		{
			Method: http.MethodGet, Path: "/customers/:number/documents", Privilege: identity.Read,
			Handler: customer.tab("/documents", customerPages.documents),
		},
		{
			Method: http.MethodGet, Path: "/customers/:number/payment-methods", Privilege: identity.Read,
			Handler: customer.tab("/payment-methods", customerPages.methods),
		},
		{
			Method: http.MethodGet, Path: "/customers/:number/terms", Privilege: identity.Read,
			Handler: customer.tab("/terms", customerPages.terms),
		},
		{
			Method: http.MethodGet, Path: "/customers/:number/history", Privilege: identity.Read,
			Handler: customer.tab("/history", customerPages.history),
		},

		// Documents
		{Method: http.MethodGet, Path: "/documents/:kind/:ref", Privilege: identity.Read, Handler: document.show},
	}
}
