package account

import (
	"net/http"
	"slices"

	"handover/internal/identity"
	"handover/web/page"
)

// Routes are everybody's own account.
func Routes(f *page.Frame) []page.Route {
	return slices.Concat(accountRoutes(f), secondFactorRoutes(f))
}

// secondFactorRoutes are one's own second factor.
func secondFactorRoutes(f *page.Frame) []page.Route {
	factor := factorPages{authenticator: f.Authenticator, cookies: f.Cookies}
	open := page.RouteOptions{Unenrolled: true}
	return []page.Route{
		// Second factor
		{
			Method: http.MethodGet, Path: "/account/second-factor", Privilege: identity.Read, Handler: factor.show,
			Options: open,
		},
		{
			Method: http.MethodGet, Path: "/account/second-factor/picture.png", Privilege: identity.Read,
			Handler: factor.picture, Options: open,
		},
		{
			Method: http.MethodPost, Path: "/account/second-factor/start", Privilege: identity.Read,
			Handler: factor.start, Options: open,
		},
		{
			Method: http.MethodPost, Path: "/account/second-factor/cancel", Privilege: identity.Read,
			Handler: factor.cancel, Options: open,
		},
		{
			Method: http.MethodPost, Path: "/account/second-factor/confirm", Privilege: identity.Read,
			Handler: factor.confirm, Options: open,
		},
		{
			Method: http.MethodPost, Path: "/account/second-factor/codes", Privilege: identity.Read,
			Handler: factor.renew,
		},
		{
			Method: http.MethodPost, Path: "/account/second-factor/off", Privilege: identity.Read,
			Handler: factor.turnOff,
		},
	}
}

// accountRoutes are everybody's own account.
func accountRoutes(f *page.Frame) []page.Route {
	account := accountPages{db: f.DB, authenticator: f.Authenticator, cookies: f.Cookies, controls: f.ControlForms()}
	return []page.Route{
		// Account
		{Method: http.MethodGet, Path: "/account", Privilege: identity.Read, Handler: account.show},
		{Method: http.MethodPost, Path: "/account/settings", Privilege: identity.Read, Handler: account.saveSettings},
		{Method: http.MethodPost, Path: "/account/views", Privilege: identity.Read, Handler: account.saveView},
		{Method: http.MethodPost, Path: "/account/views/remove", Privilege: identity.Read, Handler: account.removeView},
		{Method: http.MethodPost, Path: "/account/columns", Privilege: identity.Read, Handler: account.saveColumns},
		{Method: http.MethodPost, Path: "/account/mails", Privilege: identity.Read, Handler: account.saveMails},
		{Method: http.MethodGet, Path: "/account/tokens", Privilege: identity.Read, Handler: account.tokens},
		{Method: http.MethodPost, Path: "/account/tokens", Privilege: identity.Read, Handler: account.createToken},
		{
			Method: http.MethodPost, Path: "/account/tokens/revoke", Privilege: identity.Read,
			Handler: account.revokeToken,
		},
		{Method: http.MethodPost, Path: "/account/password", Privilege: identity.Read, Handler: account.changePassword},
		{Method: http.MethodPost, Path: "/account/sessions/end", Privilege: identity.Read, Handler: account.endSession},
		{
			Method: http.MethodPost, Path: "/account/sessions/end-others", Privilege: identity.Read,
			Handler: account.endOthers,
		},
	}
}
