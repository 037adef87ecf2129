package web

import (
	"net/http"
	"strings"
	"unicode"

	"github.com/a-h/templ"

	"handover/internal/billing"
	"handover/internal/fault"
	"handover/internal/money"
	"handover/internal/transfer"
	"handover/views"
)

// typedLimit is how much of a wrong rate is kept.
const typedLimit = 60

func (h wizardPages) askRate(w *walk) (templ.Component, error) {
	rate := w.request.ConversionRate
	if offered := w.ReadQuery().Text("rate"); offered != "" && w.Context.Request().Method == http.MethodGet {
		rate = typed(offered)
	}
	v := views.AskRate{
		Wizard: w.frame(), Customer: w.customer.Name, FromName: w.From.Name, ToName: w.To.Name,
		From: w.Customer.Balance.Currency, To: w.To.Currency, Rate: rate,
		Fragment: w.URL(w.path("rate/conversion")), Conversion: w.conversion(rate),
	}
	if v.Wizard.Errors.For("rate") != "" {
		v.Conversion.Note = "Correct the rate to see it."
	}
	proposal, err := billing.ProposeRate(w.Request().Context(), w.db(), v.From, v.To)
	switch {
	case fault.Is(err, fault.NotFound):
		e, _ := asFault(err)
		v.NoProposal = e.Message
	case err != nil:
		return nil, err
	default:
		v.Proposal = views.RateOffer{
			Rate: money.Plain(proposal.Rate), Derivation: proposal.Derivation,
			Href: w.URL(w.path("rate")) + "?rate=" + money.Plain(proposal.Rate),
		}
	}
	return views.AskRatePage(v), nil
}

// conversion shows the balance at a rate, or what is wrong with the rate.
func (w *walk) conversion(rate string) views.Conversion {
	v := views.Conversion{
		BeforeLabel: "Balance with " + w.From.Name, Before: formatAmount(w.Customer.Balance), BeforeNote: owes(w.Customer.Balance.Value.Sign()),
		AfterLabel: "Opening balance with " + w.To.Name,
	}
	if rate == "" {
		v.Note = "Enter a rate to see it."
		return v
	}
	c, err := transfer.ConvertAt(w.Customer.Balance, rate, w.To.Currency)
	if err != nil {
		v.Note = upperFirst(err.Error()) + "."
		return v
	}
	v.After = formatAmount(c.After)
	v.Note = groupThousands(money.Format(c.Before.Value, c.Before.Currency)) + " × " + money.Plain(c.Rate) + " = " + groupThousands(c.Exact) + ", rounded half-even"
	return v
}

// showConversion answers the page while a rate is typed.
func (h wizardPages) showConversion(p *page) error {
	w, err := h.load(p)
	if err != nil {
		return err
	}
	if !w.Converts() {
		return fault.New(fault.NotFound, "This transfer needs no conversion rate.")
	}
	return p.Fragment(http.StatusOK, views.ConversionPanel(w.conversion(typed(p.ReadQuery().Text("rate")))))
}

// readRate keeps the rate as it was typed, so that a wrong one comes back too.
func (h wizardPages) readRate(w *walk, f *form) error {
	w.request.ConversionRate = typed(f.Text("rate"))
	f.Rate("rate")
	return nil
}

// typed makes what was typed storable: no control characters, not endless.
func typed(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	if runes := []rune(text); len(runes) > typedLimit {
		return string(runes[:typedLimit])
	}
	return text
}
