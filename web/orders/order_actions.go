package orders

import (
	"fmt"
	"strings"

	"handover/internal/identity"
	"handover/internal/order"
	views "handover/views/orders"
	"handover/views/ui"
	"handover/web/page"
	"handover/web/transfers"
)

// fillActions fills in what the reader may do with the order now.
func (h orderPage) fillActions(p *page.Page, o seenOrder, v *views.Order) error {
	address := p.URL("/orders/" + o.Number)
	mayTransfer := p.Staff.Can(identity.AccountsTransfer)
	if o.Status == "draft" && o.RequestedBy != nil && *o.RequestedBy == p.Staff.ID && mayTransfer {
		v.Continue = p.URL(DraftPath(o.Order))
	}
	if o.sides.Whole && mayTransfer && h.engine.CanReverse(o.Order) {
		v.Reverse = address + "/reverse"
	}
	if o.sides.Source && mayTransfer && o.Cancellable() {
		v.Cancel = address + "/cancel"
	}
	if o.sides.Whole && mayTransfer && o.Status == "failed" {
		v.Retry = address + "/retry"
	}
	asked, err := order.AskedOf(p.Ctx(), p.DB(), p.Scope(), o.ID)
	if err != nil {
		return err
	}
	for _, a := range asked {
		v.Asked = append(v.Asked, askedRow(p, a))
	}
	if o.Consent != nil {
		v.Consent = consentView(p, *o.Consent)
	}
	if !p.Staff.Can(identity.OrdersApprove) {
		return nil
	}
	mine, err := order.Mine(p.Ctx(), p.DB(), p.Actor(), o.Order, asked)
	if len(mine) > 0 {
		v.Approve, v.Reject = address+"/approve", address+"/reject"
	}
	return err
}

// DraftPath is where a draft goes on.
func DraftPath(o order.Order) string {
	if o.Reverses != "" {
		return "/orders/" + o.Reverses + "/reverse"
	}
	return transfers.FlowOf(o.Kind).Path(o.SourceNumber, "")
}

// previewPath is where the preview of a draft is shown that has all its answers.
func previewPath(o order.Order) string {
	if o.Reverses != "" {
		return DraftPath(o)
	}
	flow := transfers.FlowOf(o.Kind)
	return flow.Path(o.SourceNumber, flow.Preview)
}

// askedRow describes an agreement that the order needs.
func askedRow(p *page.Page, a order.Asked) views.AskedRow {
	row := views.AskedRow{
		What: approvalBySecond, Of: page.UpperFirst(a.Distributor), State: "awaiting_approval",
		By: page.UpperFirst(a.By), Reason: a.Reason,
	}
	if a.Kind == "consent" {
		row.What = "Consent"
	}
	if a.Answer != "" {
		row.State = a.Answer
	}
	if a.AnsweredAt != nil {
		row.When = p.Moment(*a.AnsweredAt)
	}
	return row
}

// consentView is what the new distributor decides by.
func consentView(p *page.Page, c order.Consent) *views.Consent {
	v := &views.Consent{Customer: c.Customer, Opening: p.Shown(c.Opening)}
	for _, s := range c.Subscriptions {
		v.Subscriptions = append(v.Subscriptions, s.Subscription+": "+s.Plan)
	}
	return v
}

// approve gives the agreements that the reader may give.
func (h orderPage) approve(p *page.Page) error {
	return h.act(p, "Approved.", func(number string, _ *page.Form) error {
		return h.engine.Approve(p.Ctx(), p.Actor(), number)
	})
}

// reject ends the order with a reason.
func (h orderPage) reject(p *page.Page) error {
	return h.act(p, msgRejected, func(number string, f *page.Form) error {
		return h.engine.Reject(p.Ctx(), p.Actor(), number, f.Text("reason"))
	})
}

// cancel takes an order back that does not run yet.
func (h orderPage) cancel(p *page.Page) error {
	return h.act(p, msgCancelled, func(number string, f *page.Form) error {
		return h.engine.Cancel(p.Ctx(), p.Actor(), number, f.Text("reason"))
	})
}

// act does something with the order and shows its page again.
func (h orderPage) act(p *page.Page, done string, do func(number string, f *page.Form) error) error {
	number := strings.ToUpper(p.Param("number"))
	err := do(number, p.ReadForm())
	if status, errs, ok := page.ShownAgain(err); ok {
		return h.page(p, number, status, errs)
	}
	if err != nil {
		return err
	}
	return p.Tell(ui.Flash{Tone: ui.Green, Text: done}, "/orders/"+number)
}

// retry makes a failed order a draft of the reader's and leads to its preview.
func (h orderPage) retry(p *page.Page) error {
	number := strings.ToUpper(p.Param("number"))
	o, err := h.engine.Retry(p.Ctx(), p.Actor(), number)
	if status, errs, ok := page.ShownAgain(err); ok {
		return h.page(p, number, status, errs)
	}
	if err != nil {
		return err
	}
	return p.Tell(ui.Flash{Tone: ui.Blue, Text: fmt.Sprintf("%s is a draft again. Look at the new preview, then "+
		"confirm it.", o.Number)}, previewPath(o))
}
