package transfers

import (
	"errors"
	"net/http"

	"handover/internal/engine"
	"handover/internal/fault"
	"handover/internal/order"
	views "handover/views/transfers"
	"handover/web/page"

	"handover/web/preview"
)

// showConfirm draws the last step. It shows only what was seen: anything else goes
// back to the preview.
func (h dialogPages) showConfirm(t *talk, status int) error {
	seen := t.draft.Preview
	p, err := h.engine.PreviewDraft(t.Ctx(), t.draft)
	if err != nil {
		return err
	}
	if seen == nil || seen.Fingerprint != p.Fingerprint {
		return h.previewPage(t, http.StatusConflict, p, seen)
	}
	if len(t.errors) == 0 && t.unsettled(p) {
		return h.previewPage(t, http.StatusUnprocessableEntity, p, nil)
	}
	whole := preview.View(p, preview.Place{Acknowledged: t.request.Acknowledged, Link: t.RecordHref})
	v := views.DialogConfirm{
		Dialog: t.frame(), Token: p.Fingerprint, Act: h.act(t, p), Facts: t.settled(p), Sentence: p.Sentence, Sides: whole.Sides, Preview: whole,
		Later: page.Later(t.Page, t.draft.SourceDistributorID, t.typed, t.errors.For("start_at")), Fields: page.ActFields(p, t.request, t.errors),
	}
	for _, f := range p.Findings {
		if f.Acknowledgement != nil {
			v.Understood = append(v.Understood, page.UpperFirst(*f.Acknowledgement))
		}
	}
	return t.Render(status, "Execute · "+h.Title, views.DialogConfirmPage(v))
}

// readConfirm submits the draft; a worker executes it. Leaving the page changes nothing.
func (h dialogPages) readConfirm(t *talk, f *page.Form) error {
	if f.Text("go") == "back" {
		return t.Redirect(t.path(PreviewStep))
	}
	accepted := t.draft.Request
	accepted.Fingerprint, accepted.StartAt = f.Text("fingerprint"), page.StartAt(t.Page, f, t.draft.SourceDistributorID)
	t.typed = f.Text("start_at")
	accepted.Reason = f.Reason()
	t.request.Reason = accepted.Reason
	err := f.Err()
	if err == nil {
		err = h.engine.Submit(t.Ctx(), t.Actor(), t.draft.ID, f.Int("version", 0, 0, 1<<30), accepted)
	}
	if errs, wrong := page.FieldErrors(err); wrong {
		t.errors = errs
		return h.showConfirm(t, http.StatusUnprocessableEntity)
	}
	if refusal, refused := errors.AsType[*engine.Refusal](err); refused {
		return h.refused(t, refusal, accepted.Fingerprint)
	}
	if err != nil {
		o, readErr := order.GetOrder(t.Ctx(), t.DB(), t.draft.Number)
		if readErr != nil {
			return errors.Join(err, readErr)
		}
		if o.Status == "draft" && fault.Is(err, fault.Conflict) {
			return h.movedOn(t, t.request)
		}
		if o.Status == "draft" {
			return err
		}
	}
	o, err := page.Await(t.Page, t.draft.Number)
	if err != nil {
		return err
	}
	if o.Status == "draft" {
		return page.HandedBack(t.Page, t.path(PreviewStep))
	}
	return t.Redirect("/orders/" + o.Number)
}

// refused shows the new preview: with what differs where the data changed, with what
// is still to be settled where it is blocked.
func (h dialogPages) refused(t *talk, r *engine.Refusal, seen string) error {
	if r.Fault.Code == fault.PreviewStale {
		return h.changed(t, r.Preview, seen)
	}
	if err := h.refresh(t); err != nil {
		return err
	}
	t.unsettled(r.Preview)
	return h.previewPage(t, http.StatusUnprocessableEntity, r.Preview, nil)
}

// records lists the records behind a line of the preview.
func (h dialogPages) records(p *page.Page) error {
	t, err := h.load(p, PreviewStep)
	if err != nil {
		return err
	}
	if !t.asked() {
		return h.turnAway(t)
	}
	at := preview.OfCustomer(p, t.source.Number(), t.URL(t.path(PreviewStep)))
	at.Stay, at.Move = "They stay with "+t.source.Name+".", "They go to "+t.draft.TargetName+"."
	return preview.ImpactRecordsPage(p, preview.ImpactOf(p, h.engine, t.draft.Request), at)
}

// previewCSV sends the impact of the preview as a file.
func (h dialogPages) previewCSV(p *page.Page) error {
	t, err := h.load(p, PreviewStep)
	if err != nil {
		return err
	}
	if !t.asked() {
		return h.turnAway(t)
	}
	shown, err := h.engine.Preview(p.Ctx(), t.draft.Request)
	if err != nil {
		return err
	}
	return preview.SendImpact(p, t.source.Number(), shown)
}
