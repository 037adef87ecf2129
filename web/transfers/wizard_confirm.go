package transfers

import (
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/a-h/templ"

	"handover/internal/engine"
	"handover/internal/engine/rules"
	"handover/internal/fault"
	"handover/internal/order"
	"handover/internal/record"
	"handover/internal/transfer"
	pageviews "handover/views/page"
	views "handover/views/transfers"
	"handover/views/ui"
	"handover/web/page"

	"handover/web/preview"
)

func (h wizardPages) askConfirm(w *walk) (templ.Component, error) {
	p, err := h.engine.PreviewDraft(w.Request().Context(), w.draft)
	if errs, wrong := page.FieldErrors(err); wrong && errs.For("post_on") != "" {
		if w.draft, err = w.DropPosting(h.engine, w.draft); err != nil {
			return nil, err
		}
		w.errors = append(w.errors, errs...)
		p, err = h.engine.PreviewDraft(w.Ctx(), w.draft)
	}
	if err != nil {
		return nil, err
	}
	return h.confirmPage(w, p, w.confirmedBefore()), nil
}

// confirmedBefore is what was confirmed of a draft that was handed back, until it is previewed
// anew; nil of any other.
func (w *walk) confirmedBefore() *transfer.Preview {
	before := w.draft.Preview
	if w.draft.SubmittedAt == nil || before == nil || before.Fingerprint != w.draft.Fingerprint {
		return nil
	}
	return before
}

// confirmPage draws the preview and the act; before is what was confirmed, when the
// data changed since.
func (h wizardPages) confirmPage(w *walk, p transfer.Preview, before *transfer.Preview) templ.Component {
	v := views.Confirm{
		Wizard: w.frame(), Token: p.Fingerprint, CSV: w.URL(w.path("confirm/preview.csv")),
		Act:   fmt.Sprintf("Transfer %s from %s to %s", w.customer.Name, w.From.Name, w.To.Name),
		Later: page.Later(w.Page, w.draft.SourceDistributorID, w.startTyped, w.errors.For("start_at")), Fields: page.ActFields(p, w.request, w.errors),
		Preview: preview.View(p, preview.Place{
			Form: "wizard", Acknowledged: w.request.Acknowledged, Errors: w.errors, Before: before,
			Records: w.URL(w.path("confirm/records")), Link: w.RecordHref, Remedy: w.remedy, Facts: w.settled(p),
			Instead: w.instead, Allow: w.allow,
		}),
	}
	if n := len(p.Blocking()); n > 0 {
		v.Blocked = page.BlockedWords(n)
	} else if n := len(p.Unacknowledged(transfer.Request{})); n > 0 {
		v.Waiting = fmt.Sprintf("%s above must be ticked first.", page.Plural(n, "warning", "warnings"))
	}
	return views.ConfirmPage(v)
}

// settled are the answers of the earlier steps.
func (w *walk) settled(p transfer.Preview) []ui.Fact {
	facts := []ui.Fact{
		{Label: "Mode", Text: ModeShort(w.request.Mode), Note: entities(w.SameEntity)},
		{Label: "Notify Customer", Text: w.notifies(w.request)},
	}
	if p.Rate != nil {
		facts = append(facts, preview.RateFacts(p.Rate)...)
	}
	if w.Customer.Open > 0 {
		facts = append(facts, ui.Fact{Label: "Open balance", Text: CarryShort(w.request.CarryAs)})
	}
	if w.draft.Number != "" {
		facts = append(facts, ui.Fact{Label: "Draft", Text: w.draft.Number})
	}
	return facts
}

// remedy leads to the step where a finding of the request itself is answered.
func (w *walk) remedy(code transfer.Code) pageviews.RecordLink {
	step := code.Step()
	if !w.Has(step) {
		return pageviews.RecordLink{}
	}
	return pageviews.RecordLink{Label: "Go to the step " + stepNamed(step).Label, Href: w.URL(w.path(step))}
}

// readConfirm takes the acknowledgements.
func (h wizardPages) readConfirm(w *walk, f *page.Form) error {
	w.request.Acknowledged = slices.DeleteFunc(f.Texts("acknowledged"), func(code string) bool {
		return !slices.Contains(rules.Codes(record.Distributor), transfer.Code(code))
	})
	w.request.Fingerprint, w.request.Reason = "", f.Reason()
	_ = f.Date("post_on") // notes what is wrong with it
	return nil
}

