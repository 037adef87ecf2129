package customers

import (
	"cmp"
	"net/url"

	"handover/internal/accounts"
	"handover/internal/auditlog"
	views "handover/views/customers"
	"handover/web/page"
	"handover/web/subscriptions"
)

// subscriptions is the Subscriptions tab.
func (h customerPages) subscriptions(o *opened) error {
	l := o.ReadList(page.NewestFirst)
	f := accounts.SubscriptionFilter{Customer: o.customer.ID}
	part, err := accounts.ListSubscriptions(o.Request().Context(), o.DB(), o.Scope(), f, l.Page)
	if err != nil {
		return err
	}
	v := views.CustomerSubscriptions{Head: o.head, List: l.View, Paging: l.Paging(part.Before, part.After)}
	for _, s := range part.Rows {
		v.Rows = append(v.Rows, subscriptions.SubscriptionRow(o.Page, s))
	}
	return o.show(o.customer.Name+": Subscriptions", views.CustomerSubscriptionsPage(v))
}

// methods is the Payment methods tab.
func (h customerPages) methods(o *opened) error {
	found, err := accounts.PaymentMethods(o.Request().Context(), o.DB(), o.customer.ID)
	if err != nil {
		return err
	}
	v := views.CustomerMethods{Head: o.head}
	for _, m := range found {
		v.Rows = append(v.Rows, views.MethodRow{
			Label: cmp.Or(m.Label, labelUnnamedMethod), Kind: m.Kind, Merchant: m.MerchantAccount, Status: m.Status,
		})
	}
	return o.show(o.customer.Name+labelMethods, views.CustomerMethodsPage(v))
}

// terms is the Terms tab.
func (h customerPages) terms(o *opened) error {
	found, err := accounts.Acceptances(o.Request().Context(), o.DB(), o.customer.ID)
	if err != nil {
		return err
	}
	v := views.CustomerTerms{Head: o.head}
	for _, a := range found {
		v.Rows = append(v.Rows, views.TermsRow{
			Title: a.Title, Version: a.Version, For: page.Note(a.Plan, a.Resource),
			Accepted: o.Time(a.AcceptedAt), By: a.AcceptedBy,
		})
	}
	return o.show(o.customer.Name+": Terms", views.CustomerTermsPage(v))
}

// history is the History tab.
func (h customerPages) history(o *opened) error {
	ctx, c := o.Request().Context(), o.customer
	transfers, err := accounts.Transfers(ctx, o.DB(), o.Scope(), c.ID)
	if err != nil {
		return err
	}
	former, err := accounts.FormerIDs(ctx, o.DB(), c.ID)
	if err != nil {
		return err
	}
	v := views.CustomerHistory{Head: o.head, Former: formerFacts(former)}
	v.Audit, err = o.AuditOf(auditlog.Filter{Customer: c.ID}, url.Values{"customer": {c.Number()}})
	if err != nil {
		return err
	}
	for _, t := range transfers {
		v.Transfers = append(v.Transfers, o.transferRow(t))
	}
	return o.show(c.Name+": History", views.CustomerHistoryPage(v))
}

// sideWords say what a transfer did, seen from the losing and from the gaining account.
var sideWords = map[string]struct{ Loses, Gains string }{
	"distributor":   {"Transferred to", "Transferred from"},
	"subscriptions": {"Subscriptions to", "Subscriptions from"},
	"merge":         {"Merge into", "Merge of"},
}

func (o *opened) transferRow(t accounts.Transfer) views.TransferRow {
	words := sideWords[t.Kind]
	row := views.TransferRow{
		Number: t.Number(), Href: o.URL("/orders/" + t.Number()), What: words.Loses, Status: t.Status,
		By: t.RequestedBy, When: o.Time(t.CreatedAt),
	}
	if t.Gains {
		row.What = words.Gains
	}
	if t.Reversal {
		row.What = "Reversal: " + row.What
	}
	if t.CompletedAt != nil {
		row.When = o.Time(*t.CompletedAt)
	}
	switch {
	case t.Other != nil:
		row.Other, row.OtherN, row.OtherH = t.Other.Name, t.Other.Number()+", "+t.Other.Distributor,
			o.URL("/customers/"+t.Other.Number())
	case t.OtherID != 0:
		row.Other = accounts.Another
	}
	return row
}
