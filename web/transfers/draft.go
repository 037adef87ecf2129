package transfers

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

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

// draftPages are the forms of one flow. The draft order on the server is their memory; which step
// comes next is derived from what is filled in.
type draftPages struct {
	engine *engine.Engine
	flow   Flow
}

// draftRequest is one request to a form that fills in a draft: the customer, the draft as it is
// stored, and what is filled in by it and by the form.
type draftRequest struct {
	*page.Page
	engine.Wizard // derived from the draft as it is stored; the dialogs have only its steps
	engine        *engine.Engine
	flow          Flow
	source        accounts.Customer
	draft         order.Order      // Number is "" before the first answer
	request       transfer.Request // the draft's, then with what was typed
	step          draftStep
	status        int
	errors        ui.Errors
	notice        ui.Notice // what happened meanwhile, on top of the page
	startTyped    string    // when it is to start, as it was typed
	reasonTyped   string    // why the rate is right, as it was typed

	searched bool             // for a target
	matches  []engine.Target  // what the search found
	shown    transfer.Preview // of the draft, as the form is read
}

// path returns the address of a step, below the panel.
func (r *draftRequest) path(step engine.StepName) string {
	return r.flow.Path(r.source.Number(), step)
}

// sourceOf returns the customer that the address names, if the reader may see it.
func sourceOf(p *page.Page) (accounts.Customer, error) {
	id, ok := accounts.ParseNumber(accounts.CustomerPrefix, p.Param("number"))
	if !ok {
		return accounts.Customer{}, fault.New(fault.NotFound, msgNoCustomer, p.Param("number"))
	}
	return accounts.GetCustomer(p.Ctx(), p.DB(), p.Scope(), id)
}

// load reads the progress of the reader's draft for the customer.
func (h draftPages) load(p *page.Page, step engine.StepName) (*draftRequest, error) {
	c, err := sourceOf(p)
	if err != nil {
		return nil, err
	}
	if !c.Transferable() {
		return nil, fault.New(fault.Conflict, msgTakesNoTransfers,
			c.Name, c.Number(), strings.ToLower(ui.StatusWord(c.Status)))
	}
	r := &draftRequest{
		Page: p, engine: h.engine, flow: h.flow, source: c, step: h.flow.step(step),
		status: http.StatusOK,
	}
	return r, r.refresh()
}

// refresh reads the draft anew.
func (r *draftRequest) refresh() error {
	draft, found, err := order.FindDraft(r.Ctx(), r.DB(), r.Actor(), r.flow.Kind, r.source.ID)
	if err != nil {
		return err
	}
	r.draft = draft
	r.request = transfer.Request{Kind: r.flow.Kind, SourceCustomer: r.source.Number()}
	if found {
		r.request = draft.Request
	}
	r.Wizard, err = r.flow.progress(r)
	return err
}

// at answers a request to a step; one that is not reachable leads to the first open one.
func (h draftPages) at(step engine.StepName, answer func(*draftRequest) error) func(*page.Page) error {
	return func(p *page.Page) error {
		r, err := h.load(p, step)
		if err != nil {
			return err
		}
		if !r.Reachable(step) {
			return r.turnAway()
		}
		return answer(r)
	}
}

// show draws a step.
func (h draftPages) show(step engine.StepName) func(*page.Page) error {
	return h.at(step, func(r *draftRequest) error { return r.render(http.StatusOK) })
}

// turnAway leads from a step that cannot be answered now to the first open one, and
// says why.
func (r *draftRequest) turnAway() error {
	open := r.flow.step(r.Next())
	text := cmp.Or(r.flow.turnedAway(r), msgAnswerFirst+open.Label+".")
	return r.Tell(ui.Flash{Tone: ui.Amber, Text: text}, r.path(open.Name))
}

// render draws the step as the draft and the form have it.
func (r *draftRequest) render(status int) error {
	r.status = status
	content, err := r.step.ask(r)
	if err != nil {
		return err
	}
	return r.answer(content)
}

// answer sends a step; what drew it may have chosen another step and status.
func (r *draftRequest) answer(content templ.Component) error {
	return r.Render(r.status, r.step.Label+" · "+fmt.Sprintf(r.flow.Tab, r.source.Name), content)
}

// askFirst draws the first step with what is wrong with the answers.
func (r *draftRequest) askFirst(errs ui.Errors) (templ.Component, error) {
	r.step, r.errors, r.status = r.flow.steps[0], errs, http.StatusUnprocessableEntity
	return r.step.ask(r)
}

// frame is what every step has around its question.
func (r *draftRequest) frame() views.Draft {
	return views.Draft{
		Form: r.flow.Form, Title: r.flow.Title, Crumbs: r.crumbs(), Steps: r.progress(),
		Action: r.URL(r.path(r.step.Name)), Cancel: r.URL(r.path("cancel")), Errors: r.errors, Notice: r.notice,
		Hidden: []views.Hidden{
			{Name: "order", Value: r.draft.Number},
			{Name: "version", Value: strconv.Itoa(max(r.draft.Version, 1))},
		},
		HasBack: r.Before(r.step.Name) != r.step.Name, CanSwap: r.flow.Kind == record.Merge,
	}
}

// crumbs lead to the list; where the flow is opened from the customer's page, there too.
func (r *draftRequest) crumbs() []ui.Crumb {
	list := slices.Clone(r.flow.Crumbs)
	if r.flow.List == "" {
		list = slices.Insert(list, len(list)-1, ui.Crumb{Label: r.source.Number(), Href: "/customers/" +
			r.source.Number()})
	}
	for i := range list {
		if list[i].Href != "" {
			list[i].Href = r.URL(list[i].Href)
		}
	}
	return list
}

// progress lists the steps with their state.
func (r *draftRequest) progress() []ui.Step {
	var out []ui.Step
	for _, s := range r.Steps {
		step := ui.Step{Label: r.flow.step(s.Name).Label, State: ui.StepTodo}
		switch {
		case s.Name == r.step.Name:
			step.State = ui.StepCurrent
		case s.Answered && r.Reachable(s.Name):
			step.State, step.Href = ui.StepDone, r.URL(r.path(s.Name))
		}
		out = append(out, step)
	}
	return out
}
