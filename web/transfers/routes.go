package transfers

import (
	"net/http"
	"slices"

	"handover/internal/engine"
	"handover/internal/identity"
	"handover/internal/record"
	"handover/web/page"
)

// Routes are the ways to a transfer, and back.
func Routes(f *page.Frame) []page.Route {
	return slices.Concat(wizardRoutes(f), dialogRoutes(f), reversalRoutes(f))
}

// wizardRoutes are the steps of the Transfer Account Wizard.
func wizardRoutes(f *page.Frame) []page.Route {
	wizard := draftPages{f.Transfers, FlowOf(record.Distributor)}
	return []page.Route{
		// Transfer Account Wizard
		{
			Method: http.MethodGet, Path: "/customers/:number/transfer", Privilege: identity.AccountsTransfer,
			Handler: wizard.startWizard,
		},
		{
			Method: http.MethodGet, Path: "/customers/:number/transfer/distributor",
			Privilege: identity.AccountsTransfer,
			Handler:   wizard.show(engine.AskDistributor),
		},
		{
			Method: http.MethodPost, Path: "/customers/:number/transfer/distributor",
			Privilege: identity.AccountsTransfer, Handler: wizard.save(engine.AskDistributor),
		},
		{
			Method: http.MethodGet, Path: "/customers/:number/transfer/plans", Privilege: identity.AccountsTransfer,
			Handler: wizard.show(engine.AskPlans),
		},
		{
			Method: http.MethodPost, Path: "/customers/:number/transfer/plans", Privilege: identity.AccountsTransfer,
			Handler: wizard.save(engine.AskPlans),
		},
		{
			Method: http.MethodGet, Path: "/customers/:number/transfer/rate", Privilege: identity.AccountsTransfer,
			Handler: wizard.show(engine.AskRate),
		},
		{
			Method: http.MethodPost, Path: "/customers/:number/transfer/rate", Privilege: identity.AccountsTransfer,
			Handler: wizard.save(engine.AskRate),
		},
		{
			Method: http.MethodGet, Path: "/customers/:number/transfer/rate/conversion",
			Privilege: identity.AccountsTransfer, Handler: wizard.showConversion,
		},
		{
			Method: http.MethodGet, Path: "/customers/:number/transfer/confirm", Privilege: identity.AccountsTransfer,
			Handler: wizard.show(engine.AskConfirm),
		},
		{
			Method: http.MethodPost, Path: "/customers/:number/transfer/confirm", Privilege: identity.AccountsTransfer,
			Handler: wizard.save(engine.AskConfirm), Options: page.RouteOptions{Live: true},
		},
		{
			Method: http.MethodGet, Path: "/customers/:number/transfer/confirm/records/:kind",
			Privilege: identity.AccountsTransfer, Handler: wizard.records,
		},
		{
			Method: http.MethodGet, Path: "/customers/:number/transfer/confirm/preview.csv",
			Privilege: identity.AccountsTransfer, Handler: wizard.previewCSV,
		},
		{
			Method: http.MethodPost, Path: "/customers/:number/transfer/cancel", Privilege: identity.AccountsTransfer,
			Handler: wizard.cancel,
		},
	}
}

// dialogRoutes are the dialogs Merge Customers and Transfer Subscriptions, which the
// lists lead to with what is selected.
func dialogRoutes(f *page.Frame) []page.Route {
	return append(mergeRoutes(f), subscriptionRoutes(f)...)
}

