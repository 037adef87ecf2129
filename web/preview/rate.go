package preview

import (
	"fmt"

	"handover/internal/transfer"
	"handover/views/ui"
	"handover/web/page"
)

// RateFacts show a rate, and who allowed it if it is far from the rate table.
func RateFacts(s page.Style, rate *transfer.RatePreview) []ui.Fact {
	if rate == nil {
		return nil
	}
	facts := []ui.Fact{{
		Label: "Conversion rate", Text: fmt.Sprintf("1 %s = %s %s", rate.From, s.NumberText(rate.Rate), rate.To),
		Note: rate.Derivation,
	}}
	if rate.AllowedBy != "" {
		facts = append(facts, AllowedFact(rate.AllowedBy, rate.Reason))
	}
	return facts
}

// RateAllowed is the result of allowing a rate.
const RateAllowed = msgRateAllowed

// AllowedFact says who let a rate pass, and why.
func AllowedFact(name, reason string) ui.Fact {
	return ui.Fact{Label: "Rate allowed by", Text: name, Note: reason}
}
