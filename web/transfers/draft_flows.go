package transfers

import (
	"handover/internal/record"
	"handover/views/ui"
)

// DialogKind is what one of the dialogs is called and where it belongs.
type DialogKind struct {
	Kind   record.FlowKind
	Slug   string // of its address below the customer
	Title  string
	Icon   ui.IconName
	List   string // the list that it is opened from, and returns to
	Crumbs []ui.Crumb
	Done   string // the result, in the seed's words
	Noun   string // within a sentence
}

// MergeDialog is Merge Customers.
var MergeDialog = DialogKind{
	record.Merge, "merge", "Merge Customers", ui.IconMerge, "/customers",
	[]ui.Crumb{{Label: "Billing"}, {Label: "Operations"}, {Label: "Customers", Href: "/customers"}, {Label: "Merge"}},
	"Successfully merged customer(s)", "merge",
}

// SubscriptionsDialog is Transfer Subscriptions.
var SubscriptionsDialog = DialogKind{
	record.Subscriptions, "transfer-subscriptions", "Transfer Subscriptions", ui.IconTransfer, "/subscriptions",
	[]ui.Crumb{{Label: "Contracts & Orders"}, {Label: "Subscription Contracts", Href: "/subscriptions"}, {Label: "Transfer"}},
	"Successfully transferred subscription(s)", "transfer of subscriptions",
}
