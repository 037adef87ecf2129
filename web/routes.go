package web

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"handover/web/account"
	"handover/web/customers"
	"handover/web/finance"
	"handover/web/home"
	"handover/web/orders"
	"handover/web/page"
	"handover/web/partners"
	"handover/web/plans"
	"handover/web/subscriptions"
	"handover/web/system"
	"handover/web/transfers"
)

// panelRoutes are the pages of both panels, section by section; paths are below the
// panel's address. A new section is one more function here.
func panelRoutes(f *page.Frame) []page.Route {
	return slices.Concat(
		home.Routes(f),
		customers.Routes(f),
		subscriptions.Routes(f),
		transfers.Routes(f),
		orders.Routes(f),
		finance.Routes(f),
		plans.Routes(f),
		partners.Routes(f),
		system.Routes(f),
		account.Routes(f),
	)
}

func (s *Server) register() {
	for _, r := range s.outerRoutes() {
		s.add(r.Path, r, nil)
	}
	for _, r := range panelRoutes(s.Frame) {
		if r.Method == http.MethodGet {
			s.Pages[r.Path] = r
		}
		for i := range page.Panels {
			in := &page.Panels[i]
			if r.Path == "/" {
				s.add(in.Path, r, in)
			}
			s.add(in.Path+r.Path, r, in)
		}
	}
}

// add registers the route at the address; in is the panel that it belongs to, nil for
// an address outside both.
func (s *Server) add(path string, r page.Route, in *page.PanelInfo) {
	limit := maxBody
	switch {
	case r.Options.MaxBody != "":
		limit = r.Options.MaxBody
	case r.Privilege == page.Public:
		limit = maxPublic
	}
	chain := []echo.MiddlewareFunc{paceRoute(r.Options), middleware.BodyLimit(limit)}
	if r.Options.Live {
		chain = append(chain, limitDatabase)
	} else {
		chain = append(chain, limitTime)
	}
	s.echo.Add(r.Method, path, s.Frame.Guard(r, in), chain...)
	if r.Method == http.MethodGet {
		s.echo.Add(http.MethodHead, path, s.Frame.Guard(r, in), chain...)
	}
}
