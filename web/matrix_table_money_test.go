package web_test

import (
	"handover/internal/identity"
)

// moneyPages are Finance and what follows it.
var moneyPages = map[string]expectation{
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
}
