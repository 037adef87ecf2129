package web

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
)

// panelRoutes are the pages of both panels, section by section; paths are below the
// panel's address. A new section is one more function here.
func panelRoutes(f *Frame) []route {
	return slices.Concat(
		homeRoutes(f),
		secondFactorRoutes(f),
		customerRoutes(f),
		contractRoutes(f),
		partnerRoutes(f),
		orderRoutes(f),
		wizardRoutes(f),
		dialogRoutes(f),
		financeRoutes(f),
		catalogRoutes(f),
		auditRoutes(f),
		outboxRoutes(f),
		templateRoutes(f),
		webhookRoutes(f),
		importRoutes(f),
		staffRoutes(f),
		accountRoutes(f),
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
		for i := range panels {
			in := &panels[i]
			if r.Path == "/" {
				s.add(in.Path, r, in)
			}
			s.add(in.Path+r.Path, r, in)
		}
	}
}

// add registers the route at the address; in is the panel that it belongs to, nil for
// an address outside both.
func (s *Server) add(path string, r route, in *panelInfo) {
	limit := maxBody
	if r.Options.MaxBody != "" {
		limit = r.Options.MaxBody
	}
	chain := []echo.MiddlewareFunc{middleware.BodyLimit(limit)}
	if !r.Options.Live {
		chain = append(chain, limitTime)
	}
	s.echo.Add(r.Method, path, s.Frame.guard(r, in), chain...)
	if r.Method == http.MethodGet {
		s.echo.Add(http.MethodHead, path, s.Frame.guard(r, in), chain...)
	}
}
