package transfers

import (
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"handover/internal/engine"
	"handover/internal/transfer"
	views "handover/views/transfers"
	"handover/views/ui"
	"handover/web/page"
	"handover/web/preview"
)

// askPreview draws the preview of the draft. A request that none can be computed for leads back to
// the first step, with the reason.
func (r *draftRequest) askPreview() (templ.Component, error) {
	p, err := r.previewed()
	if errs, wrong := page.FieldErrors(err); wrong {
		return r.askFirst(errs)
	}
	if err != nil {
		return nil, err
	}
	return r.previewPage(p, r.confirmedBefore()), nil
}

// previewed computes the preview of the draft, without a posting date that has become wrong.
func (r *draftRequest) previewed() (transfer.Preview, error) {
	p, err := r.engine.PreviewDraft(r.Ctx(), r.draft)
	errs, wrong := page.FieldErrors(err)
	if !wrong || errs.For("post_on") == "" {
		return p, err
	}
	if r.draft, err = r.DropPosting(r.engine, r.draft); err != nil {
		return p, err
	}
	r.request.PostOn, r.errors, r.status = "", append(r.errors, errs...), http.StatusUnprocessableEntity
	return r.engine.PreviewDraft(r.Ctx(), r.draft)
}

// confirmedBefore is what was confirmed of a draft that was handed back, until it is previewed
// anew; nil of any other.
func (r *draftRequest) confirmedBefore() *transfer.Preview {
	before := r.draft.Preview
	if r.draft.SubmittedAt == nil || before == nil || before.Fingerprint != r.draft.Fingerprint {
		return nil
	}
	return before
}

// showPreview answers with the preview.
func (r *draftRequest) showPreview(status int, p transfer.Preview, before *transfer.Preview) error {
	r.status = status
	return r.answer(r.previewPage(p, before))
}

// previewPage draws the preview and the act; before is what was shown, when the data changed since.
func (r *draftRequest) previewPage(p transfer.Preview, before *transfer.Preview) templ.Component {
	r.step = r.flow.step(r.flow.Preview)
	v := views.DraftPreview{
		Draft: r.frame(), Bar: r.actBar(p),
		Preview: preview.View(p, preview.Place{
			Style: r.Style, Form: r.flow.Form, Acknowledged: r.request.Acknowledged, Errors: r.errors, Before: before,
			Records: r.URL(r.path(r.flow.Lists + "records")), Link: r.RecordHref, Remedy: r.remedy,
			Facts:   r.flow.settled(r, p),
			Instead: r.instead, Allow: r.allow,
		}),
	}
	v.Bar.CSV = r.URL(r.path(r.flow.Lists + "preview.csv"))
	v.Bar.Swap = v.Draft.CanSwap
	return views.DraftPreviewPage(v)
}

// actBar is the bar of the step: the last one does the act, an earlier one goes on.
func (r *draftRequest) actBar(p transfer.Preview) views.ActBar {
	frame := r.frame()
	v := actBar(r.Style, p, r.request, r.errors)
	v.Form, v.Action, v.Hidden = frame.Form, frame.Action, append(frame.Hidden, v.Hidden...)
	v.Act, v.Enter, v.Button, v.Back = r.flow.act(r, p), r.step.Enter, r.step.Button, frame.HasBack
	v.Button.Disabled = v.Blocked != ""
	if r.step.Name == engine.AskConfirm {
		later := page.Later(r.Page, r.draft.SourceDistributorID, r.startTyped, r.errors.For("start_at"))
		v.Later = &later
	}
	return v
}

// instead names the remedy that is one click away, "" for none.
func (r *draftRequest) instead(f transfer.Finding) string {
	if f.Instead == nil {
		return ""
	}
	asked, better := r.draft.Request.Subscriptions, f.Instead.Subscriptions
	more := slices.DeleteFunc(slices.Clone(better), func(n string) bool { return slices.Contains(asked, n) })
	less := slices.DeleteFunc(slices.Clone(asked), func(n string) bool { return slices.Contains(better, n) })
	switch {
	case f.Instead.ConversionRate != "":
		return "Use the rate " + r.NumberText(f.Instead.ConversionRate)
	case len(more) > 0:
		return "Also select " + NamesShort(r.Style, more, 3)
	case len(better) > 0 && len(less) > 0:
		return "Leave out " + NamesShort(r.Style, less, 3)
	case f.Instead.EffectiveOn != "" && f.Instead.EffectiveOn != r.draft.Request.EffectiveOn:
		text := "Use the effective date " + r.DayText(f.Instead.EffectiveOn)
		if f.Instead.PostOn != "" {
			text += " and post on " + r.DayText(f.Instead.PostOn)
		}
		return text
	}
	return page.PostingInstead(r.Style, r.draft.Request.PostOn)(f)
}

// takeInstead applies the remedy of a finding and shows the new preview. The warnings that say
// something else from then on must be ticked again.
func (r *draftRequest) takeInstead(f *page.Form, p transfer.Preview, code transfer.Code) error {
	finding, _ := p.Finding(code)
	if r.instead(finding) == "" {
		return r.changed(p, f.Text("fingerprint"))
	}
	better := finding.Instead
	if better.PostOn != "" {
		r.request.PostOn = better.PostOn
	}
	if better.ConversionRate != "" {
		r.request.ConversionRate = better.ConversionRate
		r.request.Acknowledged = slices.DeleteFunc(r.request.Acknowledged, func(code string) bool {
			return strings.HasPrefix(code, "RATE_")
		})
	}
	if better.EffectiveOn != "" {
		r.request.EffectiveOn, r.request.Acknowledged = better.EffectiveOn, nil
	}
	if len(better.Subscriptions) > 0 {
		r.request.Subscriptions, r.request.Acknowledged = better.Subscriptions, nil
	}
	return r.keep(f, r.flow.Preview)
}

// changed shows the new preview with what differs from the one that was seen.
func (r *draftRequest) changed(p transfer.Preview, seen string) error {
	before := r.draft.Preview
	if before == nil || before.Fingerprint != seen {
		before = nil
		r.notice = ui.Notice{
			Tone: ui.Amber, Alert: true, Title: titleStale,
			Text: "Nothing was done. Look at the new preview, then go on.",
		}
	}
	if err := r.remember(); err != nil {
		return err
	}
	return r.showPreview(http.StatusConflict, p, before)
}

// remember reads the draft anew and keeps its present preview as the one that is seen. The ticks
// and the reason stay.
func (r *draftRequest) remember() error {
	ticked, reason := r.request.Acknowledged, r.request.Reason
	if err := r.refresh(); err != nil {
		return err
	}
	r.request.Acknowledged, r.request.Reason = ticked, reason
	_, err := r.engine.PreviewDraft(r.Ctx(), r.draft)
	return err
}

// records lists the records behind a line of the preview.
func (h draftPages) records(p *page.Page) error {
	return h.at(h.flow.Preview, func(r *draftRequest) error {
		at := preview.OfCustomer(p, r.source.Number(), r.URL(r.path(r.flow.Preview)))
		at.Stay, at.Move = r.flow.sides(r)
		return preview.ImpactRecordsPage(p, preview.ImpactOf(p, r.engine, r.draft.Request), at)
	})(p)
}

// previewCSV sends the impact of the preview as a file.
func (h draftPages) previewCSV(p *page.Page) error {
	return h.at(h.flow.Preview, func(r *draftRequest) error {
		shown, err := r.engine.Preview(p.Ctx(), r.draft.Request)
		if err != nil {
			return err
		}
		return preview.SendImpact(p, r.source.Number(), shown)
	})(p)
}
