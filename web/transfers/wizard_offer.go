package transfers

import (
	"net/http"
	"slices"
	"strings"

	"handover/internal/engine"
	"handover/internal/fault"
	"handover/internal/identity"
	"handover/internal/transfer"
	"handover/views/ui"
	"handover/web/page"

	"handover/web/preview"
)

// instead names the remedy that is one click away, "" for none.
func (w *walk) instead(f transfer.Finding) string {
	if f.Instead != nil && f.Instead.ConversionRate != "" {
		return "Use the rate " + f.Instead.ConversionRate
	}
	return page.PostingInstead(w.request.PostOn)(f)
}

// allow is the field with which the reader lets a blocked rate pass, nil where they cannot.
func (w *walk) allow(f transfer.Finding) *ui.Input {
	if f.Code != "RATE_IMPLAUSIBLE" || !w.Staff.Can(identity.RatesOverride) {
		return nil
	}
	return rateReasonField(w.reasonTyped, w.errors.For("rate_reason"), ui.Input{Attrs: map[string]any{"form": "wizard"}})
}

// rateReasonField asks why a conversion rate is right that is far from the rate table.
func rateReasonField(typed, mistake string, i ui.Input) *ui.Input {
	i.Name, i.Label, i.Width, i.Value, i.Error = "rate_reason", "Reason for this rate", "medium", typed, mistake
	i.Hint = "At least 10 characters. It is kept on the order with your name."
	return &i
}

// takeInstead applies the remedy of a finding and shows the new preview.
func (h wizardPages) takeInstead(w *walk, f *page.Form, code transfer.Code) error {
	p, err := h.engine.Preview(w.Ctx(), w.request)
	if err != nil {
		return err
	}
	finding, found := p.Finding(code)
	if !found || w.instead(finding) == "" {
		stale := fault.New(fault.PreviewStale, "The data changed since the preview. Look at the new preview.")
		return h.refused(w, &engine.Refusal{Fault: stale, Preview: p}, f.Text("fingerprint"))
	}
	if finding.Instead.PostOn != "" {
		w.request.PostOn = finding.Instead.PostOn
		return h.keep(w, f, engine.AskConfirm)
	}
	w.request.ConversionRate = finding.Instead.ConversionRate
	w.request.Acknowledged = slices.DeleteFunc(w.request.Acknowledged, func(code string) bool {
		return strings.HasPrefix(code, "RATE_")
	})
	return h.keep(w, f, engine.AskConfirm)
}

// allowRate lets the blocked rate of the reader's own draft pass.
func (h wizardPages) allowRate(w *walk, f *page.Form) error {
	if !w.Staff.Can(identity.RatesOverride) {
		return fault.New(fault.Forbidden, "Only an administrator or finance can allow this rate.")
	}
	w.reasonTyped = f.Text("rate_reason")
	err := h.engine.AllowRate(w.Ctx(), w.Actor(), w.draft.Number, w.reasonTyped)
	if errs, wrong := page.FieldErrors(err); wrong {
		w.errors = errs
		return h.render(w, http.StatusUnprocessableEntity)
	}
	if fault.Is(err, fault.Conflict) {
		return w.Tell(ui.Flash{Tone: ui.Amber, Text: err.Error()}, w.path(engine.AskConfirm))
	}
	if err != nil {
		return err
	}
	return w.Tell(ui.Flash{Tone: ui.Green, Text: preview.RateAllowed}, w.path(engine.AskConfirm))
}
