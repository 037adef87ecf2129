package system

import (
	"net/http"
	"slices"

	"handover/internal/identity"
	"handover/internal/webhooks"
	"handover/web/page"
)

// Routes are the pages of System.
func Routes(f *page.Frame) []page.Route {
	return slices.Concat(auditRoutes(f), outboxRoutes(f), templateRoutes(f), webhookRoutes(f), importRoutes(f),
		staffRoutes(f))
}

// staffRoutes are System > Staff.
func staffRoutes(f *page.Frame) []page.Route {
	staff := staffPages{service: f.StaffService(), sends: f.SendsMail}
	return []page.Route{
		// Staff
		{Method: http.MethodGet, Path: "/staff", Privilege: identity.StaffRead, Handler: staff.list},
		{Method: http.MethodGet, Path: "/staff/roles", Privilege: identity.StaffRead, Handler: staff.roles},
		{Method: http.MethodGet, Path: "/staff/invite", Privilege: identity.StaffManage, Handler: staff.inviteForm},
		{Method: http.MethodPost, Path: "/staff/invite", Privilege: identity.StaffManage, Handler: staff.invite},
		{Method: http.MethodGet, Path: "/staff/:id", Privilege: identity.StaffRead, Handler: staff.show},
		{Method: http.MethodPost, Path: "/staff/:id", Privilege: identity.StaffManage, Handler: staff.change},
		{
			Method: http.MethodPost, Path: "/staff/:id/disable", Privilege: identity.StaffManage,
			Handler: staff.act(staff.service.Disable, msgDisabled, false),
		},
		{
			Method: http.MethodPost, Path: "/staff/:id/enable", Privilege: identity.StaffManage,
			Handler: staff.act(staff.service.Enable, msgEnabled, false),
		},
		{
			Method: http.MethodPost, Path: "/staff/:id/reset", Privilege: identity.StaffManage,
			Handler: staff.act(staff.service.SendReset, msgResetSent, true),
		},
		{
			Method: http.MethodPost, Path: "/staff/:id/second-factor/reset", Privilege: identity.StaffManage,
			Handler: staff.act(staff.service.ResetSecondFactor, msgFactorReset, false),
		},
		{
			Method: http.MethodPost, Path: "/staff/:id/invite", Privilege: identity.StaffManage,
			Handler: staff.act(staff.service.InviteAgain, msgInvitedAgain, true),
		},
		{
			Method: http.MethodPost, Path: "/staff/:id/withdraw", Privilege: identity.StaffManage,
			Handler: staff.act(staff.service.Withdraw, msgInvitationWithdrawn, false),
		},
		{
			Method: http.MethodPost, Path: "/staff/:id/tokens/revoke", Privilege: identity.StaffManage,
			Handler: staff.revokeToken,
		},
	}
}

// auditRoutes are System > Audit Log.
func auditRoutes(f *page.Frame) []page.Route {
	log := auditPages{db: f.DB}
	return []page.Route{
		// Audit log
		{Method: http.MethodGet, Path: "/audit", Privilege: identity.AuditRead, Handler: log.list},
		{
			Method: http.MethodGet, Path: "/audit/export", Privilege: identity.AuditRead, Handler: log.export,
			Options: page.RouteOptions{Live: true},
		},
		{
			Method: http.MethodGet, Path: "/audit/chain.csv", Privilege: identity.AuditRead, Handler: log.chain,
			Options: page.RouteOptions{Live: true, ProviderOnly: true},
		},
		{
			Method: http.MethodGet, Path: "/audit/head", Privilege: identity.AuditRead, Handler: log.head,
			Options: page.RouteOptions{ProviderOnly: true},
		},
		{Method: http.MethodGet, Path: "/audit/:id", Privilege: identity.AuditRead, Handler: log.show},
	}
}

