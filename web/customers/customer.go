package customers

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"handover/internal/accounts"
	views "handover/views/customers"
	"handover/views/ui"
	"handover/web/orders"
	"handover/web/page"
)

// customerTabs are the tabs of a customer's page, with their addresses below it.
var customerTabs = []struct{ Path, Label string }{
	{"", "General"},
	{"/subscriptions", "Subscriptions"},
	{"/documents", "Documents"},
	{"/payment-methods", "Payment methods"},
	{"/terms", "Terms"},
	{"/history", "History"},
}

// opened is a customer's page with what its handlers share.
type opened struct {
	*page.Page
	customer accounts.Customer
	standing accounts.Standing
	came     []accounts.Relative
	head     views.CustomerHead
}

// tab makes the handler of one tab. An address with another id of the account, an
// external or a former one, leads to that with its number.
func (h customerPages) tab(path string, show func(customerPages, *opened) error) func(*page.Page) error {
	return func(p *page.Page) error {
		ref := page.PathParam(p, "number")
		ctx := p.Request().Context()
		id, err := accounts.FindCustomer(ctx, p.DB(), p.Scope(), ref)
		if err != nil {
			return err
		}
		if number := accounts.Number(accounts.CustomerPrefix, id); number != ref {
			return p.Context.Redirect(http.StatusFound, p.URL("/customers/"+number+path))
		}
		c, err := accounts.GetCustomer(ctx, p.DB(), p.Scope(), id)
		if err != nil {
			return err
		}
		o := &opened{Page: p, customer: c}
		if err := h.readHead(o, path); err != nil {
			return err
		}
		return show(h, o)
	}
}

// readHead reads and writes the head above every tab.
func (h customerPages) readHead(o *opened, path string) error {
	ctx, c := o.Request().Context(), o.customer
	var err error
	if o.standing, err = accounts.StandingOf(ctx, o.DB(), c.ID); err != nil {
		return err
	}
	if o.came, err = accounts.Predecessors(ctx, o.DB(), o.Scope(), c.ID); err != nil {
		return err
	}
	next, err := accounts.Successor(ctx, o.DB(), o.Scope(), c)
	if err != nil {
		return err
	}
	busy, err := accounts.OpenTransfer(ctx, o.DB(), c.ID)
	if err != nil {
		return err
	}
	st := o.standing
	o.head = views.CustomerHead{
		Number: c.Number(), Name: c.Name, Status: c.Status, Tabs: o.tabs(path),
		Distributor: ui.Fact{
			Label: "Distributor", Text: c.DistributorName,
			Href: o.URL("/distributors/" + accounts.Number(accounts.DistributorPrefix, c.DistributorID)),
		},
		Balance: o.Money(st.Balance, c.Currency), MRR: o.Money(st.MRR, c.Currency),
		OpenInvoices: o.Count(st.OpenInvoices),
		ReadOnly:     o.readOnly(next), Busy: o.busyWith(busy),
	}
	if st.OpenInvoices > 0 {
		o.head.OpenAmount = o.Money(st.OpenAmount, c.Currency)
	}
	for _, r := range o.came {
		o.head.Came = append(o.head.Came, views.CameFrom{
			Label: r.Name + " (" + r.Number() + ")", Href: o.URL("/customers/" + r.Number()),
			Sentence: cameSentence(o.Style, r, c.ID),
		})
	}
	return nil
}

func (o *opened) tabs(current string) []ui.Tab {
	var out []ui.Tab
	for _, t := range customerTabs {
		tab := ui.Tab{
			Label: t.Label, Href: o.URL("/customers/" + o.customer.Number() + t.Path),
			Current: t.Path == current,
		}
		if t.Path == "/subscriptions" && o.standing.Subscriptions > 0 {
			tab.Count = o.Count(o.standing.Subscriptions)
		}
		out = append(out, tab)
	}
	return out
}

// readOnly describes the end of the account, nil if it lives. A successor outside the
// reader's scope is not named.
func (o *opened) readOnly(next *accounts.Relative) *views.ReadOnly {
	c := o.customer
	if !c.ReadOnly() {
		return nil
	}
	r := &views.ReadOnly{Title: titleTransferred}
	if c.Status == accounts.Merged {
		r.Title = titleMerged
	}
	on := o.Day(c.SucceededOn).Text
	r.Sentence = fmt.Sprintf(msgReadOnly, on)
	if next == nil {
		return r
	}
	r.Successor, r.SuccessorHref = next.Name+" ("+next.Number()+")", o.URL("/customers/"+next.Number())
	if c.Status == accounts.Merged {
		r.Title = "Merged into " + next.Name + ", " + next.Number()
	} else {
		r.Title = fmt.Sprintf(labelTransferredTo, next.Distributor, next.Number())
	}
	return r
}

// transferWords name the three transfers within a sentence.
var transferWords = map[string]string{
	"distributor": "transfer to another distributor", "subscriptions": "transfer of subscriptions", "merge": "merge",
}

// show answers with a tab of the customer; a transfer of theirs that runs is followed.
func (o *opened) show(title string, tab templ.Component) error {
	n := 0
	if busy := o.head.Busy; busy != nil && busy.Progress != "" {
		n = 1
	}
	return o.Render(http.StatusOK, title, tab, orders.Following(n))
}

func (o *opened) busyWith(t *accounts.Transfer) *views.BusyWith {
	if t == nil {
		return nil
	}
	what := cmp.Or(transferWords[t.Kind], "transfer")
	if t.Reversal {
		what = "reversal"
	}
	href := o.URL("/orders/" + t.Number())
	return &views.BusyWith{
		Order: t.Number(), Href: href, Progress: orders.ProgressHref(href, t.Status),
		Sentence: fmt.Sprintf(msgOpenTransfer, what, strings.ToLower(ui.StatusWord(t.Status))),
	}
}

// cameSentence says how an account became part of the account now: what was merged into
// another one before stays merged into that one.
func cameSentence(s page.Style, r accounts.Relative, now int64) string {
	on := s.Day(r.SucceededOn).Text
	switch {
	case r.Status == accounts.Merged && r.NextID == now:
		return labelMergedOn + on
	case r.Status == accounts.Merged:
		return fmt.Sprintf(labelMergedInto, r.NextName, r.Next(), on)
	case r.NextID == now:
		return fmt.Sprintf(labelTransferredFrom, r.Distributor, on)
	}
	return fmt.Sprintf(labelTransferredFromTo, r.Distributor, r.NextDistributor, r.Next(), on)
}
