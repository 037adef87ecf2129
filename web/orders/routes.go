package orders

import (
	"net/http"

	"handover/internal/identity"
	"handover/web/page"
)

// Routes are Billing > Operations > Orders.
func Routes(f *page.Frame) []page.Route {
	order := orderPages{}
	one := orderPage{engine: f.Transfers, streams: newStreams()}
	return []page.Route{
		// Orders
		{Method: http.MethodGet, Path: "/orders", Privilege: identity.Read, Handler: order.list},
		{
			Method: http.MethodGet, Path: "/orders/export", Privilege: identity.ExportRun, Handler: order.export,
			Options: page.RouteOptions{Live: true},
		},

		// Order
		{Method: http.MethodGet, Path: "/orders/:number", Privilege: identity.Read, Handler: one.show},
		{Method: http.MethodGet, Path: "/orders/:number/ledger", Privilege: identity.Read, Handler: one.ledger},
		{
			Method: http.MethodGet, Path: "/orders/:number/ledger.csv", Privilege: identity.ExportRun,
			Handler: one.exportLedger, Options: page.RouteOptions{Live: true},
		},

		{Method: http.MethodGet, Path: "/orders/:number/order.pdf", Privilege: identity.Read, Handler: one.pdf},
		{
			Method: http.MethodGet, Path: "/orders/:number/progress", Privilege: identity.Read, Handler: one.progress,
			Options: page.RouteOptions{Live: true},
		},
		{
			Method: http.MethodPost, Path: "/orders/:number/approve", Privilege: identity.OrdersApprove,
			Handler: one.approve,
		},
		{
			Method: http.MethodPost, Path: "/orders/:number/reject", Privilege: identity.OrdersApprove,
			Handler: one.reject,
		},
		{
			Method: http.MethodPost, Path: "/orders/:number/cancel", Privilege: identity.AccountsTransfer,
			Handler: one.cancel,
		},
		{
			Method: http.MethodPost, Path: "/orders/:number/allow-rate", Privilege: identity.RatesOverride,
			Handler: one.allowRate,
		},
		{
			Method: http.MethodPost, Path: "/orders/:number/retry", Privilege: identity.AccountsTransfer,
			Handler: one.retry,
		},
	}
}
