package signin

import (
	"net/http"

	"handover/internal/identity"
	"handover/web/page"
)

// Routes are the addresses outside the panels by which people come in.
func Routes(f *page.Frame) []page.Route {
	authenticator := signInPages{authenticator: f.Authenticator, signOn: f.SignOn, cookies: f.Cookies}
	mailed := mailedPages{service: f.StaffService()}
	return []page.Route{
		// Sign-in
		{Method: http.MethodGet, Path: "/", Privilege: page.Public, Handler: authenticator.start},
		{Method: http.MethodGet, Path: "/sign-in", Privilege: page.Public, Handler: authenticator.form},
		{Method: http.MethodPost, Path: "/sign-in", Privilege: page.Public, Handler: authenticator.signIn},
		{Method: http.MethodGet, Path: "/sign-in/code", Privilege: page.Public, Handler: authenticator.codeForm},
		{Method: http.MethodPost, Path: "/sign-in/code", Privilege: page.Public, Handler: authenticator.enterCode},
		{Method: http.MethodGet, Path: "/sign-in/oidc", Privilege: page.Public, Handler: authenticator.startSignOn},
		{
			Method: http.MethodGet, Path: "/sign-in/oidc/callback", Privilege: page.Public,
			Handler: authenticator.finishSignOn,
		},
		{
			Method: http.MethodPost, Path: "/sign-out", Privilege: identity.Read, Handler: authenticator.signOut,
			Options: page.RouteOptions{Unenrolled: true},
		},

		// Links in mails
		{Method: http.MethodGet, Path: "/forgot-password", Privilege: page.Public, Handler: mailed.forgotForm},
		{Method: http.MethodPost, Path: "/forgot-password", Privilege: page.Public, Handler: mailed.forgot},
		{
			Method: http.MethodGet, Path: "/invitation/:token", Privilege: page.Public,
			Handler: mailed.open(identity.ForInvitation),
		},
		{
			Method: http.MethodPost, Path: "/invitation/:token", Privilege: page.Public,
			Handler: mailed.use(identity.ForInvitation),
		},
		{
			Method: http.MethodGet, Path: "/reset/:token", Privilege: page.Public,
			Handler: mailed.open(identity.ForReset),
		},
		{
			Method: http.MethodPost, Path: "/reset/:token", Privilege: page.Public,
			Handler: mailed.use(identity.ForReset),
		},
	}
}
