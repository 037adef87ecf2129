package web

import (
	"net/http"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"handover/internal/identity"
)

// public stands where a page needs no sign-in.
const public identity.Privilege = ""

// panel is the address of the provider's panel.
const panel = "/pcp"

// route is one address with what one must be allowed to do to open it.
type route struct {
	Method    string
	Path      string
	Privilege identity.Privilege
	Handler   func(*page) error
	Options   routeOptions
}

// routeOptions are what few routes need.
type routeOptions struct {
	MaxBody string // "200M"; forms have maxBody
	Live    bool   // stays open: no time limit
}

// outerRoutes are the addresses outside the panel.
func (s *Server) outerRoutes() []route {
	door := doorPages{door: s.door, cookies: s.cookies}
	health := healthPages{db: s.deps.DB, checks: s.deps.Checks, metrics: s.metrics}
	files := filePages{assets: s.assets}
	return []route{
		// Sign-in
		{Method: http.MethodGet, Path: "/", Privilege: public, Handler: door.start},
		{Method: http.MethodGet, Path: "/sign-in", Privilege: public, Handler: door.form},
		{Method: http.MethodPost, Path: "/sign-in", Privilege: public, Handler: door.signIn},
		{Method: http.MethodPost, Path: "/sign-out", Privilege: identity.Read, Handler: door.signOut},
		{Method: http.MethodPost, Path: "/preferences", Privilege: public, Handler: savePreferences},

		// Files
		{Method: http.MethodGet, Path: "/static/:name", Privilege: public, Handler: files.asset},
		{Method: http.MethodGet, Path: "/brand/:color", Privilege: public, Handler: files.brand},

		// Health
		{Method: http.MethodGet, Path: "/healthz", Privilege: public, Handler: health.alive},
		{Method: http.MethodGet, Path: "/readyz", Privilege: public, Handler: health.ready},
		{Method: http.MethodGet, Path: "/metrics", Privilege: public, Handler: health.numbers},
	}
}

// panelRoutes are the pages of the panel; paths are below its address.
func (s *Server) panelRoutes() []route {
	home := homePages{pages: s.navPaths}
	order := orderPages{db: s.deps.DB}
	rates := ratePages{db: s.deps.DB}
	return []route{
		// Home
		{Method: http.MethodGet, Path: "/", Privilege: identity.Read, Handler: home.show},

		// Orders
		{Method: http.MethodGet, Path: "/orders", Privilege: identity.Read, Handler: order.list},
		{Method: http.MethodGet, Path: "/orders/export", Privilege: identity.ExportRun, Handler: order.export, Options: routeOptions{Live: true}},

		// Exchange rates
		{Method: http.MethodGet, Path: "/rates", Privilege: identity.Read, Handler: rates.list},
		{Method: http.MethodGet, Path: "/rates/export", Privilege: identity.ExportRun, Handler: rates.export, Options: routeOptions{Live: true}},
		{Method: http.MethodGet, Path: "/rates/new", Privilege: identity.RatesManage, Handler: rates.newForm},
		{Method: http.MethodPost, Path: "/rates/new", Privilege: identity.RatesManage, Handler: rates.add},
		{Method: http.MethodGet, Path: "/rates/ecb", Privilege: identity.RatesManage, Handler: rates.ecbForm},
		{Method: http.MethodPost, Path: "/rates/ecb", Privilege: identity.RatesManage, Handler: rates.upload, Options: routeOptions{MaxBody: ecbBody}},
	}
}

func (s *Server) register() {
	for _, r := range s.outerRoutes() {
		s.add(r.Path, r)
	}
	for _, r := range s.panelRoutes() {
		path := panel + r.Path
		if r.Path == "/" {
			s.add(panel, r)
		}
		s.add(path, r)
		if r.Method == http.MethodGet {
			s.navPaths[r.Path] = r.Privilege
		}
	}
}

func (s *Server) add(path string, r route) {
	limit := maxBody
	if r.Options.MaxBody != "" {
		limit = r.Options.MaxBody
	}
	chain := []echo.MiddlewareFunc{middleware.BodyLimit(limit)}
	if !r.Options.Live {
		chain = append(chain, limitTime)
	}
	s.echo.Add(r.Method, path, s.guard(r), chain...)
}