// outboxRoutes are System > Outbox.
func outboxRoutes(f *page.Frame) []page.Route {
	outbox := outboxPages{db: f.DB, sends: f.SendsMail}
	return []page.Route{
		// Outbox
		{Method: http.MethodGet, Path: "/outbox", Privilege: identity.OutboxRead, Handler: outbox.list},
		{Method: http.MethodGet, Path: "/outbox/:id", Privilege: identity.OutboxRead, Handler: outbox.show},
		{Method: http.MethodGet, Path: "/outbox/:id/html", Privilege: identity.OutboxRead, Handler: outbox.html},
		{Method: http.MethodPost, Path: "/outbox/:id/link", Privilege: identity.StaffManage, Handler: outbox.link},
		{Method: http.MethodPost, Path: "/outbox/:id/resend", Privilege: identity.OutboxResend, Handler: outbox.resend},
	}
}

// templateRoutes are System > Mail Templates.
func templateRoutes(f *page.Frame) []page.Route {
	templates := templatePages{db: f.DB}
	return []page.Route{
		// Mail templates
		{Method: http.MethodGet, Path: "/templates", Privilege: identity.SettingsManage, Handler: templates.list},
		{
			Method: http.MethodGet, Path: "/templates/:brand/:kind", Privilege: identity.SettingsManage,
			Handler: templates.show,
		},
		{
			Method: http.MethodPost, Path: "/templates/:brand/:kind", Privilege: identity.SettingsManage,
			Handler: templates.save,
		},
	}
}

// importRoutes are System > Import.
func importRoutes(f *page.Frame) []page.Route {
	imports := importPages{db: f.DB}
	return []page.Route{
		// Import
		{
			Method: http.MethodGet, Path: "/import", Privilege: identity.ImportRun, Handler: imports.show,
			Options: page.RouteOptions{ProviderOnly: true},
		},
		{
			Method: http.MethodPost, Path: "/import", Privilege: identity.ImportRun, Handler: imports.run,
			Options: page.RouteOptions{MaxBody: importBody, Live: true, ProviderOnly: true},
		},
		{
			Method: http.MethodGet, Path: "/import/export.zip", Privilege: identity.ExportRun, Handler: imports.export,
			Options: page.RouteOptions{Live: true, ProviderOnly: true},
		},
	}
}

// webhookRoutes are System > Webhooks.
func webhookRoutes(f *page.Frame) []page.Route {
	hooks := webhookPages{desk: f.Webhooks}
	may := identity.WebhooksManage
	return []page.Route{
		// Webhooks
		{Method: http.MethodGet, Path: "/webhooks", Privilege: may, Handler: hooks.list},
		{Method: http.MethodPost, Path: "/webhooks", Privilege: may, Handler: hooks.create},
		{Method: http.MethodGet, Path: "/webhooks/:id", Privilege: may, Handler: hooks.show},
		{Method: http.MethodPost, Path: "/webhooks/:id", Privilege: may, Handler: hooks.save},
		{Method: http.MethodPost, Path: "/webhooks/:id/test", Privilege: may, Handler: hooks.test},
		{Method: http.MethodPost, Path: "/webhooks/:id/rotate", Privilege: may, Handler: hooks.rotate},
		{
			Method: http.MethodPost, Path: "/webhooks/:id/enable", Privilege: may,
			Handler: hooks.status(webhooks.Enabled, msgWebhookEnabled),
		},
		{
			Method: http.MethodPost, Path: "/webhooks/:id/disable", Privilege: may,
			Handler: hooks.status(webhooks.Disabled, msgWebhookDisabled),
		},
		{
			Method: http.MethodPost, Path: "/webhooks/:id/remove", Privilege: may,
			Handler: hooks.status(webhooks.Removed, msgWebhookRemoved),
		},
		{Method: http.MethodGet, Path: "/webhooks/:id/messages/:message", Privilege: may, Handler: hooks.message},
		{
			Method: http.MethodPost, Path: "/webhooks/:id/messages/:message/replay", Privilege: may,
			Handler: hooks.replay,
		},
	}
}
