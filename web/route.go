package web

import (
	"handover/internal/identity"
)

// public is the privilege of a page that needs no sign-in.
const public identity.Privilege = ""

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
	MaxBody      string // "200M"; forms have maxBody
	Live         bool   // stays open: no time limit
	ProviderOnly bool   // concerns the whole installation: the Reseller Control Panel has no such page
	Unenrolled   bool   // open to those who must set up their second factor before anything else
}
