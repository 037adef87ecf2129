package transfers

import (
	"slices"
	"strings"

	"handover/internal/transfer"
	pageviews "handover/views/page"
	"handover/views/ui"
)

// soFar lists what is settled, for the card beside the question.
func (r *draftRequest) soFar() []ui.Fact {
	req := r.draft.Request
	facts := []ui.Fact{
		{Label: "Customer", Value: pageviews.NamedLink(r.source.Name, r.source.Number(),
			r.URL("/customers/"+r.source.Number()))},
		{Label: "From", Text: r.From.Name + " (" + r.From.Currency + ")"},
		{Label: "Balance", Text: r.Amount(r.Customer.Balance), Note: owes(r.Customer.Balance.Value.Sign())},
	}
	if r.To.ID != 0 {
		facts = append(facts, ui.Fact{Label: "To", Text: r.To.Name + " (" + r.To.Currency + ")"})
	}
	if req.Mode != "" {
		facts = append(facts, ui.Fact{Label: "Mode", Text: ModeShort(req.Mode), Note: entities(r.SameEntity)})
		facts = append(facts, ui.Fact{Label: "Notify Customer", Text: r.notifies(req)})
		if r.Customer.Open > 0 {
			facts = append(facts, ui.Fact{Label: "Open balance", Text: CarryShort(req.CarryAs)})
		}
	}
	if text := r.plansSoFar(); text != "" {
		facts = append(facts, ui.Fact{Label: "Service plans", Text: text})
	}
	if r.Converts() && req.ConversionRate != "" {
		facts = append(facts, ui.Fact{Label: "Conversion rate", Text: r.NumberText(req.ConversionRate)})
	}
	if r.draft.Number != "" {
		facts = append(facts, ui.Fact{Label: "Draft", Text: r.draft.Number + ", saved " +
			r.Clock(r.draft.UpdatedAt)})
	}
	return facts
}

// owes says whose the balance is.
func owes(sign int) string {
	switch sign {
	case 1:
		return sayOwes
	case -1:
		return sayCredit
	}
	return sayNothingOwed
}

func entities(same bool) string {
	if same {
		return saySameEntity
	}
	return sayDifferentEntities
}

// ModeShort names the mode in the few words of a summary.
func ModeShort(m transfer.Mode) string {
	if m == transfer.ModeEverything {
		return sayEverything
	}
	return saySubscriptionsOnly
}

func (r *draftRequest) notifies(req transfer.Request) string {
	switch {
	case !req.NotifyCustomer:
		return "No"
	case r.Customer.Email == "":
		return sayNoEmail
	}
	return sayBrand + r.To.BrandName
}

// plansSoFar counts how the subscriptions find their plans.
func (r *draftRequest) plansSoFar() string {
	if r.To.ID == 0 || len(r.Matched)+len(r.Choices) == 0 {
		return ""
	}
	counts := map[string]int{"matched": len(r.Matched)}
	for _, q := range r.Choices {
		switch {
		case !q.Settled:
			counts["to choose"]++
		case q.Delegated:
			counts["delegated"]++
		default:
			counts["chosen"]++
		}
	}
	var parts []string
	for _, word := range []string{"matched", "chosen", "delegated", "to choose"} {
		if counts[word] > 0 {
			parts = append(parts, r.Count(counts[word])+" "+word)
		}
	}
	return strings.Join(slices.Clip(parts), ", ")
}
