package transfers

import (
	"net/http"

	"handover/internal/engine"
	"handover/internal/fault"
	"handover/internal/order"
	"handover/internal/record"
	"handover/internal/transfer"
	"handover/views/ui"
	"handover/web/page"
)

// save takes a step's answer: Back keeps what was typed, whatever it is; Next takes
// only what is right.
func (h wizardPages) save(name engine.StepName) func(*page.Page) error {
	return func(p *page.Page) error {
		f := p.ReadForm()
		w, err := h.load(p)
		// A second click, or a tab that was left open: the order shows its result.
		if err != nil || w.draft.Number == "" {
			order, ended, endedErr := h.ended(p, f)
			if endedErr != nil {
				return endedErr
			}
			if ended {
				return p.Redirect("/orders/" + order)
			}
		}
		if err != nil {
			return err
		}
		w.step = stepNamed(name)
		if !w.Reachable(name) {
			return h.turnAway(w)
		}
		if err := w.step.read(h, w, f); err != nil {
			return err
		}
		if f.Text("go") == "back" {
			return h.keep(w, f, w.Before(name))
		}
		if w.errors = f.Errors(); len(w.errors) > 0 {
			return h.render(w, http.StatusUnprocessableEntity)
		}
		if f.Text("go") == "convert" {
			return h.render(w, http.StatusOK)
		}
		if name == engine.AskConfirm {
			return h.confirm(w, f)
		}
		return h.keep(w, f, "")
	}
}

// confirm does what the button of the confirmation says.
func (h wizardPages) confirm(w *walk, f *page.Form) error {
	if code := f.Text("instead"); code != "" {
		return h.takeInstead(w, f, transfer.Code(code))
	}
	if f.Text("go") == "allow" {
		return h.allowRate(w, f)
	}
	if h.repost(w, f) {
		return h.keep(w, f, engine.AskConfirm)
	}
	return h.transfer(w, f)
}

// keep stores what was typed and goes to the step, "" for the one that follows now.
func (h wizardPages) keep(w *walk, f *page.Form, to engine.StepName) error {
	ctx, typed := w.Request().Context(), w.request
	number, version := w.draft.Number, f.Int("version", 0, 0, 1<<30)
	if number == "" {
		draft, err := h.engine.OpenDraft(ctx, w.Actor(), record.Distributor, w.customer.Number())
		if err != nil {
			return err
		}
		number = draft.Number
	}
	_, err := h.engine.UpdateDraft(ctx, w.Actor(), number, max(version, 1), func(r *transfer.Request) { *r = typed })
	if fault.Is(err, fault.Conflict) {
		return h.movedOn(w, typed)
	}
	if err != nil {
		return err
	}
	if to == "" {
		if err := h.refresh(w); err != nil {
			return err
		}
		to = w.After(w.step.Name)
		if !w.Reachable(to) {
			to = w.Next()
		}
	}
	return w.Redirect(w.path(to))
}

// movedOn shows the draft as another tab left it, with the input of this one kept.
func (h wizardPages) movedOn(w *walk, typed transfer.Request) error {
	number := w.draft.Number
	if err := h.refresh(w); err != nil {
		return err
	}
	if number != "" && w.draft.Number != number {
		return w.Redirect("/orders/" + number)
	}
	w.notice = "Another tab went on with " + w.draft.Number + " meanwhile, so nothing was saved. The card beside shows its present state; " +
		"your input is kept below. Check it, then go on."
	if !w.Reachable(w.step.Name) {
		w.step = stepNamed(w.Next())
	} else {
		w.request = typed
	}
	return h.render(w, http.StatusConflict)
}

// ended returns the order of the form if it is no draft any more.
func (h wizardPages) ended(p *page.Page, f *page.Form) (string, bool, error) {
	number := f.Text("order")
	if number == "" {
		return "", false, nil
	}
	o, err := order.GetOrder(p.Request().Context(), p.DB(), number)
	if fault.Is(err, fault.NotFound) {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	mine := o.RequestedBy != nil && *o.RequestedBy == p.Staff.ID
	return o.Number, mine && o.Status != "draft", nil
}

// cancel discards the draft.
func (h wizardPages) cancel(p *page.Page) error {
	c, err := h.customerOf(p)
	if err != nil {
		return err
	}
	ctx, actor := p.Request().Context(), p.Actor()
	draft, found, err := order.FindDraft(ctx, p.DB(), actor, record.Distributor, c.ID)
	if err != nil {
		return err
	}
	text := "The transfer of " + c.Name + " was cancelled. Nothing was changed."
	if found {
		if err := h.engine.DiscardDraft(ctx, actor, draft.Number); err != nil {
			return err
		}
		text = "The transfer of " + c.Name + " was cancelled and draft " + draft.Number + " discarded. Nothing else was changed."
	}
	return p.Tell(ui.Flash{Tone: ui.Slate, Text: text}, "/customers/"+c.Number())
}
