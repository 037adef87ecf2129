package finance

import (
	"net/http"

	"handover/internal/identity"
	"handover/web/page"
)

// Routes are the pages of Finance.
func Routes(f *page.Frame) []page.Route { return append(bookRoutes(f), rateRoutes(f)...) }

func bookRoutes(f *page.Frame) []page.Route {
	period := periodPages{db: f.DB}
	journal := journalPages{}
	books, chart := reconciliationPages{db: f.DB}, chartPages{controls: f.ControlForms()}
	return []page.Route{
		// Financial periods
		{Method: http.MethodGet, Path: "/periods", Privilege: identity.Read, Handler: period.list},
		{Method: http.MethodGet, Path: "/periods/new", Privilege: identity.PeriodsManage, Handler: period.newForm},
		{Method: http.MethodPost, Path: "/periods/new", Privilege: identity.PeriodsManage, Handler: period.add},
		{Method: http.MethodPost, Path: "/periods/:id", Privilege: identity.PeriodsManage, Handler: period.setStatus},

		// Journal
		{Method: http.MethodGet, Path: "/journal", Privilege: identity.JournalRead, Handler: journal.list},
		{
			Method: http.MethodGet, Path: "/journal/export", Privilege: identity.JournalRead, Handler: journal.export,
			Options: page.RouteOptions{Live: true},
		},

		// Reconciliation
		{Method: http.MethodGet, Path: "/chart", Privilege: identity.JournalRead, Handler: chart.show},
		{Method: http.MethodPost, Path: "/chart/:number", Privilege: identity.SettingsManage, Handler: chart.save},
		{Method: http.MethodGet, Path: "/reconciliation", Privilege: identity.JournalRead, Handler: books.list},
		{
			Method: http.MethodPost, Path: "/reconciliation", Privilege: identity.JournalRead, Handler: books.check,
			Options: page.RouteOptions{Live: true},
		},
		{
			Method: http.MethodGet, Path: "/reconciliation/export", Privilege: identity.JournalRead,
			Handler: books.export, Options: page.RouteOptions{Live: true},
		},
		{
			Method: http.MethodGet, Path: "/reconciliation/accounts/:number", Privilege: identity.JournalRead,
			Handler: books.account,
		},
		{
			Method: http.MethodGet, Path: "/reconciliation/orders/:number", Privilege: identity.JournalRead,
			Handler: books.order,
		},
		{Method: http.MethodGet, Path: "/reconciliation/:name", Privilege: identity.JournalRead, Handler: books.items},
		{
			Method: http.MethodGet, Path: "/reconciliation/:name/export", Privilege: identity.JournalRead,
			Handler: books.exportItems, Options: page.RouteOptions{Live: true},
		},
	}
}

func rateRoutes(f *page.Frame) []page.Route {
	rates := ratePages{db: f.DB}
	return []page.Route{
		{Method: http.MethodGet, Path: "/rates", Privilege: identity.Read, Handler: rates.list},
		{
			Method: http.MethodGet, Path: "/rates/export", Privilege: identity.ExportRun, Handler: rates.export,
			Options: page.RouteOptions{Live: true},
		},
		{
			Method: http.MethodGet, Path: "/rates/new", Privilege: identity.RatesManage, Handler: rates.newForm,
			Options: page.RouteOptions{ProviderOnly: true},
		},
		{
			Method: http.MethodPost, Path: "/rates/new", Privilege: identity.RatesManage, Handler: rates.add,
			Options: page.RouteOptions{ProviderOnly: true},
		},
		{
			Method: http.MethodGet, Path: "/rates/:id/withdraw", Privilege: identity.RatesManage,
			Handler: rates.withdrawForm, Options: page.RouteOptions{ProviderOnly: true},
		},
		{
			Method: http.MethodPost, Path: "/rates/:id/withdraw", Privilege: identity.RatesManage,
			Handler: rates.withdraw, Options: page.RouteOptions{ProviderOnly: true},
		},
		{
			Method: http.MethodGet, Path: "/rates/ecb", Privilege: identity.RatesManage, Handler: rates.ecbForm,
			Options: page.RouteOptions{ProviderOnly: true},
		},
		{
			Method: http.MethodPost, Path: "/rates/ecb", Privilege: identity.RatesManage, Handler: rates.upload,
			Options: page.RouteOptions{MaxBody: ecbBody, ProviderOnly: true},
		},
	}
}
