package web

import (
	"handover/internal/engine"
	"handover/internal/identity"
	"handover/web/page"
)

// Address is one address of the panels, or outside of them.
type Address struct {
	Method  string             `json:"method"`
	Path    string             `json:"path"` // "/pcp/customers/:number"
	Needs   identity.Privilege `json:"needs,omitempty"`
	Public  bool               `json:"public,omitempty"`   // needs no sign-in
	Live    bool               `json:"live,omitempty"`     // stays open: no time limit
	MaxBody string             `json:"max_body,omitempty"` // "" = that of forms
}

// Addresses lists every address outside and inside the panels, as the sections declare them, with
// what one must be allowed to do to open it. It needs no database.
func Addresses() []Address {
	frame := &page.Frame{Transfers: &engine.Engine{}}
	var out []Address
	add := func(prefix string, routes []page.Route) {
		for _, r := range routes {
			out = append(out, Address{
				Method: r.Method, Path: prefix + r.Path, Needs: r.Privilege, Public: r.Privilege == page.Public,
				Live: r.Options.Live, MaxBody: r.Options.MaxBody,
			})
		}
	}
	add("", (&Server{Frame: frame}).outerRoutes())
	for _, in := range page.Panels {
		add(in.Path, panelRoutes(frame))
	}
	return out
}
