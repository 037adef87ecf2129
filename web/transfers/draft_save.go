package transfers

import (
	"cmp"
	"fmt"
	"net/http"

	"handover/internal/engine"
	"handover/internal/fault"
	"handover/internal/order"
	"handover/internal/transfer"
	"handover/views/ui"
	"handover/web/page"
)

// save takes a step's answer: Back keeps what was typed, whatever it is; every other button takes
// only what is right.
func (h draftPages) save(step engine.StepName) func(*page.Page) error {
	return func(p *page.Page) error {
		f := p.ReadForm()
		r, err := h.load(p, step)
		// A second click, or a tab that was left open: the order shows its result.
		if err != nil || r.draft.Number == "" {
			number, ended, endedErr := endedOrder(p, f)
			if endedErr != nil {
				return endedErr
			}
			if ended {
				return p.Redirect("/orders/" + number)
			}
		}
		if err != nil {
			return err
		}
		if !r.Reachable(step) {
			return r.turnAway()
		}
		if err := r.step.read(r, f); err != nil {
			return err
		}
		if f.Text("go") == "back" {
			return r.keep(f, r.Before(r.step.Name))
		}
		if r.errors = f.Errors(); len(r.errors) > 0 {
			return r.render(http.StatusUnprocessableEntity)
		}
		return r.step.answer(r, f)
	}
}

// goOn stores what was typed and goes to the step that follows now.
func (r *draftRequest) goOn(f *page.Form) error {
	if ok, err := r.store(f); !ok {
		return err
	}
	if err := r.refresh(); err != nil {
		return err
	}
	to := r.After(r.step.Name)
	if !r.Reachable(to) {
		to = r.Next()
	}
	return r.Redirect(r.path(to))
}

// keep stores what was typed and goes to the step.
func (r *draftRequest) keep(f *page.Form, to engine.StepName) error {
	if ok, err := r.store(f); !ok {
		return err
	}
	return r.Redirect(r.path(to))
}

// store writes the request into the draft; ok is false when another tab was faster, which is
// answered.
func (r *draftRequest) store(f *page.Form) (ok bool, err error) {
	number := r.draft.Number
	if number == "" {
		draft, err := r.engine.OpenDraft(r.Ctx(), r.Actor(), r.flow.Kind, r.source.Number())
		if err != nil {
			return false, err
		}
		number = draft.Number
	}
	_, err = r.engine.UpdateDraft(r.Ctx(), r.Actor(), number, versionOf(f), func(stored *transfer.Request) {
		*stored = r.request
	})
	if fault.Is(err, fault.Conflict) {
		return false, r.movedOn()
	}
	return err == nil, err
}

// versionOf is the version of the draft that the form was made for.
func versionOf(f *page.Form) int { return max(f.Int("version", 0, 0, 1<<30), 1) }

// movedOn shows the draft as another tab left it. What was typed into a question is kept; a
// preview shows what would be done now, with nothing accepted of the one before.
func (r *draftRequest) movedOn() error {
	typed, number := r.request, r.draft.Number
	if err := r.refresh(); err != nil {
		return err
	}
	if number != "" && r.draft.Number != number {
		return r.Redirect("/orders/" + number)
	}
	kept := msgPresentState
	switch {
	case !r.Reachable(r.step.Name):
		r.step = r.flow.step(r.Next())
	case r.step.Button.Label == "": // a question
		r.request, kept = typed, msgInputKept
	default:
		r.request.Reason = typed.Reason
	}
	r.notice = ui.Notice{
		Tone: ui.Amber, Alert: true, Title: fmt.Sprintf(titleChangedElsewhere, r.flow.Noun),
		Text: fmt.Sprintf("Another tab went on with %s meanwhile, so nothing was saved or executed. %s Check "+
			"it, then go on.", r.draft.Number, kept),
	}
	return r.render(http.StatusConflict)
}

// endedOrder returns the order of the form if it is the reader's and no draft any more.
func endedOrder(p *page.Page, f *page.Form) (number string, ended bool, err error) {
	number = f.Text("order")
	if number == "" {
		return "", false, nil
	}
	o, err := order.GetOrder(p.Ctx(), p.DB(), number)
	if fault.Is(err, fault.NotFound) {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	mine := o.RequestedBy != nil && *o.RequestedBy == p.Staff.ID
	return o.Number, mine && o.Status != order.StateDraft, nil
}

// cancel discards the draft, also of a customer that takes no transfers any more.
func (h draftPages) cancel(p *page.Page) error {
	c, err := sourceOf(p)
	if err != nil {
		return err
	}
	draft, found, err := order.FindDraft(p.Ctx(), p.DB(), p.Actor(), h.flow.Kind, c.ID)
	if err != nil {
		return err
	}
	text := fmt.Sprintf(msgCancelled, h.flow.Noun, c.Name)
	if found {
		if err := h.engine.DiscardDraft(p.Ctx(), p.Actor(), draft.Number); err != nil {
			return err
		}
		text = fmt.Sprintf(msgCancelledAndDiscarded, h.flow.Noun, c.Name, draft.Number)
	}
	return p.Tell(ui.Flash{Tone: ui.Slate, Text: text}, cmp.Or(h.flow.List, "/customers/"+c.Number()))
}
