package web

import (
	"net/http"

	"handover/internal/identity"
	"handover/web/page"
	"handover/web/signin"
)

// outerRoutes are the addresses outside the panels.
func (s *Server) outerRoutes() []page.Route {
	door := signin.DoorPages{Door: s.Door, SignOn: s.SignOn, Cookies: s.Cookies}
	health := healthPages{db: s.DB, checks: s.checks, metrics: s.metrics}
	files := filePages{assets: s.Assets}
	mailed := signin.MailedPages{Office: s.Office()}
	return []page.Route{
		// Sign-in
		{Method: http.MethodGet, Path: "/", Privilege: page.Public, Handler: door.Start},
		{Method: http.MethodGet, Path: "/sign-in", Privilege: page.Public, Handler: door.Form},
		{Method: http.MethodPost, Path: "/sign-in", Privilege: page.Public, Handler: door.SignIn},
		{Method: http.MethodGet, Path: "/sign-in/code", Privilege: page.Public, Handler: door.CodeForm},
		{Method: http.MethodPost, Path: "/sign-in/code", Privilege: page.Public, Handler: door.EnterCode},
		{Method: http.MethodGet, Path: "/sign-in/oidc", Privilege: page.Public, Handler: door.StartSignOn},
		{Method: http.MethodGet, Path: "/sign-in/oidc/callback", Privilege: page.Public, Handler: door.FinishSignOn},
		{Method: http.MethodPost, Path: "/sign-out", Privilege: identity.Read, Handler: door.SignOut, Options: page.RouteOptions{Unenrolled: true}},
		{Method: http.MethodPost, Path: "/preferences", Privilege: page.Public, Handler: page.SavePreferences},

		// Links in mails
		{Method: http.MethodGet, Path: "/forgot-password", Privilege: page.Public, Handler: mailed.ForgotForm},
		{Method: http.MethodPost, Path: "/forgot-password", Privilege: page.Public, Handler: mailed.Forgot},
		{Method: http.MethodGet, Path: "/invitation/:token", Privilege: page.Public, Handler: mailed.Open(identity.ForInvitation)},
		{Method: http.MethodPost, Path: "/invitation/:token", Privilege: page.Public, Handler: mailed.Use(identity.ForInvitation)},
		{Method: http.MethodGet, Path: "/reset/:token", Privilege: page.Public, Handler: mailed.Open(identity.ForReset)},
		{Method: http.MethodPost, Path: "/reset/:token", Privilege: page.Public, Handler: mailed.Use(identity.ForReset)},

		// Files
		{Method: http.MethodGet, Path: "/static/:name", Privilege: page.Public, Handler: files.asset},
		{Method: http.MethodGet, Path: "/brand/:color", Privilege: page.Public, Handler: files.brand},

		// Health
		{Method: http.MethodGet, Path: "/healthz", Privilege: page.Public, Handler: health.alive},
		{Method: http.MethodGet, Path: "/readyz", Privilege: page.Public, Handler: health.ready},
		{Method: http.MethodGet, Path: "/metrics", Privilege: page.Public, Handler: health.numbers},
	}
}
