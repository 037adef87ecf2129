package web_test

import (
	"handover/internal/identity"
	"handover/internal/testdb"
)

// recordPages are customers, contracts, orders and transfers.
var recordPages = map[string]expectation{
	"GET ":  {Privilege: mayRead, At: []string{""}},
	"GET /": {Privilege: mayRead},
	"GET /search": {Privilege: mayRead, At: []string{
		"/search?q={customer}", "/search?q={customerName}", "/search?q={former}", "/search?q={crm}",
		"/search?q={subscription}",
		"/search?q={order}", "/search?q={placed}", "/search?q={invoice}", "/search?q={external}",
	}},
	// By numbers only: a name of others finds one's own that are nearly called so (TestPaletteKeepsToTheScope).
	"GET /search/suggestions": {Privilege: mayRead, At: []string{
		"/search/suggestions?q={customer}", "/search/suggestions?q={former}", "/search/suggestions?q={subscription}",
		"/search/suggestions?q={order}", "/search/suggestions?q={invoice}",
	}},

	"GET /customers": {Privilege: mayRead, At: []string{
		"/customers", "/customers?distributor={distributor}", "/customers?q={customer}", "/customers?q={former}",
		"/customers?q={customerName}",
	}},
	"GET /customers/export": {
		Privilege: mayExport,
		At: []string{
			"/customers/export", "/customers/export?distributor={distributor}",
			"/customers/export?q={crm}",
		},
	},
	"GET /customers/:number": {
		Privilege: mayRead,
		At: []string{
			"/customers/{customer}", "/customers/{external}", "/customers/{former}",
			"/customers/{crm}",
		},
		Seen: []int{200, 302},
	},
	"GET /customers/:number/subscriptions": {Privilege: mayRead, At: []string{"/customers/{customer}/subscriptions"}},
	"GET /customers/:number/documents":     {Privilege: mayRead, At: []string{"/customers/{customer}/documents"}},
	"GET /customers/:number/payment-methods": {
		Privilege: mayRead,
		At:        []string{"/customers/{customer}/payment-methods"},
	},
	"GET /customers/:number/terms":   {Privilege: mayRead, At: []string{"/customers/{customer}/terms"}},
	"GET /customers/:number/history": {Privilege: mayRead, At: []string{"/customers/{customer}/history"}},
	"GET /documents/:kind/:ref": {Privilege: mayRead, Seen: []int{200, 302}, At: []string{
		"/documents/invoice/{invoiceID}", "/documents/invoice/{invoice}", "/documents/payment/{payment}",
		"/documents/refund/{refund}",
		"/documents/credit_memo/{credit}", "/documents/debit_memo/{debit}",
	}},

	"GET /subscriptions": {Privilege: mayRead, At: []string{
		"/subscriptions", "/subscriptions?distributor={distributor}", "/subscriptions?customer={customer}",
		"/subscriptions?q={subscription}", "/subscriptions?q={customer}",
	}},
	"GET /subscriptions/export": {
		Privilege: mayExport,
		At:        []string{"/subscriptions/export", "/subscriptions/export?customer={customer}"},
	},
	"GET /subscriptions/:number": {Privilege: mayRead, At: []string{"/subscriptions/{subscription}"}},
	"GET /subscriptions/:number/:kind": {Privilege: mayRead, At: []string{
		"/subscriptions/{subscription}/subscription-charge", "/subscriptions/{subscription}/usage-record",
		"/subscriptions/{subscription}/billing-schedule", "/subscriptions/{subscription}/revenue-schedule",
	}},

	"GET /distributors":         {Privilege: mayRead},
	"GET /distributors/:number": {Privilege: mayRead, At: []string{"/distributors/{distributor}"}},
	"POST /distributors/:number": {
		Privilege: identity.SettingsManage, At: []string{"/distributors/{distributor}"},
		Form: fields("time_zone", "UTC", "password", testdb.Password), Seen: moved,
	},
	"POST /distributors/:number/approvals": {
		Privilege: identity.SettingsManage, At: []string{"/distributors/{distributor}/approvals"},
		Form: fields("password", testdb.Password), Seen: moved,
	},
	"POST /distributors/:number/second-factor": {
		// no password
		Privilege: identity.SettingsManage, At: []string{"/distributors/{distributor}/second-factor"}, Seen: []int{422},
	},
	"POST /distributors/:number/locks": {
		Privilege: identity.SettingsManage, ProviderOnly: true, At: []string{"/distributors/{distributor}/locks"},
		Form: fields("password", testdb.Password), Seen: []int{303, 422},
	},
	"POST /distributors/:number/changes/:id/approve": {
		Privilege: identity.SettingsManage, At: []string{"/distributors/{distributor}/changes/{change}/approve"},
		Form: fields("password", testdb.Password),
		Seen: []int{303, 403, 409},
	},
	"POST /distributors/:number/changes/:id/reject": {
		Privilege: identity.SettingsManage, At: []string{"/distributors/{distributor}/changes/{change}/reject"},
		Seen: []int{303, 403, 409},
	},
	"POST /distributors/:number/changes/:id/withdraw": {
		Privilege: identity.SettingsManage, At: []string{"/distributors/{distributor}/changes/{change}/withdraw"},
		Seen: []int{403, 409},
	},

	"GET /account":                           {Privilege: mayRead},
	"POST /account/password":                 {Privilege: mayRead, Seen: []int{422}},
	"POST /account/sessions/end":             {Privilege: mayRead, Seen: []int{404}}, // it names none
	"POST /account/sessions/end-others":      {Privilege: mayRead, Seen: moved},
	"GET /account/second-factor":             {Privilege: mayRead},
	"GET /account/second-factor/picture.png": {Privilege: mayRead, Seen: []int{404}}, // nothing is being set up
	"POST /account/second-factor/start":      {Privilege: mayRead, Seen: []int{422}},
	"POST /account/second-factor/cancel":     {Privilege: mayRead, Seen: moved},
	"POST /account/second-factor/confirm":    {Privilege: mayRead, Seen: []int{422}},
	"POST /account/second-factor/codes":      {Privilege: mayRead, Seen: []int{422}},
	"POST /account/second-factor/off":        {Privilege: mayRead, Seen: []int{422}},

	"GET /orders": {Privilege: mayRead, At: []string{
		"/orders", "/orders?q={order}", "/orders?q={placed}", "/orders?q={customer}", "/orders?q={customerName}",
		"/orders?q={former}",
	}},
	"GET /orders/export": {
		Privilege: mayExport,
		At:        []string{"/orders/export", "/orders/export?q={order}"},
	},
	"GET /orders/:number": {
		Privilege: mayRead,
		At:        []string{"/orders/{order}", "/orders/{placed}", "/orders/{mailed}"},
	},
	"GET /orders/:number/ledger":     {Privilege: mayRead, At: []string{"/orders/{order}/ledger"}},
	"GET /orders/:number/ledger.csv": {Privilege: mayExport, At: []string{"/orders/{order}/ledger.csv"}},
	"GET /bell":                      {Privilege: mayRead},
	"POST /bell":                     {Privilege: mayRead, Seen: moved},
	"GET /templates":                 {Privilege: identity.SettingsManage},
	"GET /templates/:brand/:kind": {
		Privilege: identity.SettingsManage,
		At:        []string{"/templates/{brand}/order_failed"},
	},
	"POST /templates/:brand/:kind": {
		Privilege: identity.SettingsManage,
		At:        []string{"/templates/{brand}/order_failed"}, Form: fields("subject", "Changed", "body", "Changed"),
		Seen: moved,
	},
	"GET /api":                      {Privilege: mayRead},
	"GET /account/tokens":           {Privilege: mayRead},
	"POST /account/tokens":          {Privilege: mayRead, Seen: []int{422}}, // it has no name
	"POST /account/tokens/revoke":   {Privilege: mayRead, Seen: []int{404}}, // it names none
	"POST /account/mails":           {Privilege: mayRead, Seen: moved},
	"POST /account/views":           {Privilege: mayRead, Form: fields("list", "orders", "name", "Mine"), Seen: moved},
	"POST /account/views/remove":    {Privilege: mayRead, Seen: []int{404}}, // it names none
	"POST /account/columns":         {Privilege: mayRead, Form: fields("list", "orders"), Seen: moved},
	"POST /account/settings":        {Privilege: mayRead, Seen: []int{422}},
	"GET /orders/:number/order.pdf": {Privilege: mayRead, At: []string{"/orders/{order}/order.pdf"}},
	"GET /orders/:number/progress":  {Privilege: mayRead, At: []string{"/orders/{order}/progress"}},
	"POST /orders/:number/approve": {
		Privilege: identity.OrdersApprove,
		At:        []string{"/orders/{order}/approve"}, Seen: []int{409},
	},
	"POST /orders/:number/reject": {
		Privilege: identity.OrdersApprove,
		At:        []string{"/orders/{order}/reject"}, Form: fields("reason", "not now"), Seen: []int{409},
	},
	"POST /orders/:number/cancel": {
		Privilege: mayTransfer, At: []string{"/orders/{order}/cancel"},
		Seen: []int{409},
	},
	"POST /orders/:number/allow-rate": {
		Privilege: identity.RatesOverride,
		At:        []string{"/orders/{order}/allow-rate"}, Seen: formAgain,
	},
	"POST /orders/:number/retry": {
		Privilege: mayTransfer, At: []string{"/orders/{order}/retry"},
		Seen: []int{409},
	},
	"GET /orders/:number/reverse": {
		Privilege: mayTransfer, At: []string{"/orders/{order}/reverse"},
		Seen: []int{200, 403, 409},
	},
	"GET /orders/:number/reverse/records/:kind": {
		Privilege: mayTransfer,
		At:        []string{"/orders/{order}/reverse/records/invoice"}, Seen: []int{200, 403, 409},
	},
	"POST /orders/:number/reverse": {
		Privilege: mayTransfer, At: []string{"/orders/{order}/reverse"},
		Seen: []int{303, 403, 409, 422},
	},

	"GET /customers/:number/transfer": {
		Privilege: mayTransfer,
		At:        []string{"/customers/{customer}/transfer"}, Seen: moved,
	},
	"GET /customers/:number/transfer/distributor": {
		Privilege: mayTransfer,
		At:        []string{"/customers/{customer}/transfer/distributor"},
	},
	"GET /customers/:number/transfer/plans": {
		Privilege: mayTransfer,
		At:        []string{"/customers/{customer}/transfer/plans"}, Seen: answered,
	},
	"GET /customers/:number/transfer/rate": {
		Privilege: mayTransfer,
		At:        []string{"/customers/{customer}/transfer/rate"}, Seen: answered,
	},
	"GET /customers/:number/transfer/rate/conversion": {
		Privilege: mayTransfer,
		At:        []string{"/customers/{customer}/transfer/rate/conversion?rate=1"}, Seen: []int{200, 404},
	},
	"GET /customers/:number/transfer/confirm": {
		Privilege: mayTransfer,
		At:        []string{"/customers/{customer}/transfer/confirm"}, Seen: answered,
	},
	"GET /customers/:number/transfer/confirm/records/:kind": {
		Privilege: mayTransfer,
		At:        []string{"/customers/{customer}/transfer/confirm/records/invoice"}, Seen: answered,
	},
	"GET /customers/:number/transfer/confirm/preview.csv": {
		Privilege: mayTransfer,
		At:        []string{"/customers/{customer}/transfer/confirm/preview.csv"}, Seen: answered,
	},
	"POST /customers/:number/transfer/distributor": {Privilege: mayTransfer, Seen: formAgain, At: []string{
		"/customers/{customer}/transfer/distributor", "/customers/{own.customer}/transfer/distributor",
	}, Form: fields("distributor", "{distributor}", "mode", "subscriptions_only", "version", "1")},
	"POST /customers/:number/transfer/plans": {
		Privilege: mayTransfer,
		At:        []string{"/customers/{customer}/transfer/plans"}, Seen: formAgain,
	},
	"POST /customers/:number/transfer/rate": {
		Privilege: mayTransfer,
		At:        []string{"/customers/{customer}/transfer/rate"}, Seen: formAgain,
	},
	"POST /customers/:number/transfer/confirm": {
		Privilege: mayTransfer,
		At:        []string{"/customers/{customer}/transfer/confirm"}, Seen: answered,
	},
	"POST /customers/:number/transfer/cancel": {
		Privilege: mayTransfer,
		At:        []string{"/customers/{customer}/transfer/cancel"}, Seen: moved,
	},

	"GET /customers/merge": {Privilege: mayTransfer, At: []string{
		"/customers/merge?customer={customer}",
		"/customers/merge?customer={own.customer}&customer={customer}",
	}, Seen: formAgain},
	"GET /customers/:number/merge": {Privilege: mayTransfer, At: []string{
		"/customers/{customer}/merge",
		"/customers/{own.customer}/merge?target={customer}",
	}},
	"POST /customers/:number/merge": {
		Privilege: mayTransfer, Seen: answered, At: []string{
			"/customers/{customer}/merge",
			"/customers/{own.customer}/merge",
		},
		Form: fields("target", "{other}", "version", "1"),
	},
	"GET /customers/:number/merge/targets": {
		Privilege: mayTransfer,
		At: []string{
			"/customers/{customer}/merge/targets", "/customers/{own.customer}/merge/targets?q={customer}",
			"/customers/{own.customer}/merge/targets?q={customerName}",
			"/customers/{own.customer}/merge/targets?q={former}",
		},
	},
	"GET /customers/:number/merge/preview": {
		Privilege: mayTransfer,
		At:        []string{"/customers/{customer}/merge/preview"}, Seen: answered,
	},
	"POST /customers/:number/merge/preview": {
		Privilege: mayTransfer,
		At:        []string{"/customers/{customer}/merge/preview"}, Seen: answered,
	},
	"GET /customers/:number/merge/records/:kind": {
		Privilege: mayTransfer,
		At:        []string{"/customers/{customer}/merge/records/invoice"}, Seen: answered,
	},
	"GET /customers/:number/merge/preview.csv": {
		Privilege: mayTransfer,
		At:        []string{"/customers/{customer}/merge/preview.csv"}, Seen: answered,
	},
	"GET /customers/:number/merge/confirm": {
		Privilege: mayTransfer,
		At:        []string{"/customers/{customer}/merge/confirm"}, Seen: answered,
	},
	"POST /customers/:number/merge/confirm": {
		Privilege: mayTransfer,
		At:        []string{"/customers/{customer}/merge/confirm"}, Seen: answered,
	},
	"POST /customers/:number/merge/cancel": {
		Privilege: mayTransfer,
		At:        []string{"/customers/{customer}/merge/cancel"}, Seen: moved,
	},

	"GET /subscriptions/transfer": {
		Privilege: mayTransfer,
		At:        []string{"/subscriptions/transfer?subscription={subscription}"}, Seen: moved,
	},
	"GET /customers/:number/transfer-subscriptions": {Privilege: mayTransfer, Seen: []int{200, 422}, At: []string{
		"/customers/{customer}/transfer-subscriptions?subscription={subscription}",
		"/customers/{own.customer}/transfer-subscriptions?subscription={subscription}",
		"/customers/{own.customer}/transfer-subscriptions?subscription={own.subscription}&target={customer}",
	}},
	"POST /customers/:number/transfer-subscriptions": {Privilege: mayTransfer, Seen: answered, At: []string{
		"/customers/{customer}/transfer-subscriptions", "/customers/{own.customer}/transfer-subscriptions",
	}, Form: fields("target", "{other}", "subscription", "{own.subscription}", "version", "1")},
	"GET /customers/:number/transfer-subscriptions/targets": {
		Privilege: mayTransfer,
		At: []string{
			"/customers/{customer}/transfer-subscriptions/targets",
			"/customers/{own.customer}/transfer-subscriptions/targets?q={customer}",
		},
	},
	"GET /customers/:number/transfer-subscriptions/preview": {
		Privilege: mayTransfer,
		At:        []string{"/customers/{customer}/transfer-subscriptions/preview"}, Seen: answered,
	},
	"POST /customers/:number/transfer-subscriptions/preview": {
		Privilege: mayTransfer,
		At:        []string{"/customers/{customer}/transfer-subscriptions/preview"}, Seen: answered,
	},
	"GET /customers/:number/transfer-subscriptions/records/:kind": {
		Privilege: mayTransfer,
		At:        []string{"/customers/{customer}/transfer-subscriptions/records/invoice"}, Seen: answered,
	},
	"GET /customers/:number/transfer-subscriptions/preview.csv": {
		Privilege: mayTransfer,
		At:        []string{"/customers/{customer}/transfer-subscriptions/preview.csv"}, Seen: answered,
	},
	"GET /customers/:number/transfer-subscriptions/confirm": {
		Privilege: mayTransfer,
		At:        []string{"/customers/{customer}/transfer-subscriptions/confirm"}, Seen: answered,
	},
	"POST /customers/:number/transfer-subscriptions/confirm": {
		Privilege: mayTransfer,
		At:        []string{"/customers/{customer}/transfer-subscriptions/confirm"}, Seen: answered,
	},
	"POST /customers/:number/transfer-subscriptions/cancel": {
		Privilege: mayTransfer,
		At:        []string{"/customers/{customer}/transfer-subscriptions/cancel"}, Seen: moved,
	},
}
