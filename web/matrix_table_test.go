package web_test

import (
	"net/url"

	"handover/internal/identity"
	"handover/internal/testdb"
)

// expectation is what one route of the panels is declared to answer. It repeats the
// privilege of the route on purpose: a change there has to be made here as well.
//
// Addresses and forms name the object as {customer}, {order} and so on; {own.customer} is
// always the reader's. What lies outside the reader's scope must be answered exactly as
// an object that does not exist: with 404 where the path names it, else with the same page.
type expectation struct {
	Privilege    identity.Privilege
	ProviderOnly bool
	At           []string // addresses below the panel; none = the route's own path
	Form         url.Values
	Seen         []int // answers where the reader may see the object; none = 200
}

func fields(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

const (
	mayRead     = identity.Read
	mayTransfer = identity.AccountsTransfer
	mayExport   = identity.ExportRun
)

var (
	moved     = []int{303}
	answered  = []int{200, 303, 409, 422}
	formAgain = []int{303, 422}
)

// expected is the one table of what every route of the panels answers.
var expected = map[string]expectation{
	"GET ":  {Privilege: mayRead, At: []string{""}},
	"GET /": {Privilege: mayRead},
	"GET /search": {Privilege: mayRead, At: []string{
		"/search?q={customer}", "/search?q={customerName}", "/search?q={former}", "/search?q={crm}",
		"/search?q={subscription}",
		"/search?q={order}", "/search?q={placed}", "/search?q={invoice}", "/search?q={external}",
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

	"GET /periods": {Privilege: mayRead, At: []string{"/periods", "/periods?distributor={distributor}"}},
	"GET /periods/new": {
		Privilege: identity.PeriodsManage,
		At:        []string{"/periods/new", "/periods/new?distributor={distributor}"},
	},
	"POST /periods/new": {
		Privilege: identity.PeriodsManage, At: []string{"/periods/new"},
		Form: fields("distributor", "{distributor}", "start", "2030-01-01", "end", "2030-01-31"), Seen: formAgain,
	},
	"POST /periods/:id": {
		Privilege: identity.PeriodsManage, At: []string{"/periods/{period}"},
		Form: fields("status", "open"), Seen: moved,
	},

	"GET /rates":        {Privilege: mayRead},
	"GET /rates/export": {Privilege: mayExport},
	"GET /rates/new":    {Privilege: identity.RatesManage, ProviderOnly: true},
	"POST /rates/new":   {Privilege: identity.RatesManage, ProviderOnly: true, Seen: formAgain},
	"GET /rates/:id/withdraw": {
		Privilege: identity.RatesManage, ProviderOnly: true, At: []string{"/rates/700001/withdraw"},
	},
	"POST /rates/:id/withdraw": {
		Privilege: identity.RatesManage, ProviderOnly: true, At: []string{"/rates/700001/withdraw"}, Seen: formAgain,
	},
	"GET /rates/ecb":  {Privilege: identity.RatesManage, ProviderOnly: true},
	"POST /rates/ecb": {Privilege: identity.RatesManage, ProviderOnly: true, Seen: formAgain},

	"GET /journal": {
		Privilege: identity.JournalRead,
		At: []string{
			"/journal", "/journal?distributor={distributor}", "/journal?customer={customer}",
			"/journal?q={invoice}",
		},
	},
	"GET /journal/export": {
		Privilege: identity.JournalRead,
		At:        []string{"/journal/export", "/journal/export?distributor={distributor}"},
	},

	"GET /chart": {
		Privilege: identity.JournalRead,
		At:        []string{"/chart", "/chart?distributor={distributor}"},
	},
	// no password
	"POST /chart/:number": {Privilege: identity.SettingsManage, At: []string{"/chart/{distributor}"}, Seen: []int{422}},
	"GET /reconciliation": {
		Privilege: identity.JournalRead,
		At:        []string{"/reconciliation", "/reconciliation?distributor={distributor}"},
	},
	"POST /reconciliation": {Privilege: identity.JournalRead, Seen: moved},
	"GET /reconciliation/export": {
		Privilege: identity.JournalRead,
		At:        []string{"/reconciliation/export", "/reconciliation/export?distributor={distributor}"},
	},
	"GET /reconciliation/:name": {Privilege: identity.JournalRead, Seen: []int{200, 404}, At: []string{
		"/reconciliation/receivable?distributor={distributor}&currency=EUR",
		"/reconciliation/documents?distributor={distributor}&currency=EUR",
		"/reconciliation/intercompany?distributor={distributor}&currency=EUR",
	}},
	"GET /reconciliation/:name/export": {
		Privilege: identity.JournalRead, Seen: []int{200, 404},
		At: []string{"/reconciliation/receivable/export?distributor={distributor}&currency=EUR"},
	},
	"GET /reconciliation/accounts/:number": {
		Privilege: identity.JournalRead,
		At:        []string{"/reconciliation/accounts/{customer}"},
	},
	"GET /reconciliation/orders/:number": {
		Privilege: identity.JournalRead,
		At:        []string{"/reconciliation/orders/{order}"},
	},

	"GET /plans": {Privilege: mayRead, At: []string{
		"/plans", "/plans?distributor={distributor}",
		"/plans?q={plan}",
	}},
	"GET /plans/export": {
		Privilege: mayExport,
		At:        []string{"/plans/export", "/plans/export?distributor={distributor}"},
	},

	"GET /audit": {Privilege: identity.AuditRead, At: []string{
		"/audit", "/audit?customer={customer}",
		"/audit?order={order}", "/audit?subject={customer}", "/audit?q={customer}",
	}},
	"GET /audit/export": {
		Privilege: identity.AuditRead,
		At:        []string{"/audit/export", "/audit/export?subject={customer}"},
	},
	"GET /audit/chain.csv": {Privilege: identity.AuditRead, ProviderOnly: true},
	"GET /audit/head":      {Privilege: identity.AuditRead, ProviderOnly: true},
	"GET /audit/:id":       {Privilege: identity.AuditRead, At: []string{"/audit/{entry}"}},

	"GET /staff": {Privilege: identity.StaffRead, At: []string{
		"/staff", "/staff?q={personName}",
		"/staff?distributor={distributor}",
	}},
	"GET /staff/roles":  {Privilege: identity.StaffRead},
	"GET /staff/invite": {Privilege: identity.StaffManage},
	"POST /staff/invite": {
		Privilege: identity.StaffManage, At: []string{"/staff/invite"},
		Form: fields("email", "new-{distributor}@mills.example", "name", "Another Person", "role", "support",
			"distributor", "{distributor}"), Seen: formAgain,
	},
	"GET /staff/:id": {Privilege: identity.StaffRead, At: []string{"/staff/{person}"}},
	"POST /staff/:id": {
		Privilege: identity.StaffManage, Seen: formAgain, At: []string{"/staff/{person}"},
		Form: fields("name", "{personName}", "role", "support", "distributor", "{distributor}"),
	},
	"POST /staff/:id/disable": {
		Privilege: identity.StaffManage, At: []string{"/staff/{person}/disable"},
		Seen: []int{303, 409},
	},
	"POST /staff/:id/enable": {
		Privilege: identity.StaffManage, At: []string{"/staff/{person}/enable"},
		Seen: []int{303, 409},
	},
	"POST /staff/:id/reset": {
		Privilege: identity.StaffManage, At: []string{"/staff/{person}/reset"},
		Seen: moved,
	},
	// there is none
	"POST /staff/:id/second-factor/reset": {
		Privilege: identity.StaffManage,
		At:        []string{"/staff/{person}/second-factor/reset"}, Seen: []int{409},
	},
	"POST /staff/:id/invite": {
		Privilege: identity.StaffManage, At: []string{"/staff/{person}/invite"},
		Seen: []int{409},
	},
	"POST /staff/:id/withdraw": {
		Privilege: identity.StaffManage, At: []string{"/staff/{person}/withdraw"},
		Seen: []int{409},
	},
	// it names none
	"POST /staff/:id/tokens/revoke": {
		Privilege: identity.StaffManage, At: []string{"/staff/{person}/tokens/revoke"},
		Seen: []int{404},
	},

	"GET /outbox": {Privilege: identity.OutboxRead, At: []string{
		"/outbox", "/outbox?q={mailed}",
		"/outbox?q={recipient}",
	}},
	"GET /outbox/:id":      {Privilege: identity.OutboxRead, At: []string{"/outbox/{mail}", "/outbox/{letter}"}},
	"GET /outbox/:id/html": {Privilege: identity.OutboxRead, At: []string{"/outbox/{mail}/html"}},
	"POST /outbox/:id/link": {
		Privilege: identity.StaffManage,
		At:        []string{"/outbox/{mail}/link", "/outbox/{letter}/link"}, Seen: []int{200, 409},
	},
	"POST /outbox/:id/resend": {
		Privilege: identity.OutboxResend, At: []string{"/outbox/{mail}/resend"},
		Seen: []int{303, 409},
	},

	"GET /webhooks": {Privilege: identity.WebhooksManage},
	// it has no address
	"POST /webhooks": {Privilege: identity.WebhooksManage, Seen: []int{422}},
	"GET /webhooks/:id": {
		Privilege: identity.WebhooksManage,
		At:        []string{"/webhooks/{webhook}"},
	},
	"POST /webhooks/:id": {
		Privilege: identity.WebhooksManage,
		At:        []string{"/webhooks/{webhook}"}, Seen: []int{422},
	},
	"POST /webhooks/:id/test": {
		Privilege: identity.WebhooksManage,
		At:        []string{"/webhooks/{webhook}/test"}, Seen: moved,
	},
	"POST /webhooks/:id/rotate": {
		Privilege: identity.WebhooksManage,
		At:        []string{"/webhooks/{webhook}/rotate"},
	},
	"POST /webhooks/:id/enable": {
		Privilege: identity.WebhooksManage,
		At:        []string{"/webhooks/{webhook}/enable"}, Seen: moved,
	},
	"POST /webhooks/:id/disable": {
		Privilege: identity.WebhooksManage,
		At:        []string{"/webhooks/{removed}/disable"}, Seen: []int{303, 404},
	},
	"POST /webhooks/:id/remove": {
		Privilege: identity.WebhooksManage,
		At:        []string{"/webhooks/{removed}/remove"}, Seen: []int{303, 404},
	},
	"GET /webhooks/:id/messages/:message": {
		Privilege: identity.WebhooksManage,
		At:        []string{"/webhooks/{webhook}/messages/{message}"},
	},
	"POST /webhooks/:id/messages/:message/replay": {
		Privilege: identity.WebhooksManage,
		At:        []string{"/webhooks/{webhook}/messages/{message}/replay"}, Seen: moved,
	},

	"GET /import":            {Privilege: identity.ImportRun, ProviderOnly: true},
	"POST /import":           {Privilege: identity.ImportRun, ProviderOnly: true, Seen: []int{422}},
	"GET /import/export.zip": {Privilege: mayExport, ProviderOnly: true},
}

// outer are the addresses outside the panels: they show no distributor's data.
var outer = map[string]identity.Privilege{
	"GET /": "", "GET /sign-in": "", "POST /sign-in": "", "GET /sign-in/code": "", "POST /sign-in/code": "",
	"GET /sign-in/oidc": "", "GET /sign-in/oidc/callback": "",
	"GET /forgot-password": "", "POST /forgot-password": "", "GET /invitation/:token": "",
	"POST /invitation/:token": "",
	"GET /reset/:token":       "", "POST /reset/:token": "", "POST /sign-out": mayRead, "POST /preferences": "",
	"GET /static/:name": "", "GET /brand/:color": "", "GET /healthz": "", "GET /readyz": "", "GET /metrics": "",
}
