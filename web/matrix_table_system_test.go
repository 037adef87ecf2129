package web_test

import (
	"handover/internal/identity"
)

// systemPages are the people, the audit log and the tools of the system.
var systemPages = map[string]expectation{
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
