package web

import (
	"net/http"

	"handover/internal/identity"
)

// outerRoutes are the addresses outside the panels.
func (s *Server) outerRoutes() []route {
	door := doorPages{door: s.Door, signOn: s.SignOn, cookies: s.Cookies}
	health := healthPages{db: s.DB, checks: s.checks, metrics: s.metrics}
	files := filePages{assets: s.Assets}
	mailed := mailedPages{office: s.office()}
	return []route{
		// Sign-in
		{Method: http.MethodGet, Path: "/", Privilege: public, Handler: door.start},
		{Method: http.MethodGet, Path: "/sign-in", Privilege: public, Handler: door.form},
		{Method: http.MethodPost, Path: "/sign-in", Privilege: public, Handler: door.signIn},
		{Method: http.MethodGet, Path: "/sign-in/code", Privilege: public, Handler: door.codeForm},
		{Method: http.MethodPost, Path: "/sign-in/code", Privilege: public, Handler: door.enterCode},
		{Method: http.MethodGet, Path: "/sign-in/oidc", Privilege: public, Handler: door.startSignOn},
		{Method: http.MethodGet, Path: "/sign-in/oidc/callback", Privilege: public, Handler: door.finishSignOn},
		{Method: http.MethodPost, Path: "/sign-out", Privilege: identity.Read, Handler: door.signOut, Options: routeOptions{Unenrolled: true}},
		{Method: http.MethodPost, Path: "/preferences", Privilege: public, Handler: savePreferences},

		// Links in mails
		{Method: http.MethodGet, Path: "/forgot-password", Privilege: public, Handler: mailed.forgotForm},
		{Method: http.MethodPost, Path: "/forgot-password", Privilege: public, Handler: mailed.forgot},
		{Method: http.MethodGet, Path: "/invitation/:token", Privilege: public, Handler: mailed.open(identity.ForInvitation)},
		{Method: http.MethodPost, Path: "/invitation/:token", Privilege: public, Handler: mailed.use(identity.ForInvitation)},
		{Method: http.MethodGet, Path: "/reset/:token", Privilege: public, Handler: mailed.open(identity.ForReset)},
		{Method: http.MethodPost, Path: "/reset/:token", Privilege: public, Handler: mailed.use(identity.ForReset)},

		// Files
		{Method: http.MethodGet, Path: "/static/:name", Privilege: public, Handler: files.asset},
		{Method: http.MethodGet, Path: "/brand/:color", Privilege: public, Handler: files.brand},

		// Health
		{Method: http.MethodGet, Path: "/healthz", Privilege: public, Handler: health.alive},
		{Method: http.MethodGet, Path: "/readyz", Privilege: public, Handler: health.ready},
		{Method: http.MethodGet, Path: "/metrics", Privilege: public, Handler: health.numbers},
	}
}
