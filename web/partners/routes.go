package partners

import (
	"net/http"

	"handover/internal/identity"
	"handover/internal/settings"
	"handover/web/page"
)

// Routes are Partners > Distributors.
func Routes(f *page.Frame) []page.Route {
	distributor := distributorPages{controls: f.ControlForms()}
	may := identity.SettingsManage
	return []page.Route{
		// Distributors
		{Method: http.MethodGet, Path: "/distributors", Privilege: identity.Read, Handler: distributor.list},
		{Method: http.MethodGet, Path: "/distributors/:number", Privilege: identity.Read, Handler: distributor.show},

		// Control settings
		{
			Method: http.MethodPost, Path: "/distributors/:number", Privilege: may,
			Handler: distributor.set(settings.TimeZone),
		},
		{
			Method: http.MethodPost, Path: "/distributors/:number/second-factor", Privilege: may,
			Handler: distributor.set(settings.SecondFactor),
		},
		{
			Method: http.MethodPost, Path: "/distributors/:number/approvals", Privilege: may,
			Handler: distributor.set(settings.Approvals),
		},
		{
			Method: http.MethodPost, Path: "/distributors/:number/locks", Privilege: may, Handler: distributor.lock,
			Options: page.RouteOptions{ProviderOnly: true},
		},
		{
			Method: http.MethodPost, Path: "/distributors/:number/changes/:id/approve", Privilege: may,
			Handler: distributor.approve,
		},
		{
			Method: http.MethodPost, Path: "/distributors/:number/changes/:id/reject", Privilege: may,
			Handler: distributor.reject,
		},
		{
			Method: http.MethodPost, Path: "/distributors/:number/changes/:id/withdraw", Privilege: may,
			Handler: distributor.withdraw,
		},
	}
}
