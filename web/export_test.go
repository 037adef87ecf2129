package web

import (
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"handover/web/page"
)

// HTTPServer returns the server with its time limits.
func (s *Server) HTTPServer() *http.Server { return s.httpServer() }

// Hurry makes every time of a connection that long, before the server serves.
func (s *Server) Hurry(d time.Duration) { s.times = times{d, d, d, 20 * d, d, d} }

// LocalPath is what follows ?next= and ?back=.
func LocalPath(address, fallback string) string { return page.LocalPath(address, fallback) }

// LimitTime is what every handler but live ones runs in.
var LimitTime = limitTime

// RequestTime is what LimitTime allows.
const RequestTime = requestTime

// Contrast and BrandCSS let tests look at the computed colours.
var (
	Contrast = page.Contrast
	BrandCSS = page.BrandCSS
)

// RegisteredRoutes returns every address that the server answers, as "GET /pcp/customers/:number",
// from the router itself.
func (s *Server) RegisteredRoutes() []string {
	var out []string
	for _, r := range s.echo.Routes() {
		if r.Method != http.MethodHead && r.Method != "echo_route_not_found" {
			out = append(out, r.Method+" "+r.Path)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Paced serves the handler on an echo route with the options, within the times of the server.
func (s *Server) Paced(o page.RouteOptions, handler echo.HandlerFunc) *http.Server {
	e := echo.New()
	e.Any("/", handler, paceRoute(o))
	server := s.httpServer()
	server.Handler = s.pace(e)
	return server
}

// BufferAnswers keeps an answer until it is complete.
var BufferAnswers = bufferAnswers
