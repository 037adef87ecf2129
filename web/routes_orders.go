package web

import (
	"net/http"

	"handover/internal/identity"
)

// orderRoutes are Billing > Operations > Orders.
func orderRoutes(f *Frame) []route {
	order := orderPages{}
	one := orderPage{engine: f.Transfers, streams: newStreams()}
	reverse := reversePages{engine: f.Transfers}
	return []route{
		// Orders
		{Method: http.MethodGet, Path: "/orders", Privilege: identity.Read, Handler: order.list},
		{Method: http.MethodGet, Path: "/orders/export", Privilege: identity.ExportRun, Handler: order.export, Options: routeOptions{Live: true}},

		// Order
		{Method: http.MethodGet, Path: "/orders/:number", Privilege: identity.Read, Handler: one.show},
		{Method: http.MethodGet, Path: "/orders/:number/ledger", Privilege: identity.Read, Handler: one.ledger},
		{Method: http.MethodGet, Path: "/orders/:number/ledger.csv", Privilege: identity.ExportRun, Handler: one.exportLedger, Options: routeOptions{Live: true}},

		{Method: http.MethodGet, Path: "/orders/:number/order.pdf", Privilege: identity.Read, Handler: one.pdf},
		{Method: http.MethodGet, Path: "/orders/:number/progress", Privilege: identity.Read, Handler: one.progress, Options: routeOptions{Live: true}},
		{Method: http.MethodPost, Path: "/orders/:number/approve", Privilege: identity.OrdersApprove, Handler: one.approve},
		{Method: http.MethodPost, Path: "/orders/:number/reject", Privilege: identity.OrdersApprove, Handler: one.reject},
		{Method: http.MethodPost, Path: "/orders/:number/cancel", Privilege: identity.AccountsTransfer, Handler: one.cancel},
		{Method: http.MethodPost, Path: "/orders/:number/allow-rate", Privilege: identity.RatesOverride, Handler: one.allowRate},
		{Method: http.MethodPost, Path: "/orders/:number/retry", Privilege: identity.AccountsTransfer, Handler: one.retry},

		// Reversal
		{Method: http.MethodGet, Path: "/orders/:number/reverse", Privilege: identity.AccountsTransfer, Handler: reverse.show},
		{Method: http.MethodGet, Path: "/orders/:number/reverse/records/:kind", Privilege: identity.AccountsTransfer, Handler: reverse.records},
		{Method: http.MethodPost, Path: "/orders/:number/reverse", Privilege: identity.AccountsTransfer, Handler: reverse.execute, Options: routeOptions{Live: true}},
	}
}
