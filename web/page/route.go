package page

import (
	"handover/internal/identity"
)

// Public is the privilege of a page that needs no sign-in.
const Public identity.Privilege = ""

// Route is one address with what one must be allowed to do to open it.
type Route struct {
	Method    string
	Path      string
	Privilege identity.Privilege
	Handler   func(*Page) error
	Options   RouteOptions
}

// RouteOptions are what few routes need.
type RouteOptions struct {
	MaxBody      string // "200M"; forms have maxBody
	Live         bool   // stays open: no time limit
	ProviderOnly bool   // concerns the whole installation: the Reseller Control Panel has no such page
	Unenrolled   bool   // open to those who must set up their second factor before anything else
}
