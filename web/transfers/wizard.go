package transfers

import (
	"fmt"

	"handover/internal/engine"
	views "handover/views/transfers"
	"handover/web/page"
)

// The Transfer Account Wizard asks step by step: which steps there are follows from the answers.

// startWizard leads to the first open question.
func (h draftPages) startWizard(p *page.Page) error {
	r, err := h.load(p, engine.AskDistributor)
	if err != nil {
		return err
	}
	return p.Redirect(r.path(r.Next()))
}

func (r *draftRequest) wizardProgress() (engine.Wizard, error) {
	return r.engine.Wizard(r.Ctx(), r.request)
}

func (r *draftRequest) wizardTurnedAway() string {
	switch {
	case r.To.ID == 0:
		return msgSelectDistributorFirst
	case r.Has(r.step.Name):
		return ""
	case r.step.Name == engine.AskRate:
		return msgNoConversion + r.To.Name + msgSells + r.To.Currency + msgCurrency + r.source.Name + "."
	case r.step.Name == engine.AskPlans:
		return msgNoPlans + r.To.Name + "."
	}
	return ""
}

// question is what every question of the wizard has around it.
func (r *draftRequest) question() views.Wizard {
	return views.Wizard{Draft: r.frame(), Customer: r.source.Name, Label: r.step.Label, SoFar: r.soFar()}
}

func (r *draftRequest) wizardSides() (stay, move string) {
	return fmt.Sprintf(labelStayAt, r.source.Name, r.From.Name), fmt.Sprintf(labelGoToNew, r.source.Name, r.To.Name)
}
