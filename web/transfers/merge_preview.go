package transfers

import (
	"fmt"
	"net/http"
	"strings"

	"handover/internal/engine"
	"handover/internal/engine/rules"
	"handover/internal/transfer"
	"handover/views/ui"
	"handover/web/page"
)

// mergeAct names what Execute will do.
func (r *draftRequest) mergeAct(p transfer.Preview) string {
	return fmt.Sprintf(titleMerge, p.Source.Name, p.Source.Number, p.Target.Name, p.Target.Number) + r.asOf()
}

// asOf names the effective date at the end of a sentence, "" for none.
func (r *draftRequest) asOf() string {
	if r.draft.Request.EffectiveOn == "" {
		return ""
	}
	return " as of " + r.DayText(r.draft.Request.EffectiveOn)
}

// EffectiveFact shows the effective date.
func EffectiveFact(s page.Style, req transfer.Request) ui.Fact {
	if req.EffectiveOn == "" {
		return ui.Fact{Label: "Effective date", Text: "None", Note: "the full history"}
	}
	return ui.Fact{Label: "Effective date", Text: s.DayText(req.EffectiveOn)}
}

// NamesShort lists the first numbers and counts the others.
func NamesShort(s page.Style, list []string, most int) string {
	if len(list) <= most {
		return strings.Join(list, ", ")
	}
	return strings.Join(list[:most], ", ") + " and " + s.Count(len(list)-most) + " more"
}

// readPreview takes the acknowledgements and the choice of values. Where no preview can be computed
// any more, the first step says why.
func (r *draftRequest) readPreview(f *page.Form) error {
	p, err := r.engine.Preview(r.Ctx(), r.draft.Request)
	if errs, wrong := page.FieldErrors(err); wrong {
		r.step = r.flow.step(selectStep)
		for _, e := range errs {
			f.Wrong(e.Name, "%s", e.Message)
		}
		return nil
	}
	if err != nil {
		return err
	}
	r.shown = p
	readAct(f, rules.Codes(r.flow.Kind), &r.request)
	r.request.KeepFromSource = keptFields(p, f)
	return nil
}

// answerPreview goes where the button leads.
func (r *draftRequest) answerPreview(f *page.Form) error {
	code, seen := f.Text("instead"), f.Text("fingerprint")
	switch {
	case code != "":
		return r.takeInstead(f, r.shown, transfer.Code(code))
	case reposts(f, r.draft.Request.PostOn, r.request.PostOn):
		return r.keep(f, previewStep)
	case f.Text("go") == "swap":
		return r.swap(f, previewStep)
	case seen != r.shown.Fingerprint:
		return r.changed(r.shown, seen)
	}
	if ok, err := r.store(f); !ok {
		return err
	}
	return r.toExecute()
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

// toExecute leads to the act when nothing blocks and every warning is ticked. A choice of values
// may have changed what a warning says: then it is shown again.
func (r *draftRequest) toExecute() error {
	if err := r.refresh(); err != nil {
		return err
	}
	p, err := r.engine.PreviewDraft(r.Ctx(), r.draft)
	if err != nil {
		return err
	}
	for _, f := range p.Findings {
		if was, _ := r.shown.Finding(f.Code); f.Severity == transfer.Warning && was.Message != f.Message {
			r.notice = ui.Notice{
				Tone: ui.Amber, Alert: true, Title: titleChoiceChangesWarning,
				Text: "Your choice of values is taken, and it changes what a warning says. Look at it, then continue.",
			}
			return r.showPreview(http.StatusOK, p, &r.shown)
		}
	}
	if r.errors = unsettled(p, r.request, "change the "+r.flow.Noun); len(r.errors) > 0 {
		return r.showPreview(http.StatusUnprocessableEntity, p, nil)
	}
	return r.Redirect(r.path(engine.AskConfirm))
}
