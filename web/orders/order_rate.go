package orders

import (
	"handover/internal/identity"
	"handover/internal/order"
	views "handover/views/orders"
	"handover/views/ui"
	"handover/web/page"

	"handover/web/preview"
)

// orderRateFacts show the conversion rate of an order: as it was used, as it was accepted,
// or of a draft as it was typed.
func orderRateFacts(p *page.Page, o order.Order) []ui.Fact {
	switch {
	case o.Result != nil:
		return preview.RateFacts(p.Style, o.Result.Rate)
	case o.Status != "draft" && o.Preview != nil:
		return preview.RateFacts(p.Style, o.Preview.Rate)
	case o.Request.ConversionRate == "":
		return nil
	}
	facts := []ui.Fact{{Label: "Conversion rate", Text: p.NumberText(o.Request.ConversionRate)}}
	if allowed := o.Request.RateAllowed; allowed != nil && o.Request.RateReason != "" {
		facts = append(facts, preview.AllowedFact(allowed.Name, o.Request.RateReason))
	}
	return facts
}

// fillRate offers to allow the blocked rate of a draft, to readers with the privilege.
func (h orderPage) fillRate(p *page.Page, o seenOrder, v *views.Order) error {
	if o.Status != "draft" || !o.sides.Whole || !p.Staff.Can(identity.RatesOverride) || o.Request.ConversionRate == "" {
		return nil
	}
	state, err := h.engine.RateOf(p.Ctx(), o.Request)
	if state.Blocked {
		v.AllowRate, v.Rate = p.URL("/orders/"+o.Number+"/allow-rate"), state.Sentence
		v.RateReason = p.ReadForm().Text("rate_reason")
	}
	return err
}

// allowRate lets the conversion rate of a draft pass.
func (h orderPage) allowRate(p *page.Page) error {
	return h.act(p, preview.RateAllowed, func(number string, f *page.Form) error {
		return h.engine.AllowRate(p.Ctx(), p.Actor(), number, f.Text("rate_reason"))
	})
}
