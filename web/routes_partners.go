package web

import (
	"net/http"

	"handover/internal/identity"
	"handover/internal/settings"
)

// partnerRoutes are Partners > Distributors.
func partnerRoutes(f *Frame) []route {
	distributor := distributorPages{controls: f.controlForms()}
	may := identity.SettingsManage
	return []route{
		// Distributors
		{Method: http.MethodGet, Path: "/distributors", Privilege: identity.Read, Handler: distributor.list},
		{Method: http.MethodGet, Path: "/distributors/:number", Privilege: identity.Read, Handler: distributor.show},

		// Control settings
		{Method: http.MethodPost, Path: "/distributors/:number", Privilege: may, Handler: distributor.set(settings.TimeZone)},
		{Method: http.MethodPost, Path: "/distributors/:number/second-factor", Privilege: may, Handler: distributor.set(settings.SecondFactor)},
		{Method: http.MethodPost, Path: "/distributors/:number/approvals", Privilege: may, Handler: distributor.set(settings.Approvals)},
		{Method: http.MethodPost, Path: "/distributors/:number/changes/:id/approve", Privilege: may, Handler: distributor.approve},
		{Method: http.MethodPost, Path: "/distributors/:number/changes/:id/reject", Privilege: may, Handler: distributor.reject},
		{Method: http.MethodPost, Path: "/distributors/:number/changes/:id/withdraw", Privilege: may, Handler: distributor.withdraw},
	}
}
