package transfers

import (
	"net/http"

	"handover/internal/engine"
	"handover/internal/fault"
	"handover/internal/identity"
	"handover/internal/transfer"
	"handover/views/ui"
	"handover/web/page"

	"handover/web/preview"
)

// allow is the field with which the reader lets a blocked rate pass, nil where they cannot.
func (r *draftRequest) allow(f transfer.Finding) *ui.Input {
	if f.Code != "RATE_IMPLAUSIBLE" || !r.Staff.Can(identity.RatesOverride) {
		return nil
	}
	return rateReasonField(r.reasonTyped, r.errors.For("rate_reason"),
		ui.Input{Attrs: map[string]any{"form": r.flow.Form}})
}

// rateReasonField asks why a conversion rate is right that is far from the rate table.
func rateReasonField(typed, mistake string, i ui.Input) *ui.Input {
	i.Name, i.Label, i.Width, i.Value, i.Error = "rate_reason", labelReason, "medium", typed, mistake
	i.Hint = hintReason
	return &i
}

// allowRate lets the blocked rate of the reader's own draft pass.
func (r *draftRequest) allowRate(f *page.Form) error {
	if !r.Staff.Can(identity.RatesOverride) {
		return fault.New(fault.Forbidden, msgOnlyFinanceAllows)
	}
	r.reasonTyped = f.Text("rate_reason")
	err := r.engine.AllowRate(r.Ctx(), r.Actor(), r.draft.Number, r.reasonTyped)
	if errs, wrong := page.FieldErrors(err); wrong {
		r.errors = errs
		return r.render(http.StatusUnprocessableEntity)
	}
	if fault.Is(err, fault.Conflict) {
		return r.Tell(ui.Flash{Tone: ui.Amber, Text: err.Error()}, r.path(engine.AskConfirm))
	}
	if err != nil {
		return err
	}
	return r.Tell(ui.Flash{Tone: ui.Green, Text: preview.RateAllowed}, r.path(engine.AskConfirm))
}
