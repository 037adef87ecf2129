package web

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"handover/internal/accounts"
	"handover/internal/identity"
	"handover/internal/settings"

	"handover/internal/engine"
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

// panelRoutes are the pages of both panels, section by section; paths are below the
// panel's address. A new section is one more function here.
func (s *Server) panelRoutes() []route {
	return slices.Concat(
		s.homeRoutes(),
		s.secondFactorRoutes(),
		s.customerRoutes(),
		s.contractRoutes(),
		s.partnerRoutes(),
		s.orderRoutes(),
		s.wizardRoutes(),
		s.dialogRoutes(),
		s.financeRoutes(),
		s.catalogRoutes(),
		s.auditRoutes(),
		s.outboxRoutes(),
		s.templateRoutes(),
		s.webhookRoutes(),
		s.importRoutes(),
		s.staffRoutes(),
		s.accountRoutes(),
	)
}

// homeRoutes are the pages that belong to no section.
func (s *Server) homeRoutes() []route {
	home := homePages{}
	search := searchPages{}
	bell := bellPages{db: s.deps.DB}
	return []route{
		// Home
		{Method: http.MethodGet, Path: "/", Privilege: identity.Read, Handler: home.show},

		// Bell
		{Method: http.MethodGet, Path: "/bell", Privilege: identity.Read, Handler: bell.show},
		{Method: http.MethodPost, Path: "/bell", Privilege: identity.Read, Handler: bell.read},

		// API
		{Method: http.MethodGet, Path: "/api", Privilege: identity.Read, Handler: apiPages{base: s.deps.BaseURL}.show},

		// Search
		{Method: http.MethodGet, Path: "/search", Privilege: identity.Read, Handler: search.show},
	}
}

// secondFactorRoutes are one's own second factor.
func (s *Server) secondFactorRoutes() []route {
	factor := factorPages{door: s.door, cookies: s.cookies}
	open := routeOptions{Unenrolled: true}
	return []route{
		// Second factor
		{Method: http.MethodGet, Path: "/account/second-factor", Privilege: identity.Read, Handler: factor.show, Options: open},
		{Method: http.MethodGet, Path: "/account/second-factor/picture.png", Privilege: identity.Read, Handler: factor.picture, Options: open},
		{Method: http.MethodPost, Path: "/account/second-factor/start", Privilege: identity.Read, Handler: factor.start, Options: open},
		{Method: http.MethodPost, Path: "/account/second-factor/cancel", Privilege: identity.Read, Handler: factor.cancel, Options: open},
		{Method: http.MethodPost, Path: "/account/second-factor/confirm", Privilege: identity.Read, Handler: factor.confirm, Options: open},
		{Method: http.MethodPost, Path: "/account/second-factor/codes", Privilege: identity.Read, Handler: factor.renew},
		{Method: http.MethodPost, Path: "/account/second-factor/off", Privilege: identity.Read, Handler: factor.turnOff},
	}
}

// customerRoutes are Billing > Operations > Customers, and the documents of customers.
func (s *Server) customerRoutes() []route {
	customer := customerPages{}
	document := documentPages{}
	return []route{
		// Customers
		{Method: http.MethodGet, Path: "/customers", Privilege: identity.Read, Handler: customer.list},
		{Method: http.MethodGet, Path: "/customers/export", Privilege: identity.ExportRun, Handler: customer.export, Options: routeOptions{Live: true}},
		{Method: http.MethodGet, Path: "/customers/:number", Privilege: identity.Read, Handler: customer.tab("", customerPages.general)},
		{Method: http.MethodGet, Path: "/customers/:number/subscriptions", Privilege: identity.Read, Handler: customer.tab("/subscriptions", customerPages.subscriptions)},
		{Method: http.MethodGet, Path: "/customers/:number/documents", Privilege: identity.Read, Handler: customer.tab("/documents", customerPages.documents)},
		{Method: http.MethodGet, Path: "/customers/:number/payment-methods", Privilege: identity.Read, Handler: customer.tab("/payment-methods", customerPages.methods)},
		{Method: http.MethodGet, Path: "/customers/:number/terms", Privilege: identity.Read, Handler: customer.tab("/terms", customerPages.terms)},
		{Method: http.MethodGet, Path: "/customers/:number/history", Privilege: identity.Read, Handler: customer.tab("/history", customerPages.history)},

		// Documents
		{Method: http.MethodGet, Path: "/documents/:kind/:ref", Privilege: identity.Read, Handler: document.show},
	}
}

