package web

import (
	"handover/internal/accounts"
	"handover/internal/identity"
	"handover/internal/money"
	"handover/views"
)

func subscriptionRow(p *page, s accounts.SubscriptionRow) views.SubscriptionRow {
	row := views.SubscriptionRow{
		Number: s.Number(), Href: p.URL("/subscriptions/" + s.Number()), Plan: s.PlanName, Status: s.Status,
		Customer: s.Customer(), CustomerName: s.CustomerName, CustomerHref: p.URL("/customers/" + s.Customer()),
		Distributor: s.DistributorName, Start: formatDate(s.StartOn), End: formatDay(s.EndOn),
		Quantity: money.Plain(s.Quantity), Price: formatMoney(s.Price, s.Currency), Period: s.BillingPeriod,
	}
	if s.Transferable() && p.Staff.Can(identity.AccountsTransfer) {
		row.TransferHref = p.URL("/subscriptions/transfer?subscription=" + s.Number())
	}
	return row
}
