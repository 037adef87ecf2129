package transfers

import (
	"fmt"
	"net/http"
	"net/url"

	"handover/internal/accounts"
	"handover/internal/fault"
	"handover/internal/transfer"
	pageviews "handover/views/page"
	views "handover/views/transfers"
	"handover/web/page"
	"handover/web/subscriptions"
)

// chosenSubscriptions are the numbers of the subscriptions that were selected in the list: rows of it, or all
// that fit its filter without those that were left out.
func chosenSubscriptions(p *page.Page) ([]string, error) {
	q := p.ReadQuery()
	if !q.Bool("whole") {
		return unique(q.Texts("subscription")), nil
	}
	f, err := subscriptions.ReadFilter(p, p.ReadList(page.NewestFirst))
	if err != nil {
		return nil, err
	}
	chosen, err := accounts.SelectedSubscriptions(p.Ctx(), p.DB(), p.Scope(), f, q.Texts("except"), maxSelected+1)
	if err == nil && len(chosen) > maxSelected {
		return nil, fault.New(fault.Invalid, msgTooManySelected, maxSelected)
	}
	return chosen, err
}

// startSubscriptions takes subscriptions of one customer.
func (h draftPages) startSubscriptions(p *page.Page) error {
	chosen, err := chosenSubscriptions(p)
	if err != nil {
		return err
	}
	v := views.DialogRefused{Title: h.flow.Title, Back: p.URL(h.flow.List), BackLabel: "Back to Subscription Contracts"}
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
		return p.Redirect(h.flow.Path(owners[0].Customer(), selectStep) + "?" + of[owners[0].CustomerID].Encode())
	}
	v.Sentence = "No subscription is selected. Select one or more subscriptions of one customer in the list, " +
		"then choose Transfer Subscription."
	if len(owners) > 1 {
		v.Sentence = fmt.Sprintf("The %d selected subscriptions belong to %d customers. A transfer takes "+
			"subscriptions of one customer; go on with those of one, then come back for the others.",
			len(chosen), len(owners))
	}
	for _, s := range owners {
		selected := of[s.CustomerID]
		v.Choices = append(v.Choices, pageviews.RecordLink{
			Label: fmt.Sprintf(labelOnly, p.Plural(len(selected["subscription"]), "subscription", "subscriptions"),
				s.CustomerName, s.Customer()),
			Href: p.URL(h.flow.Path(s.Customer(), selectStep) + "?" + selected.Encode()),
		})
	}
	return p.Render(http.StatusUnprocessableEntity, h.flow.Title, views.DialogRefusedPage(v))
}

// subscriptionsAct names what Execute will do.
func (r *draftRequest) subscriptionsAct(p transfer.Preview) string {
	n := len(r.draft.Request.Subscriptions) + len(p.Linked)
	return fmt.Sprintf(titleSubscriptions, r.Plural(n, "subscription", "subscriptions"),
		p.Source.Name, p.Source.Number, p.Target.Name, p.Target.Number) + r.asOf()
}
