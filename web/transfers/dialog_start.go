package transfers

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"handover/internal/accounts"
	"handover/views"
	"handover/web/page"
)

// The lists lead here with what is selected; the dialog of the one source follows.

// maxSelected is how many rows a list can hand over.
const maxSelected = 200

// startMerge takes one or two customers: the second is the proposed target.
func (h dialogPages) startMerge(p *page.Page) error {
	chosen := unique(p.ReadQuery().Texts("customer"))
	v := views.DialogRefused{Title: h.Title, Icon: h.Icon, Back: p.URL(h.List), BackLabel: "Back to Customer Accounts"}
	switch n := len(chosen); {
	case n == 0:
		v.Sentence = "No customer is selected. Select the source customer in the list, and the target if you like, then choose Merge Selected."
	case n > 2:
		v.Sentence = fmt.Sprintf("A merge takes one source and one target, but %d customers are selected. Select two of them: the second is the proposed target.", n)
	}
	if v.Sentence != "" {
		return p.Render(http.StatusUnprocessableEntity, h.Title, views.DialogRefusedPage(v))
	}
	id, err := accounts.FindCustomer(p.Ctx(), p.DB(), p.Scope(), chosen[0])
	if err != nil {
		return err
	}
	address := "/customers/" + accounts.Number(accounts.CustomerPrefix, id) + "/" + h.Slug
	if len(chosen) == 2 {
		address += "?" + url.Values{"target": {chosen[1]}}.Encode()
	}
	return p.Redirect(address)
}

// startSubscriptions takes subscriptions of one customer.
func (h dialogPages) startSubscriptions(p *page.Page) error {
	chosen := unique(p.ReadQuery().Texts("subscription"))
	v := views.DialogRefused{Title: h.Title, Icon: h.Icon, Back: p.URL(h.List), BackLabel: "Back to Subscription Contracts"}
	var owners []accounts.Subscription // the first of each customer
	of := map[int64]url.Values{}
	for _, ref := range chosen[:min(len(chosen), maxSelected)] {
		s, err := accounts.FindSubscription(p.Ctx(), p.DB(), p.Scope(), ref)
		if err != nil {
			return err
		}
		if of[s.CustomerID] == nil {
			owners, of[s.CustomerID] = append(owners, s), url.Values{}
		}
		of[s.CustomerID].Add("subscription", s.Number())
	}
	if len(owners) == 1 {
		return p.Redirect("/customers/" + owners[0].Customer() + "/" + h.Slug + "?" + of[owners[0].CustomerID].Encode())
	}
	v.Sentence = "No subscription is selected. Select one or more subscriptions of one customer in the list, then choose Transfer Subscription."
	if len(owners) > 1 {
		v.Sentence = fmt.Sprintf("The %d selected subscriptions belong to %d customers. A transfer takes subscriptions of one customer; go on with those of one, then come back for the others.",
			len(chosen), len(owners))
	}
	for _, s := range owners {
		selected := of[s.CustomerID]
		v.Choices = append(v.Choices, views.RecordLink{
			Label: fmt.Sprintf("Only %s of %s (%s)", page.Plural(len(selected["subscription"]), "subscription", "subscriptions"), s.CustomerName, s.Customer()),
			Href:  p.URL("/customers/" + s.Customer() + "/" + h.Slug + "?" + selected.Encode()),
		})
	}
	return p.Render(http.StatusUnprocessableEntity, h.Title, views.DialogRefusedPage(v))
}

// unique drops what occurs again, and keeps the order.
func unique(list []string) []string {
	var out []string
	for _, text := range list {
		if !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return out
}