// contractRoutes are Contracts & Orders > Subscription Contracts.
func (s *Server) contractRoutes() []route {
	subscription := subscriptionPages{}
	routes := []route{
		// Subscription contracts
		{Method: http.MethodGet, Path: "/subscriptions", Privilege: identity.Read, Handler: subscription.list},
		{Method: http.MethodGet, Path: "/subscriptions/export", Privilege: identity.ExportRun, Handler: subscription.export, Options: routeOptions{Live: true}},
		{Method: http.MethodGet, Path: "/subscriptions/:number", Privilege: identity.Read, Handler: subscription.show},
	}
	for _, k := range accounts.RecordKinds() {
		routes = append(routes, route{Method: http.MethodGet, Path: "/subscriptions/:number" + recordTab(k), Privilege: identity.Read, Handler: subscription.records(k)})
	}
	return routes
}

// partnerRoutes are Partners > Distributors.
func (s *Server) partnerRoutes() []route {
	distributor := distributorPages{controls: s.controlForms()}
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

// orderRoutes are Billing > Operations > Orders.
func (s *Server) orderRoutes() []route {
	order := orderPages{}
	one := orderPage{engine: s.deps.Transfers, streams: newStreams()}
	reverse := reversePages{engine: s.deps.Transfers}
	return []route{
		// Orders
		{Method: http.MethodGet, Path: "/orders", Privilege: identity.Read, Handler: order.list},
		{Method: http.MethodGet, Path: "/orders/export", Privilege: identity.ExportRun, Handler: order.export, Options: routeOptions{Live: true}},

		// Order
		{Method: http.MethodGet, Path: "/orders/:number", Privilege: identity.Read, Handler: one.show},
		{Method: http.MethodGet, Path: "/orders/:number/ledger", Privilege: identity.Read, Handler: one.ledger},
		{Method: http.MethodGet, Path: "/orders/:number/ledger.csv", Privilege: identity.ExportRun, Handler: one.exportLedger, Options: routeOptions{Live: true}},

		{Method: http.MethodGet, Path: "/orders/:number/order.pdf", Privilege: identity.Read, Handler: one.pdf},
		{Method: http.MethodGet, Path: "/orders/:number/progress", Privilege: identity.Read, Handler: one.progress, Options: routeOptions{Live: true}},
		{Method: http.MethodPost, Path: "/orders/:number/approve", Privilege: identity.OrdersApprove, Handler: one.approve},
		{Method: http.MethodPost, Path: "/orders/:number/reject", Privilege: identity.OrdersApprove, Handler: one.reject},
		{Method: http.MethodPost, Path: "/orders/:number/cancel", Privilege: identity.AccountsTransfer, Handler: one.cancel},
		{Method: http.MethodPost, Path: "/orders/:number/allow-rate", Privilege: identity.RatesOverride, Handler: one.allowRate},
		{Method: http.MethodPost, Path: "/orders/:number/retry", Privilege: identity.AccountsTransfer, Handler: one.retry},

		// Reversal
		{Method: http.MethodGet, Path: "/orders/:number/reverse", Privilege: identity.AccountsTransfer, Handler: reverse.show},
		{Method: http.MethodGet, Path: "/orders/:number/reverse/records/:kind", Privilege: identity.AccountsTransfer, Handler: reverse.records},
		{Method: http.MethodPost, Path: "/orders/:number/reverse", Privilege: identity.AccountsTransfer, Handler: reverse.execute, Options: routeOptions{Live: true}},
	}
}

// wizardRoutes are the steps of the Transfer Account Wizard.
func (s *Server) wizardRoutes() []route {
	wizard := wizardPages{engine: s.deps.Transfers}
	return []route{
		// Transfer Account Wizard
		{Method: http.MethodGet, Path: "/customers/:number/transfer", Privilege: identity.AccountsTransfer, Handler: wizard.start},
		{Method: http.MethodGet, Path: "/customers/:number/transfer/distributor", Privilege: identity.AccountsTransfer, Handler: wizard.show(engine.AskDistributor)},
		{Method: http.MethodPost, Path: "/customers/:number/transfer/distributor", Privilege: identity.AccountsTransfer, Handler: wizard.save(engine.AskDistributor)},
		{Method: http.MethodGet, Path: "/customers/:number/transfer/plans", Privilege: identity.AccountsTransfer, Handler: wizard.show(engine.AskPlans)},
		{Method: http.MethodPost, Path: "/customers/:number/transfer/plans", Privilege: identity.AccountsTransfer, Handler: wizard.save(engine.AskPlans)},
		{Method: http.MethodGet, Path: "/customers/:number/transfer/rate", Privilege: identity.AccountsTransfer, Handler: wizard.show(engine.AskRate)},
		{Method: http.MethodPost, Path: "/customers/:number/transfer/rate", Privilege: identity.AccountsTransfer, Handler: wizard.save(engine.AskRate)},
		{Method: http.MethodGet, Path: "/customers/:number/transfer/rate/conversion", Privilege: identity.AccountsTransfer, Handler: wizard.showConversion},
		{Method: http.MethodGet, Path: "/customers/:number/transfer/confirm", Privilege: identity.AccountsTransfer, Handler: wizard.show(engine.AskConfirm)},
		{Method: http.MethodPost, Path: "/customers/:number/transfer/confirm", Privilege: identity.AccountsTransfer, Handler: wizard.save(engine.AskConfirm), Options: routeOptions{Live: true}},
		{Method: http.MethodGet, Path: "/customers/:number/transfer/confirm/records/:kind", Privilege: identity.AccountsTransfer, Handler: wizard.records},
		{Method: http.MethodGet, Path: "/customers/:number/transfer/confirm/preview.csv", Privilege: identity.AccountsTransfer, Handler: wizard.previewCSV},
		{Method: http.MethodPost, Path: "/customers/:number/transfer/cancel", Privilege: identity.AccountsTransfer, Handler: wizard.cancel},
	}
}

// dialogRoutes are the dialogs Merge Customers and Transfer Subscriptions, which the
// lists lead to with what is selected.
func (s *Server) dialogRoutes() []route {
	merge := dialogPages{s.deps.Transfers, mergeDialog}
	moving := dialogPages{s.deps.Transfers, subscriptionsDialog}
	return []route{
		// Merge Customers
		{Method: http.MethodGet, Path: "/customers/merge", Privilege: identity.AccountsTransfer, Handler: merge.startMerge},
		{Method: http.MethodGet, Path: "/customers/:number/merge", Privilege: identity.AccountsTransfer, Handler: merge.show(selectStep)},
		{Method: http.MethodPost, Path: "/customers/:number/merge", Privilege: identity.AccountsTransfer, Handler: merge.save(selectStep, dialogPages.readSelect)},
		{Method: http.MethodGet, Path: "/customers/:number/merge/targets", Privilege: identity.AccountsTransfer, Handler: merge.targets},
		{Method: http.MethodGet, Path: "/customers/:number/merge/preview", Privilege: identity.AccountsTransfer, Handler: merge.show(previewStep)},
		{Method: http.MethodPost, Path: "/customers/:number/merge/preview", Privilege: identity.AccountsTransfer, Handler: merge.save(previewStep, dialogPages.readPreview)},
		{Method: http.MethodGet, Path: "/customers/:number/merge/records/:kind", Privilege: identity.AccountsTransfer, Handler: merge.records},
		{Method: http.MethodGet, Path: "/customers/:number/merge/preview.csv", Privilege: identity.AccountsTransfer, Handler: merge.previewCSV},
		{Method: http.MethodGet, Path: "/customers/:number/merge/confirm", Privilege: identity.AccountsTransfer, Handler: merge.show(confirmStep)},
		{Method: http.MethodPost, Path: "/customers/:number/merge/confirm", Privilege: identity.AccountsTransfer, Handler: merge.save(confirmStep, dialogPages.readConfirm), Options: routeOptions{Live: true}},
		{Method: http.MethodPost, Path: "/customers/:number/merge/cancel", Privilege: identity.AccountsTransfer, Handler: merge.cancel},

		// Transfer Subscriptions
		{Method: http.MethodGet, Path: "/subscriptions/transfer", Privilege: identity.AccountsTransfer, Handler: moving.startSubscriptions},
		{Method: http.MethodGet, Path: "/customers/:number/transfer-subscriptions", Privilege: identity.AccountsTransfer, Handler: moving.show(selectStep)},
		{Method: http.MethodPost, Path: "/customers/:number/transfer-subscriptions", Privilege: identity.AccountsTransfer, Handler: moving.save(selectStep, dialogPages.readSelect)},
		{Method: http.MethodGet, Path: "/customers/:number/transfer-subscriptions/targets", Privilege: identity.AccountsTransfer, Handler: moving.targets},
		{Method: http.MethodGet, Path: "/customers/:number/transfer-subscriptions/preview", Privilege: identity.AccountsTransfer, Handler: moving.show(previewStep)},
		{Method: http.MethodPost, Path: "/customers/:number/transfer-subscriptions/preview", Privilege: identity.AccountsTransfer, Handler: moving.save(previewStep, dialogPages.readPreview)},
		{Method: http.MethodGet, Path: "/customers/:number/transfer-subscriptions/records/:kind", Privilege: identity.AccountsTransfer, Handler: moving.records},
		{Method: http.MethodGet, Path: "/customers/:number/transfer-subscriptions/preview.csv", Privilege: identity.AccountsTransfer, Handler: moving.previewCSV},
		{Method: http.MethodGet, Path: "/customers/:number/transfer-subscriptions/confirm", Privilege: identity.AccountsTransfer, Handler: moving.show(confirmStep)},
		{Method: http.MethodPost, Path: "/customers/:number/transfer-subscriptions/confirm", Privilege: identity.AccountsTransfer, Handler: moving.save(confirmStep, dialogPages.readConfirm), Options: routeOptions{Live: true}},
		{Method: http.MethodPost, Path: "/customers/:number/transfer-subscriptions/cancel", Privilege: identity.AccountsTransfer, Handler: moving.cancel},
	}
}

// financeRoutes are the pages of Finance.
func (s *Server) financeRoutes() []route {
	period := periodPages{db: s.deps.DB}
	rates := ratePages{db: s.deps.DB}
	journal := journalPages{}
	books, chart := reconciliationPages{db: s.deps.DB}, chartPages{controls: s.controlForms()}
	return []route{
		// Financial periods
		{Method: http.MethodGet, Path: "/periods", Privilege: identity.Read, Handler: period.list},
		{Method: http.MethodGet, Path: "/periods/new", Privilege: identity.PeriodsManage, Handler: period.newForm},
		{Method: http.MethodPost, Path: "/periods/new", Privilege: identity.PeriodsManage, Handler: period.add},
		{Method: http.MethodPost, Path: "/periods/:id", Privilege: identity.PeriodsManage, Handler: period.setStatus},

		// Exchange rates
		{Method: http.MethodGet, Path: "/rates", Privilege: identity.Read, Handler: rates.list},
		{Method: http.MethodGet, Path: "/rates/export", Privilege: identity.ExportRun, Handler: rates.export, Options: routeOptions{Live: true}},
		{Method: http.MethodGet, Path: "/rates/new", Privilege: identity.RatesManage, Handler: rates.newForm, Options: routeOptions{ProviderOnly: true}},
		{Method: http.MethodPost, Path: "/rates/new", Privilege: identity.RatesManage, Handler: rates.add, Options: routeOptions{ProviderOnly: true}},
		{Method: http.MethodGet, Path: "/rates/:id/withdraw", Privilege: identity.RatesManage, Handler: rates.withdrawForm, Options: routeOptions{ProviderOnly: true}},
		{Method: http.MethodPost, Path: "/rates/:id/withdraw", Privilege: identity.RatesManage, Handler: rates.withdraw, Options: routeOptions{ProviderOnly: true}},
		{Method: http.MethodGet, Path: "/rates/ecb", Privilege: identity.RatesManage, Handler: rates.ecbForm, Options: routeOptions{ProviderOnly: true}},
		{Method: http.MethodPost, Path: "/rates/ecb", Privilege: identity.RatesManage, Handler: rates.upload, Options: routeOptions{MaxBody: ecbBody, ProviderOnly: true}},

		// Journal
		{Method: http.MethodGet, Path: "/journal", Privilege: identity.JournalRead, Handler: journal.list},
		{Method: http.MethodGet, Path: "/journal/export", Privilege: identity.JournalRead, Handler: journal.export, Options: routeOptions{Live: true}},

		// Reconciliation
		{Method: http.MethodGet, Path: "/chart", Privilege: identity.JournalRead, Handler: chart.show},
		{Method: http.MethodPost, Path: "/chart/:number", Privilege: identity.SettingsManage, Handler: chart.save},
		{Method: http.MethodGet, Path: "/reconciliation", Privilege: identity.JournalRead, Handler: books.list},
		{Method: http.MethodPost, Path: "/reconciliation", Privilege: identity.JournalRead, Handler: books.check, Options: routeOptions{Live: true}},
		{Method: http.MethodGet, Path: "/reconciliation/export", Privilege: identity.JournalRead, Handler: books.export, Options: routeOptions{Live: true}},
		{Method: http.MethodGet, Path: "/reconciliation/accounts/:number", Privilege: identity.JournalRead, Handler: books.account},
		{Method: http.MethodGet, Path: "/reconciliation/orders/:number", Privilege: identity.JournalRead, Handler: books.order},
		{Method: http.MethodGet, Path: "/reconciliation/:name", Privilege: identity.JournalRead, Handler: books.items},
		{Method: http.MethodGet, Path: "/reconciliation/:name/export", Privilege: identity.JournalRead, Handler: books.exportItems, Options: routeOptions{Live: true}},
	}
}

// catalogRoutes are the pages of Catalog.
func (s *Server) catalogRoutes() []route {
	plans := planPages{}
	return []route{
		// Service plans
		{Method: http.MethodGet, Path: "/plans", Privilege: identity.Read, Handler: plans.list},
		{Method: http.MethodGet, Path: "/plans/export", Privilege: identity.ExportRun, Handler: plans.export, Options: routeOptions{Live: true}},
	}
}

// accountRoutes are everybody's own account.
func (s *Server) accountRoutes() []route {
	account := accountPages{db: s.deps.DB, door: s.door, cookies: s.cookies}
	return []route{
		// Account
		{Method: http.MethodGet, Path: "/account", Privilege: identity.Read, Handler: account.show},
		{Method: http.MethodPost, Path: "/account/mails", Privilege: identity.Read, Handler: account.saveMails},
		{Method: http.MethodGet, Path: "/account/tokens", Privilege: identity.Read, Handler: account.tokens},
		{Method: http.MethodPost, Path: "/account/tokens", Privilege: identity.Read, Handler: account.createToken},
		{Method: http.MethodPost, Path: "/account/tokens/revoke", Privilege: identity.Read, Handler: account.revokeToken},
		{Method: http.MethodPost, Path: "/account/password", Privilege: identity.Read, Handler: account.changePassword},
		{Method: http.MethodPost, Path: "/account/sessions/end", Privilege: identity.Read, Handler: account.endSession},
		{Method: http.MethodPost, Path: "/account/sessions/end-others", Privilege: identity.Read, Handler: account.endOthers},
	}
}

func (s *Server) register() {
	for _, r := range s.outerRoutes() {
		s.add(r.Path, r, nil)
	}
	for _, r := range s.panelRoutes() {
		if r.Method == http.MethodGet {
			s.navPaths[r.Path] = r
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
	s.echo.Add(r.Method, path, s.guard(r, in), chain...)
	if r.Method == http.MethodGet {
		s.echo.Add(http.MethodHead, path, s.guard(r, in), chain...)
	}
}
