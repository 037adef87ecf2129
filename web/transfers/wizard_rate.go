package transfers

import (
	"net/http"
	"strings"
	"unicode"

	"github.com/a-h/templ"
	"github.com/shopspring/decimal"

	"handover/internal/engine"
	"handover/internal/fault"
	"handover/internal/money"
	views "handover/views/transfers"
	"handover/views/ui"
	"handover/web/page"
)

// typedLimit is how much of a wrong rate is kept.
const typedLimit = 60

func (r *draftRequest) askRate() (templ.Component, error) {
	rate := r.request.ConversionRate
	proposal := r.Proposal()
	if r.Request().Method == http.MethodGet {
		if offered := r.ReadQuery().Text("rate"); offered != "" {
			rate = typed(offered)
		} else if rate == "" && proposal != nil { // filled with the proposal until something else is typed
			rate = money.Plain(proposal.Shown())
		}
	}
	v := views.AskRate{
		Wizard: r.question(), Customer: r.source.Name, FromName: r.From.Name, ToName: r.To.Name,
		From: r.Customer.Balance.Currency, To: r.To.Currency, Rate: rate,
		Fragment: r.URL(r.path("rate/conversion")), Conversion: r.conversion(rate),
	}
	if v.Wizard.Errors.For("rate") != "" {
		v.Conversion.Note = msgCorrectRate
	}
	if proposal == nil {
		v.NoProposal = msgNoTableRate + v.From + " to " + v.To +
			msgEnterByHand
		return views.AskRatePage(v), nil
	}
	shown := money.Plain(proposal.Shown())
	v.Proposal = views.RateOffer{
		Rate: r.NumberText(shown), Derivation: proposal.Derivation, Href: r.URL(r.path("rate")) + "?rate=" + shown,
	}
	return views.AskRatePage(v), nil
}

// conversion shows the balance at a rate, as it is carried, or what is wrong with the rate.
func (r *draftRequest) conversion(rate string) views.Conversion {
	v := views.Conversion{
		BeforeLabel: labelBalanceWith + r.From.Name, Before: r.Amount(r.Customer.Balance),
		BeforeNote: owes(r.Customer.Balance.Value.Sign()),
		AfterLabel: labelOpeningBalance + r.To.Name,
	}
	if rate == "" {
		v.Note = msgEnterRate
		return v
	}
	c, err := r.engine.ConvertAt(r.Ctx(), r.request, rate)
	if errs, wrong := page.FieldErrors(err); wrong {
		v.Note = page.UpperFirst(errs[0].Message) + "."
		return v
	}
	if err != nil {
		r.LogError(err)
		v.Note = msgBalanceUnreadable
		return v
	}
	v.After = r.Amount(c.After)
	v.Note = r.NumberText(money.Format(c.Before.Value, c.Before.Currency)) + " × " + r.Number(c.Rate) +
		" = " + r.NumberText(c.Exact)
	switch {
	case c.Left:
		v.Note = msgNothingCarried + r.From.Name + "."
	case c.Items > 1:
		v.Note += ", in " + r.Plural(c.Items, "item", "items") + msgRoundedEach + r.signed(c.Rounding)
	default:
		v.Note += msgRounded
	}
	v.Deviation, v.DeviationTone = rateDeviation(r.RateState(rate))
	return v
}

// signed writes a difference with its sign.
func (r *draftRequest) signed(v decimal.Decimal) string {
	if v.IsPositive() {
		return "+" + r.Number(v)
	}
	return r.Number(v)
}

// rateDeviation says how far a rate is from the rate table, and how serious that is.
func rateDeviation(state engine.RateState) (string, ui.Tone) {
	switch {
	case state.Sentence == "":
		return "", ui.Slate
	case state.Blocked && state.Inverse:
		return state.Sentence + msgBlockedDidYouMean + state.Offer + "?", ui.Red
	case state.Blocked:
		return state.Sentence + msgBlocked, ui.Red
	case state.Deviates:
		return state.Sentence + msgAcknowledged, ui.Amber
	}
	return state.Sentence, ui.Green
}

// showConversion answers the page while a rate is typed.
func (h draftPages) showConversion(p *page.Page) error {
	r, err := h.load(p, engine.AskRate)
	if err != nil {
		return err
	}
	if !r.Converts() {
		return fault.New(fault.NotFound, msgNoRateNeeded)
	}
	return p.Fragment(http.StatusOK, views.ConversionPanel(r.conversion(typed(p.ReadQuery().Text("rate")))))
}

// readRate keeps the rate as it was typed, so that a wrong one comes back too.
func (r *draftRequest) readRate(f *page.Form) error {
	r.request.ConversionRate = typed(f.Text("rate"))
	f.Rate("rate")
	return nil
}

// answerRate shows the balance at the rate that was typed, or goes on with it.
func (r *draftRequest) answerRate(f *page.Form) error {
	if f.Text("go") == "convert" {
		return r.render(http.StatusOK)
	}
	return r.goOn(f)
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
