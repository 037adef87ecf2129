package transfers

import (
	"handover/internal/engine"
	"handover/internal/transfer"
	pageviews "handover/views/page"
	"handover/views/ui"
)

// Merge Customers and Transfer Subscriptions are dialogs as pages of their own: one question, the
// preview, the act.

// mergeProgress has the preview answered once it was shown; what it asks to be ticked is asked
// again before the act.
func (r *draftRequest) mergeProgress() (engine.Wizard, error) {
	asked := r.draft.Number != "" && r.draft.Request.Check() == nil
	return engine.Wizard{Steps: []engine.WizardStep{
		{Name: selectStep, Answered: asked},
		{Name: previewStep, Answered: asked && r.draft.Preview != nil},
		{Name: engine.AskConfirm},
	}}, nil
}

func (r *draftRequest) mergeTurnedAway() string {
	if r.Reachable(previewStep) {
		return ""
	}
	return "Select the target customer first, then Preview."
}

func (r *draftRequest) mergeSettled(p transfer.Preview) []ui.Fact {
	facts := []ui.Fact{
		{Label: "Source", Value: pageviews.NamedLink(p.Source.Name, p.Source.Number,
			r.RecordHref(transfer.Record{Kind: "customer", Number: p.Source.Number}))},
		{Label: "Target", Value: pageviews.NamedLink(p.Target.Name, p.Target.Number,
			r.RecordHref(transfer.Record{Kind: "customer", Number: p.Target.Number}))},
		EffectiveFact(r.Style, r.draft.Request),
	}
	if list := r.draft.Request.Subscriptions; len(list) > 0 {
		facts = append(facts, ui.Fact{Label: "Selected", Text: NamesShort(r.Style, list, 4)})
	}
	return append(facts, ui.Fact{Label: "Draft", Text: r.draft.Number})
}

func (r *draftRequest) mergeSides() (stay, move string) {
	return labelStayWithSource + r.source.Name + ".", labelGoTo + r.draft.TargetName + "."
}
