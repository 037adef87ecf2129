package transfers

import (
	"net/http"

	"github.com/a-h/templ"

	views "handover/views/transfers"
	"handover/web/page"
	"handover/web/preview"
)

// askExecute draws the last step. It shows only what was seen: anything else goes
// back to the preview.
func (r *draftRequest) askExecute() (templ.Component, error) {
	seen := r.draft.Preview
	p, err := r.previewed()
	if errs, wrong := page.FieldErrors(err); wrong {
		return r.askFirst(errs)
	}
	if err != nil {
		return nil, err
	}
	if seen == nil || seen.Fingerprint != p.Fingerprint {
		r.status = http.StatusConflict
		return r.previewPage(p, seen), nil
	}
	if len(r.errors) == 0 {
		if r.errors = unsettled(p, r.request, "change the "+r.flow.Noun); len(r.errors) > 0 {
			r.status = http.StatusUnprocessableEntity
			return r.previewPage(p, nil), nil
		}
	}
	whole := preview.View(p, preview.Place{Style: r.Style, Acknowledged: r.request.Acknowledged, Link: r.RecordHref})
	v := views.DialogConfirm{
		Draft: r.frame(), Icon: r.flow.Icon, Facts: r.flow.settled(r, p), Sentence: p.Sentence, Sides: whole.Sides,
		Preview: whole, Bar: r.actBar(p),
	}
	v.Bar.Waiting, v.Bar.Fields.AskPostOn = "", false // both were settled with the preview
	for _, f := range p.Findings {
		if f.Acknowledgement != nil {
			v.Understood = append(v.Understood, page.UpperFirst(*f.Acknowledgement))
		}
	}
	return views.DialogConfirmPage(v), nil
}

// readExecute takes why it is asked for.
func (r *draftRequest) readExecute(f *page.Form) error {
	r.request.Reason = f.Reason()
	return nil
}
