package transfers

import (
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

// wizardPages are the Transfer Account Wizard. The draft order on the server is its
// memory; which step comes next is derived from what is filled in.
type wizardPages struct {
	engine *engine.Engine
}

// wizardSteps is the one table of the steps: how each is called, shown and read. It is
// a function because the pages that it names read it.
func wizardSteps() []wizardStep {
	return []wizardStep{
		{engine.AskDistributor, "Distributor", wizardPages.askDistributor, wizardPages.readDistributor},
		{engine.AskPlans, "Service plans", wizardPages.askPlans, wizardPages.readPlans},
		{engine.AskRate, "Currency Conversion Rate", wizardPages.askRate, wizardPages.readRate},
		{engine.AskConfirm, "Confirm", wizardPages.askConfirm, wizardPages.readConfirm},
	}
}

type wizardStep struct {
	Name  engine.StepName
	Label string
	// ask draws the step for what is typed in w.request.
	ask func(wizardPages, *walk) (templ.Component, error)
	// read takes the form into w.request as it was typed and notes what is wrong on the form.
	read func(wizardPages, *walk, *page.Form) error
}

func stepNamed(name engine.StepName) wizardStep {
	steps := wizardSteps()
	return steps[max(slices.IndexFunc(steps, func(s wizardStep) bool { return s.Name == name }), 0)]
}

// walk is one request to the wizard: the customer, the draft as it is stored, and
// what is filled in by it and by the form.
type walk struct {
	*page.Page
	engine.Walk // derived from the draft as it is stored
	customer    accounts.Customer
	draft       order.Order      // Number is "" before the first answer
	request     transfer.Request // the draft's, then with what was typed
	errors      ui.Errors
	startTyped  string // when it is to start, as it was typed
	reasonTyped string // why the rate is right, as it was typed
	notice      string // what happened meanwhile, on top of the page
	step        wizardStep
}

// path returns the address of a step, below the panel.
func (w *walk) path(step engine.StepName) string {
	return "/customers/" + w.customer.Number() + "/transfer/" + string(step)
}

// customerOf returns the customer that the address names, if the reader may see it.
func (h wizardPages) customerOf(p *page.Page) (accounts.Customer, error) {
	id, ok := accounts.ParseNumber(accounts.CustomerPrefix, p.Param("number"))
	if !ok {
		return accounts.Customer{}, fault.New(fault.NotFound, "There is no customer %s.", p.Param("number"))
	}
	return accounts.GetCustomer(p.Request().Context(), p.DB(), p.Scope(), id)
}

// load reads the progress of the reader's draft for the customer.
func (h wizardPages) load(p *page.Page) (*walk, error) {
	c, err := h.customerOf(p)
	if err != nil {
		return nil, err
	}
	if !c.Transferable() {
		return nil, fault.New(fault.Conflict, "%s (%s) is %s and takes no transfers. Its page says what became of it.",
			c.Name, c.Number(), strings.ToLower(ui.StatusWord(c.Status)))
	}
	w := &walk{Page: p, customer: c}
	return w, h.refresh(w)
}

// refresh reads the draft anew.
func (h wizardPages) refresh(w *walk) error {
	ctx := w.Request().Context()
	draft, found, err := order.FindDraft(ctx, w.DB(), w.Actor(), record.Distributor, w.customer.ID)
	if err != nil {
		return err
	}
	w.draft = draft
	w.request = transfer.Request{Kind: record.Distributor, SourceCustomer: w.customer.Number()}
	if found {
		w.request = draft.Request
	}
	w.Walk, err = h.engine.Walk(ctx, w.request)
	return err
}

// start leads to the first open question.
func (h wizardPages) start(p *page.Page) error {
	w, err := h.load(p)
	if err != nil {
		return err
	}
	return p.Redirect(w.path(w.Next()))
}

// show draws a step; one that is not reachable leads to the first open one.
func (h wizardPages) show(name engine.StepName) func(*page.Page) error {
	return func(p *page.Page) error {
		w, err := h.load(p)
		if err != nil {
			return err
		}
		w.step = stepNamed(name)
		if !w.Reachable(name) {
			return h.turnAway(w)
		}
		return h.render(w, http.StatusOK)
	}
}

// turnAway leads from a step that cannot be answered now to the first open one, and
// says why.
func (h wizardPages) turnAway(w *walk) error {
	open := stepNamed(w.Next())
	text := "First answer this step: " + open.Label + "."
	switch {
	case w.To.ID == 0:
		text = "Select the new distributor first: which steps follow depends on it."
	case w.Has(w.step.Name):
	case w.step.Name == engine.AskRate:
		text = "No conversion rate is needed: " + w.To.Name + " sells in " + w.To.Currency + ", the currency of " + w.customer.Name + "."
	case w.step.Name == engine.AskPlans:
		text = "No service plan has to be chosen: each subscription has its counterpart with " + w.To.Name + "."
	}
	if err := w.Flash(ui.Flash{Tone: ui.Amber, Text: text}); err != nil {
		return err
	}
	return w.Redirect(w.path(open.Name))
}

func (h wizardPages) render(w *walk, status int) error {
	content, err := w.step.ask(h, w)
	if err != nil {
		return err
	}
	return w.Render(status, w.step.Label+" · Transfer "+w.customer.Name, content)
}

// frame is what every step's page has around its question.
func (w *walk) frame() views.Wizard {
	v := views.Wizard{
		Customer: w.customer.Name, Number: w.customer.Number(), Label: w.step.Label, Steps: w.progress(), SoFar: w.soFar(),
		Action: w.URL(w.path(w.step.Name)), Cancel: w.URL(w.path("cancel")), Errors: w.errors, Notice: w.notice,
		Order: w.draft.Number, Version: strconv.Itoa(max(w.draft.Version, 1)),
		HasBack: w.Before(w.step.Name) != w.step.Name,
	}
	return v
}

// progress lists the steps with their state.
func (w *walk) progress() []ui.Step {
	var out []ui.Step
	for _, s := range w.Steps {
		step := ui.Step{Label: stepNamed(s.Name).Label, State: ui.StepTodo}
		switch {
		case s.Name == w.step.Name:
			step.State = ui.StepCurrent
		case s.Answered && w.Reachable(s.Name):
			step.State, step.Href = ui.StepDone, w.URL(w.path(s.Name))
		}
		out = append(out, step)
	}
	return out
}