func mergeRoutes(f *page.Frame) []page.Route {
	merge := draftPages{f.Transfers, FlowOf(record.Merge)}
	return []page.Route{
		{
			Method: http.MethodGet, Path: "/customers/merge", Privilege: identity.AccountsTransfer,
			Handler: merge.startMerge,
		},
		{
			Method: http.MethodGet, Path: "/customers/:number/merge", Privilege: identity.AccountsTransfer,
			Handler: merge.show(selectStep),
		},
		{
			Method: http.MethodPost, Path: "/customers/:number/merge", Privilege: identity.AccountsTransfer,
			Handler: merge.save(selectStep),
		},
		{
			Method: http.MethodGet, Path: "/customers/:number/merge/targets", Privilege: identity.AccountsTransfer,
			Handler: merge.targets,
		},
		{
			Method: http.MethodGet, Path: "/customers/:number/merge/preview", Privilege: identity.AccountsTransfer,
			Handler: merge.show(previewStep),
		},
		{
			Method: http.MethodPost, Path: "/customers/:number/merge/preview", Privilege: identity.AccountsTransfer,
			Handler: merge.save(previewStep),
		},
		{
			Method: http.MethodGet, Path: "/customers/:number/merge/records/:kind",
			Privilege: identity.AccountsTransfer,
			Handler:   merge.records,
		},
		{
			Method: http.MethodGet, Path: "/customers/:number/merge/preview.csv", Privilege: identity.AccountsTransfer,
			Handler: merge.previewCSV,
		},
		{
			Method: http.MethodGet, Path: "/customers/:number/merge/confirm", Privilege: identity.AccountsTransfer,
			Handler: merge.show(engine.AskConfirm),
		},
		{
			Method: http.MethodPost, Path: "/customers/:number/merge/confirm", Privilege: identity.AccountsTransfer,
			Handler: merge.save(engine.AskConfirm), Options: page.RouteOptions{Live: true},
		},
		{
			Method: http.MethodPost, Path: "/customers/:number/merge/cancel", Privilege: identity.AccountsTransfer,
			Handler: merge.cancel,
		},
	}
}

func subscriptionRoutes(f *page.Frame) []page.Route {
	moving := draftPages{f.Transfers, FlowOf(record.Subscriptions)}
	return []page.Route{
		{
			Method: http.MethodGet, Path: "/subscriptions/transfer", Privilege: identity.AccountsTransfer,
			Handler: moving.startSubscriptions,
		},
		{
			Method: http.MethodGet, Path: "/customers/:number/transfer-subscriptions",
			Privilege: identity.AccountsTransfer, Handler: moving.show(selectStep),
		},
		{
			Method: http.MethodPost, Path: "/customers/:number/transfer-subscriptions",
			Privilege: identity.AccountsTransfer, Handler: moving.save(selectStep),
		},
		{
			Method: http.MethodGet, Path: "/customers/:number/transfer-subscriptions/targets",
			Privilege: identity.AccountsTransfer, Handler: moving.targets,
		},
		{
			Method: http.MethodGet, Path: "/customers/:number/transfer-subscriptions/preview",
			Privilege: identity.AccountsTransfer, Handler: moving.show(previewStep),
		},
		{
			Method: http.MethodPost, Path: "/customers/:number/transfer-subscriptions/preview",
			Privilege: identity.AccountsTransfer, Handler: moving.save(previewStep),
		},
		{
			Method: http.MethodGet, Path: "/customers/:number/transfer-subscriptions/records/:kind",
			Privilege: identity.AccountsTransfer, Handler: moving.records,
		},
		{
			Method: http.MethodGet, Path: "/customers/:number/transfer-subscriptions/preview.csv",
			Privilege: identity.AccountsTransfer, Handler: moving.previewCSV,
		},
		{
			Method: http.MethodGet, Path: "/customers/:number/transfer-subscriptions/confirm",
			Privilege: identity.AccountsTransfer, Handler: moving.show(engine.AskConfirm),
		},
		{
			Method: http.MethodPost, Path: "/customers/:number/transfer-subscriptions/confirm",
			Privilege: identity.AccountsTransfer, Handler: moving.save(engine.AskConfirm),
			Options: page.RouteOptions{Live: true},
		},
		{
			Method: http.MethodPost, Path: "/customers/:number/transfer-subscriptions/cancel",
			Privilege: identity.AccountsTransfer, Handler: moving.cancel,
		},
	}
}

// reversalRoutes are the reversal of an order.
func reversalRoutes(f *page.Frame) []page.Route {
	reverse := reversePages{engine: f.Transfers}
	return []page.Route{
		// Reversal
		{
			Method: http.MethodGet, Path: "/orders/:number/reverse", Privilege: identity.AccountsTransfer,
			Handler: reverse.show,
		},
		{
			Method: http.MethodGet, Path: "/orders/:number/reverse/records/:kind", Privilege: identity.AccountsTransfer,
			Handler: reverse.records,
		},
		{
			Method: http.MethodPost, Path: "/orders/:number/reverse", Privilege: identity.AccountsTransfer,
			Handler: reverse.execute, Options: page.RouteOptions{Live: true},
		},
	}
}
