package transfers

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"handover/internal/accounts"
	"handover/internal/engine"
	"handover/internal/fault"
	"handover/internal/order"
	"handover/internal/record"
	"handover/internal/transfer"
	views "handover/views/transfers"
	"handover/views/ui"
	"handover/web/page"
)

// dialogPages are the dialogs Transfer Subscriptions and Merge Customers, as pages of
// their own. The draft order on the server is their memory, as it is the wizard's.
type dialogPages struct {
	engine *engine.Engine
	DialogKind
}

// The steps of both dialogs, as their addresses end.
const (
	selectStep  = ""
	PreviewStep = "/preview"
	confirmStep = "/confirm"
)

var dialogSteps = []struct{ Path, Label string }{{selectStep, "Select"}, {PreviewStep, "Preview"}, {confirmStep, "Execute"}}

// talk is one request to a dialog: the source, the draft as it is stored, and what is
// filled in by it and by the form.
type talk struct {
	*page.Page
	DialogKind
	source  accounts.Customer
	draft   order.Order      // Number is "" before the first answer
	request transfer.Request // the draft's, then with what was typed
	step    string
	errors  ui.Errors
	typed   string // when it is to start, as it was typed
	notice  string // what happened meanwhile, on top of the page
}

// path returns the address of a step, below the panel.
func (t *talk) path(step string) string {
	return "/customers/" + t.source.Number() + "/" + t.Slug + step
}

// load reads the progress of the reader's draft for the customer.
func (h dialogPages) load(p *page.Page, step string) (*talk, error) {
	id, ok := accounts.ParseNumber(accounts.CustomerPrefix, p.Param("number"))
	if !ok {
		return nil, fault.New(fault.NotFound, "There is no customer %s.", p.Param("number"))
	}
	c, err := accounts.GetCustomer(p.Ctx(), p.DB(), p.Scope(), id)
	if err != nil {
		return nil, err
	}
	if !c.Transferable() {
		return nil, fault.New(fault.Conflict, "%s (%s) is %s and takes no transfers. Its page says what became of it.",
			c.Name, c.Number(), strings.ToLower(ui.StatusWord(c.Status)))
	}
	t := &talk{Page: p, DialogKind: h.DialogKind, source: c, step: step}
	return t, h.refresh(t)
}

// refresh reads the draft anew.
func (h dialogPages) refresh(t *talk) error {
	draft, found, err := order.FindDraft(t.Ctx(), t.DB(), t.Actor(), h.Kind, t.source.ID)
	if err != nil {
		return err
	}
	t.draft = draft
	t.request = transfer.Request{Kind: h.Kind, SourceCustomer: t.source.Number()}
	if found {
		t.request = draft.Request
	}
	return nil
}

// asked reports whether the draft holds all that a preview needs.
func (t *talk) asked() bool { return t.draft.Number != "" && t.draft.Request.Check() == nil }

// show draws a step; one that cannot be shown yet leads to the first.
func (h dialogPages) show(step string) func(*page.Page) error {
	return func(p *page.Page) error {
		t, err := h.load(p, step)
		if err != nil {
			return err
		}
		if step != selectStep && !t.asked() {
			return h.turnAway(t)
		}
		return h.render(t, http.StatusOK)
	}
}

func (h dialogPages) turnAway(t *talk) error {
	if err := t.Flash(ui.Flash{Tone: ui.Amber, Text: "Select the target customer first, then Preview."}); err != nil {
		return err
	}
	return t.Redirect(t.path(selectStep))
}

// render draws the step as the draft and the form have it.
func (h dialogPages) render(t *talk, status int) error {
	switch t.step {
	case PreviewStep:
		return h.showPreview(t, status)
	case confirmStep:
		return h.showConfirm(t, status)
	default:
		return h.showSelect(t, status)
	}
}

// save takes a step's answer.
func (h dialogPages) save(step string, read func(dialogPages, *talk, *page.Form) error) func(*page.Page) error {
	return func(p *page.Page) error {
		f := p.ReadForm()
		t, err := h.load(p, step)
		// A second click, or a tab that was left open: the order shows its result.
		if err != nil || t.draft.Number == "" {
			order, ended, endedErr := wizardPages{engine: h.engine}.ended(p, f)
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
		if step != selectStep && !t.asked() {
			return h.turnAway(t)
		}
		return read(h, t, f)
	}
}

// keep stores the request; ok is false when another tab was faster, which is answered.
func (h dialogPages) keep(t *talk, f *page.Form, typed transfer.Request) (ok bool, err error) {
	number := t.draft.Number
	if number == "" {
		draft, err := h.engine.OpenDraft(t.Ctx(), t.Actor(), h.Kind, t.source.Number())
		if err != nil {
			return false, err
		}
		number = draft.Number
	}
	_, err = h.engine.UpdateDraft(t.Ctx(), t.Actor(), number, max(f.Int("version", 0, 0, 1<<30), 1), func(r *transfer.Request) { *r = typed })
	if fault.Is(err, fault.Conflict) {
		return false, h.movedOn(t, typed)
	}
	if err != nil {
		return false, err
	}
	return true, h.refresh(t)
}

// movedOn shows the draft as another tab left it; what was typed into the first step
// is kept.
func (h dialogPages) movedOn(t *talk, typed transfer.Request) error {
	number := t.draft.Number
	if err := h.refresh(t); err != nil {
		return err
	}
	if number != "" && t.draft.Number != number {
		return t.Redirect("/orders/" + number)
	}
	t.notice = "Another tab went on with " + t.draft.Number + " meanwhile, so nothing was saved or executed. This is its present state. Check it, then go on."
	if t.step == selectStep {
		t.request = typed
	} else if !t.asked() {
		t.step = selectStep
	}
	return h.render(t, http.StatusConflict)
}

// cancel discards the draft.
func (h dialogPages) cancel(p *page.Page) error {
	t, err := h.load(p, selectStep)
	if err != nil {
		return err
	}
	text := fmt.Sprintf("The %s of %s was cancelled. Nothing was changed.", h.Noun, t.source.Name)
	if t.draft.Number != "" {
		if err := h.engine.DiscardDraft(p.Ctx(), p.Actor(), t.draft.Number); err != nil {
			return err
		}
		text = fmt.Sprintf("The %s of %s was cancelled and draft %s discarded. Nothing else was changed.", h.Noun, t.source.Name, t.draft.Number)
	}
	return p.Tell(ui.Flash{Tone: ui.Slate, Text: text}, h.List)
}

// frame is what every step has around its question.
func (t *talk) frame() views.Dialog {
	v := views.Dialog{
		Title: t.Title, Icon: t.Icon, Action: t.URL(t.path(t.step)), Cancel: t.URL(t.path("/cancel")), Errors: t.errors, Notice: t.notice,
		Order: t.draft.Number, Version: strconv.Itoa(max(t.draft.Version, 1)), CanSwap: t.Kind == record.Merge,
	}
	for _, c := range t.Crumbs {
		if c.Href != "" {
			c.Href = t.URL(c.Href)
		}
		v.Crumbs = append(v.Crumbs, c)
	}
	state := ui.StepDone
	for _, s := range dialogSteps {
		step := ui.Step{Label: s.Label, State: state}
		switch {
		case s.Path == t.step:
			step.State, state = ui.StepCurrent, ui.StepTodo
		case state == ui.StepDone:
			step.Href = t.URL(t.path(s.Path))
		}
		v.Steps = append(v.Steps, step)
	}
	return v
}
