package transfers

import (
	"slices"
	"strings"

	"handover/internal/transfer"
	pageviews "handover/views/page"
	"handover/views/ui"
	"handover/web/page"
)

// soFar lists what is settled, for the card beside the question.
func (w *walk) soFar() []ui.Fact {
	req := w.draft.Request
	facts := []ui.Fact{
		{Label: "Customer", Value: pageviews.NamedLink(w.customer.Name, w.customer.Number(), w.URL("/customers/"+w.customer.Number()))},
		{Label: "From", Text: w.From.Name + " (" + w.From.Currency + ")"},
		{Label: "Balance", Text: page.FormatAmount(w.Customer.Balance), Note: owes(w.Customer.Balance.Value.Sign())},
	}
	if w.To.ID != 0 {
		facts = append(facts, ui.Fact{Label: "To", Text: w.To.Name + " (" + w.To.Currency + ")"})
	}
	if req.Mode != "" {
		facts = append(facts, ui.Fact{Label: "Mode", Text: ModeShort(req.Mode), Note: entities(w.SameEntity)})
		facts = append(facts, ui.Fact{Label: "Notify Customer", Text: w.notifies(req)})
		if w.Customer.Open > 0 {
			facts = append(facts, ui.Fact{Label: "Open balance", Text: CarryShort(req.CarryAs)})
		}
	}
	if text := w.plansSoFar(); text != "" {
		facts = append(facts, ui.Fact{Label: "Service plans", Text: text})
	}
	if w.Converts() && req.ConversionRate != "" {
		facts = append(facts, ui.Fact{Label: "Conversion rate", Text: req.ConversionRate})
	}
	if w.draft.Number != "" {
		facts = append(facts, ui.Fact{Label: "Draft", Text: w.draft.Number + ", saved " + w.draft.UpdatedAt.UTC().Format("15:04") + " UTC"})
	}
	return facts
}

// owes says whose the balance is.
func owes(sign int) string {
	switch sign {
	case 1:
		return "customer owes"
	case -1:
		return "customer has credit"
	}
	return "nothing is owed"
}

func entities(same bool) string {
	if same {
		return "same legal entity"
	}
	return "different legal entities"
}

// ModeShort names the mode in the few words of a summary.
func ModeShort(m transfer.Mode) string {
	if m == transfer.ModeEverything {
		return "Subscriptions, T&C acceptance history, and payment methods"
	}
	return "Subscriptions only"
}

func (w *walk) notifies(req transfer.Request) string {
	switch {
	case !req.NotifyCustomer:
		return "No"
	case w.Customer.Email == "":
		return "Yes, but the customer has no e-mail address"
	}
	return "Yes, in the brand of " + w.To.BrandName
}

// plansSoFar counts how the subscriptions find their plans.
func (w *walk) plansSoFar() string {
	if w.To.ID == 0 || len(w.Matched)+len(w.Choices) == 0 {
		return ""
	}
	counts := map[string]int{"matched": len(w.Matched)}
	for _, q := range w.Choices {
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
			parts = append(parts, page.FormatCount(counts[word])+" "+word)
		}
	}
	return strings.Join(slices.Clip(parts), ", ")
}