// repost takes a posting date that was typed into the draft, and reports whether it is another
// one: then the preview is shown anew.
func (h wizardPages) repost(w *walk, f *page.Form) bool {
	before := w.request.PostOn
	w.request.PostOn = f.Kept("post_on", before)
	return w.request.PostOn != before || f.Text("go") == "post"
}

// transfer submits the draft; a worker executes it. Leaving the page changes nothing.
func (h wizardPages) transfer(w *walk, f *page.Form) error {
	accepted := w.request
	accepted.Fingerprint, accepted.StartAt = f.Text("fingerprint"), page.StartAt(w.Page, f, w.draft.SourceDistributorID)
	w.startTyped = f.Text("start_at")
	err := f.Err()
	if err == nil {
		err = h.engine.Submit(w.Ctx(), w.Actor(), w.draft.ID, f.Int("version", 0, 0, 1<<30), accepted)
	}
	if errs, wrong := page.FieldErrors(err); wrong {
		w.errors = errs
		page, err := h.askConfirm(w)
		if err != nil {
			return err
		}
		return w.Form(errs, w.step.Label+" · Transfer "+w.customer.Name, page)
	}
	if refusal, refused := errors.AsType[*engine.Refusal](err); refused {
		return h.refused(w, refusal, accepted.Fingerprint)
	}
	if err != nil {
		o, readErr := order.GetOrder(w.Ctx(), w.DB(), w.draft.Number)
		if readErr != nil {
			return errors.Join(err, readErr)
		}
		if o.Status == "draft" && fault.Is(err, fault.Conflict) {
			return h.movedOn(w, w.request)
		}
		if o.Status == "draft" {
			return err
		}
	}
	o, err := page.Await(w.Page, w.draft.Number)
	if err != nil {
		return err
	}
	if o.Status == "draft" {
		return page.HandedBack(w.Page, w.path(w.step.Name))
	}
	return w.Redirect("/orders/" + o.Number)
}

// refused shows the new preview: with what differs where the data changed, with the
// warnings still to be ticked where it is blocked.
func (h wizardPages) refused(w *walk, r *engine.Refusal, seen string) error {
	shown := w.draft.Preview
	ticked, reason := w.request.Acknowledged, w.request.Reason
	if err := h.refresh(w); err != nil {
		return err
	}
	w.request.Acknowledged, w.request.Reason = ticked, reason
	if _, err := h.engine.PreviewDraft(w.Request().Context(), w.draft); err != nil {
		return err
	}
	status := http.StatusConflict
	if r.Fault.Code == fault.Blocked {
		status, shown = http.StatusUnprocessableEntity, nil
		for _, f := range r.Preview.Unacknowledged(w.request) {
			w.errors = append(w.errors, ui.FieldError{Name: string(f.Code), Message: fmt.Sprintf("Tick “I understand: %s”, or change the transfer.", *f.Acknowledgement)})
		}
		for _, f := range r.Preview.Blocking() {
			w.errors = append(w.errors, ui.FieldError{Message: f.Message + " " + f.Remedy})
		}
	} else if shown == nil || shown.Fingerprint != seen {
		shown, w.notice = nil, r.Error()
	}
	return w.Render(status, w.step.Label+" · Transfer "+w.customer.Name, h.confirmPage(w, r.Preview, shown))
}

// records lists the records behind a line of the preview.
func (h wizardPages) records(p *page.Page) error {
	w, err := h.load(p)
	if err != nil {
		return err
	}
	w.step = stepNamed(engine.AskConfirm)
	if !w.Reachable(engine.AskConfirm) {
		return h.turnAway(w)
	}
	at := preview.OfCustomer(p, w.customer.Number(), w.URL(w.path(engine.AskConfirm)))
	at.Stay = fmt.Sprintf("They stay with %s at %s.", w.customer.Name, w.From.Name)
	at.Move = fmt.Sprintf("They go to the new account of %s with %s.", w.customer.Name, w.To.Name)
	return preview.ImpactRecordsPage(p, preview.ImpactOf(p, h.engine, w.request), at)
}

// previewCSV sends the impact of the preview as a file.
func (h wizardPages) previewCSV(p *page.Page) error {
	w, err := h.load(p)
	if err != nil {
		return err
	}
	w.step = stepNamed(engine.AskConfirm)
	if !w.Reachable(engine.AskConfirm) {
		return h.turnAway(w)
	}
	shown, err := h.engine.Preview(p.Request().Context(), w.request)
	if err != nil {
		return err
	}
	return preview.SendImpact(p, w.customer.Number(), shown)
}
