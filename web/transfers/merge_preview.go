package transfers

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"handover/internal/engine/rules"
	"handover/internal/record"
	"handover/internal/transfer"
	pageviews "handover/views/page"
	views "handover/views/transfers"
	"handover/views/ui"
	"handover/web/page"

	"handover/web/preview"
)

// showPreview draws the second step. A request that no preview can be computed for
// leads back to the first, with the reason.
func (h dialogPages) showPreview(t *talk, status int) error {
	p, err := h.engine.PreviewDraft(t.Ctx(), t.draft)
	if errs, ok := page.FieldErrors(err); ok && errs.For("post_on") != "" {
		if t.draft, err = t.DropPosting(h.engine, t.draft); err != nil {
			return err
		}
		t.request.PostOn, t.errors, status = "", append(t.errors, errs...), http.StatusUnprocessableEntity
		p, err = h.engine.PreviewDraft(t.Ctx(), t.draft)
	}
	if errs, ok := page.FieldErrors(err); ok {
		t.step, t.errors = selectStep, errs
		return h.showSelect(t, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	return h.previewPage(t, status, p, nil)
}

// previewPage draws the preview; before is what was shown, when the data changed since.
func (h dialogPages) previewPage(t *talk, status int, p transfer.Preview, before *transfer.Preview) error {
	t.step = PreviewStep
	v := views.DialogPreview{
		Dialog: t.frame(), Token: p.Fingerprint, CSV: t.URL(t.path("/preview.csv")), Act: h.act(t, p),
		Preview: preview.View(p, preview.Place{
			Form: "dialog", Acknowledged: t.request.Acknowledged, Errors: t.errors, Before: before,
			Records: t.URL(t.path("/records")), Link: t.RecordHref, Instead: t.instead, Facts: t.settled(p),
		}),
		Fields: page.ActFields(p, t.request, t.errors),
	}
	if n := len(p.Blocking()); n > 0 {
		v.Blocked = page.BlockedWords(n)
	} else if n := len(p.Unacknowledged(transfer.Request{})); n > 0 {
		v.Waiting = fmt.Sprintf("%s above must be ticked first.", page.Plural(n, "warning", "warnings"))
	}
	return t.Render(status, "Preview · "+h.Title, views.DialogPreviewPage(v))
}

// act names what Execute will do.
func (h dialogPages) act(t *talk, p transfer.Preview) string {
	sentence := fmt.Sprintf("Merge %s (%s) into %s (%s)", p.Source.Name, p.Source.Number, p.Target.Name, p.Target.Number)
	if h.Kind == record.Subscriptions {
		n := len(t.draft.Request.Subscriptions) + len(p.Linked)
		sentence = fmt.Sprintf("Transfer %s of %s (%s) to %s (%s)", page.Plural(n, "subscription", "subscriptions"), p.Source.Name, p.Source.Number, p.Target.Name, p.Target.Number)
	}
	if t.draft.Request.EffectiveOn != "" {
		sentence += " as of " + page.DayText(t.draft.Request.EffectiveOn)
	}
	return sentence
}

// settled are the answers of the first step.
func (t *talk) settled(p transfer.Preview) []ui.Fact {
	facts := []ui.Fact{
		{Label: "Source", Value: pageviews.NamedLink(p.Source.Name, p.Source.Number, t.RecordHref(transfer.Record{Kind: "customer", Number: p.Source.Number}))},
		{Label: "Target", Value: pageviews.NamedLink(p.Target.Name, p.Target.Number, t.RecordHref(transfer.Record{Kind: "customer", Number: p.Target.Number}))},
		EffectiveFact(t.draft.Request),
	}
	if list := t.draft.Request.Subscriptions; len(list) > 0 {
		facts = append(facts, ui.Fact{Label: "Selected", Text: NamesShort(list, 4)})
	}
	return append(facts, ui.Fact{Label: "Draft", Text: t.draft.Number})
}

// EffectiveFact shows the effective date.
func EffectiveFact(req transfer.Request) ui.Fact {
	if req.EffectiveOn == "" {
		return ui.Fact{Label: "Effective date", Text: "None", Note: "the full history"}
	}
	return ui.Fact{Label: "Effective date", Text: page.DayText(req.EffectiveOn)}
}

// NamesShort lists the first numbers and counts the others.
func NamesShort(list []string, most int) string {
	if len(list) <= most {
		return strings.Join(list, ", ")
	}
	return strings.Join(list[:most], ", ") + " and " + page.FormatCount(len(list)-most) + " more"
}

// instead names the remedy that is one click away, "" for none.
func (t *talk) instead(f transfer.Finding) string {
	if f.Instead == nil {
		return ""
	}
	asked, better := t.draft.Request.Subscriptions, f.Instead.Subscriptions
	more := slices.DeleteFunc(slices.Clone(better), func(n string) bool { return slices.Contains(asked, n) })
	less := slices.DeleteFunc(slices.Clone(asked), func(n string) bool { return slices.Contains(better, n) })
	switch {
	case len(more) > 0:
		return "Also select " + NamesShort(more, 3)
	case len(better) > 0 && len(less) > 0:
		return "Leave out " + NamesShort(less, 3)
	case f.Instead.EffectiveOn != "" && f.Instead.EffectiveOn != t.draft.Request.EffectiveOn:
		text := "Use the effective date " + page.DayText(f.Instead.EffectiveOn)
		if f.Instead.PostOn != "" {
			text += " and post on " + page.DayText(f.Instead.PostOn)
		}
		return text
	}
	return page.PostingInstead(t.draft.Request.PostOn)(f)
}

// readPreview takes the acknowledgements and the choice of values, and goes where the
// button leads.
func (h dialogPages) readPreview(t *talk, f *page.Form) error {
	p, err := h.engine.Preview(t.Ctx(), t.draft.Request)
	if errs, ok := page.FieldErrors(err); ok {
		t.step, t.errors = selectStep, errs
		return h.showSelect(t, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	typed := t.draft.Request
	typed.Fingerprint = ""
	typed.Acknowledged = slices.DeleteFunc(unique(f.Texts("acknowledged")), func(code string) bool {
		return !slices.Contains(rules.Codes(h.Kind), transfer.Code(code))
	})
	typed.KeepFromSource = keptFields(p, f)
	t.request = typed
	if _ = f.Date("post_on"); f.Errors().For("post_on") != "" {
		t.errors = f.Errors()
		return h.previewPage(t, http.StatusUnprocessableEntity, p, nil)
	}
	typed.PostOn = f.Kept("post_on", typed.PostOn)
	t.request = typed
	code, goes := f.Text("instead"), f.Text("go")
	switch {
	case code != "":
		return h.takeInstead(t, f, p, transfer.Code(code))
	case goes == "post" || typed.PostOn != t.draft.Request.PostOn:
		if ok, err := h.keep(t, f, typed); !ok {
			return err
		}
		return t.Redirect(t.path(PreviewStep))
	case goes == "swap":
		return h.swap(t, f, typed, PreviewStep)
	case goes != "back" && f.Text("fingerprint") != p.Fingerprint:
		return h.changed(t, p, f.Text("fingerprint"))
	}
	if ok, err := h.keep(t, f, typed); !ok {
		return err
	}
	if goes == "back" {
		return t.Redirect(t.path(selectStep))
	}
	return h.goOn(t, p)
}

// keptFields are the fields whose value of the source stays, as chosen.
func keptFields(p transfer.Preview, f *page.Form) []string {
	var list []string
	for _, x := range p.Fields {
		choice := f.OneOf("keep."+x.Name, "source", "target")
		if x.Target != "" && (choice == "source" || choice == "" && x.Kept == "source") {
			list = append(list, x.Name)
		}
	}
	return list
}

// goOn leads to the confirmation when nothing blocks and every warning is ticked. A
// choice of values may have changed what a warning says: then it is shown again.
func (h dialogPages) goOn(t *talk, shown transfer.Preview) error {
	p, err := h.engine.PreviewDraft(t.Ctx(), t.draft)
	if err != nil {
		return err
	}
	for _, f := range p.Findings {
		if was, _ := shown.Finding(f.Code); f.Severity == transfer.Warning && was.Message != f.Message {
			t.notice = "Your choice of values is taken, and it changes what a warning says. Look at it, then continue."
			return h.previewPage(t, http.StatusOK, p, &shown)
		}
	}
	if t.unsettled(p) {
		return h.previewPage(t, http.StatusUnprocessableEntity, p, nil)
	}
	return t.Redirect(t.path(confirmStep))
}

// unsettled records what still blocks the transfer, and reports whether anything does.
func (t *talk) unsettled(p transfer.Preview) bool {
	for _, f := range p.Unacknowledged(t.request) {
		t.errors = append(t.errors, ui.FieldError{Name: string(f.Code), Message: fmt.Sprintf("Tick “I understand: %s”, or change the %s.", *f.Acknowledgement, t.Noun)})
	}
	for _, f := range p.Blocking() {
		t.errors = append(t.errors, ui.FieldError{Message: f.Message + " " + f.Remedy})
	}
	return len(t.errors) > 0
}

// takeInstead applies the remedy of a finding.
func (h dialogPages) takeInstead(t *talk, f *page.Form, p transfer.Preview, code transfer.Code) error {
	finding, found := p.Finding(code)
	if !found || finding.Instead == nil {
		return h.changed(t, p, f.Text("fingerprint"))
	}
	typed := t.request
	typed.Acknowledged = nil
	if finding.Instead.EffectiveOn != "" {
		typed.EffectiveOn = finding.Instead.EffectiveOn
	}
	if finding.Instead.PostOn != "" {
		typed.PostOn = finding.Instead.PostOn
	}
	if len(finding.Instead.Subscriptions) > 0 {
		typed.Subscriptions = finding.Instead.Subscriptions
	}
	if ok, err := h.keep(t, f, typed); !ok {
		return err
	}
	return t.Redirect(t.path(PreviewStep))
}

// changed shows the new preview with what differs from the one that was seen.
func (h dialogPages) changed(t *talk, p transfer.Preview, seen string) error {
	before := t.draft.Preview
	if before == nil || before.Fingerprint != seen {
		before, t.notice = nil, "The preview that you confirmed is not this one any more. Nothing was done. Look at it, then continue."
	}
	ticked := t.request
	if err := h.refresh(t); err != nil {
		return err
	}
	if _, err := h.engine.PreviewDraft(t.Ctx(), t.draft); err != nil {
		return err
	}
	t.request = ticked
	return h.previewPage(t, http.StatusConflict, p, before)
}
