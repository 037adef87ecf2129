package transfers

import (
	"strings"

	"github.com/a-h/templ"

	"handover/internal/catalog"
	"handover/internal/engine"
	"handover/internal/money"
	"handover/internal/transfer"
	views "handover/views/transfers"
	"handover/views/ui"
	"handover/web/page"

	"handover/web/preview"
)

// delegateNow is the choice to delegate the plan instead of replacing it.
const delegateNow = "delegate"

// family are the subscriptions of one root plan: they share a delegation.
type family struct {
	plan      string // number of the plan to delegate
	name      string
	questions []engine.PlanQuestion
	levels    []catalog.Level
}

// families groups the questions by root plan, in their order.
func (r *draftRequest) families() []family {
	var out []family
	at := map[int64]int{}
	for _, q := range r.Choices {
		i, known := at[q.RootID]
		if !known {
			i = len(out)
			at[q.RootID] = i
			out = append(out, family{plan: q.PlanNumber, name: q.PlanName})
			if r.Staff.OfProvider() {
				out[i].levels = q.Levels
			}
		}
		out[i].questions = append(out[i].questions, q)
	}
	return out
}

func (r *draftRequest) askPlans() (templ.Component, error) {
	v := views.AskPlans{Wizard: r.question(), ToName: r.To.Name, FromName: r.From.Name}
	for _, f := range r.families() {
		v.Families = append(v.Families, r.familyView(f))
	}
	for _, p := range r.Matched {
		v.Matched = append(v.Matched, preview.PlanRow(r.Style, p))
	}
	return views.AskPlansPage(v), nil
}

func (r *draftRequest) familyView(f family) views.PlanFamily {
	q := f.questions[0]
	v := views.PlanFamily{
		Plan: f.name, Why: r.To.Name + msgSellsNone + f.name + ".",
		Delegates: len(f.levels) > 0, DelegateLabel: "Delegate " + f.name + " to " + r.To.Name,
		PriceText: r.priceText(f),
	}
	if q.Counterparts > 1 {
		v.Why = r.To.Name + " sells " + r.Count(q.Counterparts) + msgSellsSeveral + f.name + msgChooseOne
	}
	delegation := r.delegationOf(f)
	for _, q := range f.questions {
		v.Choices = append(v.Choices, r.planChoice(q, f, delegation != nil && r.request.Plans[q.Subscription] == ""))
	}
	for _, level := range f.levels {
		name := priceField(f.plan, level)
		price := ""
		if delegation != nil {
			price = delegation.Prices[level.Number]
		}
		v.Levels = append(v.Levels, ui.Input{
			Name: name, Label: labelPriceOf + f.name + " with " + level.Name, Suffix: level.Currency,
			InputMode: "decimal", Value: price,
			Error: r.errors.For(name), Width: "medium", Hint: hintPerUnit + q.BillingPeriod,
		})
	}
	return v
}

// priceText says what the prices of a delegation are for: the price list, and the contracts
// that move only where their currency changes.
func (r *draftRequest) priceText(f family) string {
	text := msgPriceLists
	if r.Converts() {
		return text + msgNewPrice + r.To.Name + "."
	}
	kept := make([]string, 0, len(f.questions))
	for _, q := range f.questions {
		kept = append(kept, q.Subscription+" at "+r.Amount(q.Price))
	}
	return text + msgKeepsPrice + strings.Join(kept, ", ") + "."
}

func (r *draftRequest) planChoice(q engine.PlanQuestion, f family, delegated bool) ui.Choice {
	c := ui.Choice{
		Name: planField(q), Label: labelPlanFor + q.Subscription, Prompt: promptPlan, Required: true,
		Error: r.errors.For(planField(q)),
		Hint:  q.PlanName + ", " + r.Number(q.Quantity) + " × " + r.Amount(q.Price) + " " + q.BillingPeriod,
	}
	if c.Error == "" && q.Refused != "" && r.request.Plans[q.Subscription] == q.Chosen {
		c.Error = page.UpperFirst(q.Refused) + "."
	}
	chosen := r.request.Plans[q.Subscription]
	for _, p := range q.Choices {
		label := p.Name + " · " + r.Money(p.Price, p.Currency) + " " + p.BillingPeriod + " · " + p.Number
		if p.Counterpart {
			label += " · corresponds"
		}
		c.Options = append(c.Options, ui.Option{Value: p.Number, Label: label, Selected: p.Number == chosen})
	}
	if len(f.levels) > 0 {
		c.Options = append(c.Options, ui.Option{Value: delegateNow, Label: "Delegate " + q.PlanName + " to " +
			r.To.Name + " now", Selected: delegated})
	}
	return c
}

func planField(q engine.PlanQuestion) string             { return "plan." + q.Subscription }
func priceField(plan string, level catalog.Level) string { return "price." + plan + "." + level.Number }

// delegationOf returns what the request says about delegating the family's plan.
func (r *draftRequest) delegationOf(f family) *transfer.Delegation {
	for i := range r.request.Delegate {
		for _, q := range f.questions {
			if r.request.Delegate[i].Plan == q.PlanNumber {
				return &r.request.Delegate[i]
			}
		}
	}
	return nil
}

// readPlans takes a plan for each subscription, and the prices of what is delegated.
func (r *draftRequest) readPlans(f *page.Form) error {
	r.request.Plans, r.request.Delegate = map[string]string{}, nil
	for _, fam := range r.families() {
		delegates := false
		for _, q := range fam.questions {
			switch chosen := typed(f.Text(planField(q))); {
			case chosen == "":
				f.Wrong(planField(q), msgChoosePlan, r.To.Name, q.Subscription)
			case chosen == delegateNow && len(fam.levels) > 0:
				delegates = true
			case !offers(q, chosen):
				f.Wrong(planField(q), msgPlanNotPossible, chosen, q.Subscription)
			default:
				r.request.Plans[q.Subscription] = chosen
			}
		}
		if delegates {
			r.request.Delegate = append(r.request.Delegate, readPrices(f, fam))
		}
	}
	return nil
}

func offers(q engine.PlanQuestion, number string) bool {
	for _, p := range q.Choices {
		if p.Number == number {
			return true
		}
	}
	return false
}

// readPrices reads a price for each distributor that lacks the plan; what was typed
// is kept, right or wrong.
func readPrices(f *page.Form, fam family) transfer.Delegation {
	d := transfer.Delegation{Plan: fam.plan, Prices: map[string]string{}}
	for _, level := range fam.levels {
		name := priceField(fam.plan, level)
		d.Prices[level.Number] = typed(f.Text(name))
		price, ok := f.Amount(name, level.Currency)
		switch {
		case f.Text(name) == "":
			f.Wrong(name, msgEnterPrice, level.Currency, level.Name, fam.name)
		case ok && price.IsNegative():
			f.Wrong(name, msgPriceNegative, money.Plain(price), level.Currency)
		}
	}
	return d
}
