package transfers

import (
	"errors"
	"net/http"

	"handover/internal/engine"
	"handover/internal/fault"
	"handover/internal/order"
	"handover/web/page"
)

// submit sends the draft to be executed by a worker. Leaving the page changes nothing.
func (r *draftRequest) submit(f *page.Form) error {
	accepted := r.request
	accepted.Fingerprint, accepted.StartAt = f.Text("fingerprint"), page.StartAt(r.Page, f, r.draft.SourceDistributorID)
	r.startTyped = f.Text("start_at")
	err := f.Err()
	if err == nil {
		err = r.engine.Submit(r.Ctx(), r.Actor(), r.draft.ID, versionOf(f), accepted)
	}
	if errs, wrong := page.FieldErrors(err); wrong {
		r.errors = errs
		return r.render(http.StatusUnprocessableEntity)
	}
	if refusal, refused := errors.AsType[*engine.Refusal](err); refused {
		return r.refused(refusal, accepted.Fingerprint)
	}
	if err != nil {
		o, readErr := order.GetOrder(r.Ctx(), r.DB(), r.draft.Number)
		if readErr != nil {
			return errors.Join(err, readErr)
		}
		if o.Status == order.StateDraft && fault.Is(err, fault.Conflict) {
			return r.movedOn()
		}
		if o.Status == order.StateDraft {
			return err
		}
	}
	return awaited(r.Page, r.draft.Number, r.path(r.flow.Preview))
}

// refused shows the new preview: with what differs where the data changed, with what is still to
// be settled where it is blocked.
func (r *draftRequest) refused(refusal *engine.Refusal, seen string) error {
	if refusal.Fault.Code == fault.PreviewStale {
		return r.changed(refusal.Preview, seen)
	}
	if err := r.remember(); err != nil {
		return err
	}
	r.errors = append(r.errors, unsettled(refusal.Preview, r.request, "change the "+r.flow.Noun)...)
	return r.showPreview(http.StatusUnprocessableEntity, refusal.Preview, nil)
}
