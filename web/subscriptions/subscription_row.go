package subscriptions

import (
	"handover/internal/accounts"
	"handover/internal/identity"
	views "handover/views/subscriptions"
	"handover/web/page"
)

// SubscriptionRow makes the row of a subscription in a list.
func SubscriptionRow(p *page.Page, s accounts.SubscriptionRow) views.SubscriptionRow {
	row := views.SubscriptionRow{
		Number: s.Number(), Href: p.URL("/subscriptions/" + s.Number()), Plan: s.PlanName, Status: s.Status,
		Customer: s.Customer(), CustomerName: s.CustomerName, CustomerHref: p.URL("/customers/" + s.Customer()),
		Distributor: s.DistributorName, Start: p.Date(s.StartOn), End: p.Day(s.EndOn),
		Quantity: p.Number(s.Quantity), Price: p.Money(s.Price, s.Currency), Period: s.BillingPeriod,
	}
	if s.Transferable() && p.Staff.Can(identity.AccountsTransfer) {
		row.TransferHref = p.URL("/subscriptions/transfer?subscription=" + s.Number())
	}
	return row
}
