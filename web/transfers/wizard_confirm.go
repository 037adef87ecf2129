package transfers

import (
	"fmt"

	"handover/internal/engine/rules"
	"handover/internal/transfer"
	pageviews "handover/views/page"
	"handover/views/ui"
	"handover/web/page"
	"handover/web/preview"
)

// wizardAct names what Transfer will do.
func (r *draftRequest) wizardAct(transfer.Preview) string {
	return fmt.Sprintf(titleTransfer, r.source.Name, r.From.Name, r.To.Name)
}

func (r *draftRequest) wizardSettled(p transfer.Preview) []ui.Fact {
	facts := []ui.Fact{
		{Label: "Mode", Text: ModeShort(r.request.Mode), Note: entities(r.SameEntity)},
		{Label: "Notify Customer", Text: r.notifies(r.request)},
	}
	if p.Rate != nil {
		facts = append(facts, preview.RateFacts(r.Style, p.Rate)...)
	}
	if r.Customer.Open > 0 {
		facts = append(facts, ui.Fact{Label: "Open balance", Text: CarryShort(r.request.CarryAs)})
	}
	if r.draft.Number != "" {
		facts = append(facts, ui.Fact{Label: "Draft", Text: r.draft.Number})
	}
	return facts
}

// remedy leads to the step where a finding of the request itself is answered.
func (r *draftRequest) remedy(code transfer.Code) pageviews.RecordLink {
	step := code.Step()
	if !r.Has(step) {
		return pageviews.RecordLink{}
	}
	return pageviews.RecordLink{Label: labelGoToStep + r.flow.step(step).Label, Href: r.URL(r.path(step))}
}

// readConfirm takes what is accepted of the preview.
func (r *draftRequest) readConfirm(f *page.Form) error {
	readAct(f, rules.Codes(r.flow.Kind), &r.request)
	r.request.Reason = f.Reason()
	return nil
}

// answerConfirm does what the button of the confirmation says.
func (r *draftRequest) answerConfirm(f *page.Form) error {
	code := f.Text("instead")
	switch {
	case code != "":
		p, err := r.engine.Preview(r.Ctx(), r.draft.Request)
		if err != nil {
			return err
		}
		return r.takeInstead(f, p, transfer.Code(code))
	case f.Text("go") == "allow":
		return r.allowRate(f)
	case reposts(f, r.draft.Request.PostOn, r.request.PostOn):
		return r.keep(f, r.flow.Preview)
	}
	return r.submit(f)
}
