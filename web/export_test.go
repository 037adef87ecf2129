package web

import (
	"net/http"
	"slices"
)

// Contrast and BrandCSS let tests look at the computed colours.
var (
	Contrast = contrast
	BrandCSS = brandCSS
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
