package transfers

import (
	"fmt"
	"slices"

	"github.com/a-h/templ"

	"handover/internal/engine"
	"handover/internal/order"
	"handover/internal/record"
	"handover/internal/transfer"
	views "handover/views/transfers"
	"handover/views/ui"
	"handover/web/page"
)

// Flow is how one of the transfers (docs/domain.md 2) is asked for: its names, its steps and what
// its pages say.
type Flow struct {
	Kind    record.FlowKind
	Slug    string // of its address below the customer
	Title   string
	Tab     string // title of the browser's tab; %s is the customer's name
	Icon    ui.IconName
	List    string // the list that it is opened from and returns to, "" = the customer's page
	Crumbs  []ui.Crumb
	Noun    string          // within a sentence
	Form    string          // id of its form
	Preview engine.StepName // the step that shows the preview
	Lists   engine.StepName // where the lists behind the preview are, below its address

	// Done says what a completed order did.
	Done func(order.Order) string

	steps    []draftStep
	progress func(*draftRequest) (engine.Wizard, error) // derived from the draft as it is stored
	// why a step cannot be answered now, "" = an earlier one comes first
	turnedAway func(*draftRequest) string
	act        func(*draftRequest, transfer.Preview) string
	settled    func(*draftRequest, transfer.Preview) []ui.Fact // the answers of the steps before the preview
	sides      func(*draftRequest) (stay, move string)         // where records stay and go
}

// draftStep is a step of a flow.
type draftStep struct {
	Name   engine.StepName
	Label  string
	Enter  string    // below a preview: the button that the Enter key presses, "" = the first of the form
	Button ui.Action // below a preview: the button that goes on

	// ask draws the step for what is typed in r.request.
	ask func(*draftRequest) (templ.Component, error)
	// read takes the form into r.request as it was typed and notes what is wrong on the form.
	read func(*draftRequest, *page.Form) error
	// answer does what the button says, of a form without mistakes; Back never comes here.
	answer func(*draftRequest, *page.Form) error
}

// The steps of the dialogs, as their addresses end.
const (
	selectStep  engine.StepName = ""
	previewStep engine.StepName = "preview"
)

var wizardSteps = []draftStep{
	{
		Name: engine.AskDistributor, Label: "Distributor",
		ask: (*draftRequest).askDistributor, read: (*draftRequest).readDistributor, answer: (*draftRequest).goOn,
	},
	{
		Name: engine.AskPlans, Label: "Service plans",
		ask: (*draftRequest).askPlans, read: (*draftRequest).readPlans, answer: (*draftRequest).goOn,
	},
	{
		Name: engine.AskRate, Label: "Currency Conversion Rate",
		ask: (*draftRequest).askRate, read: (*draftRequest).readRate, answer: (*draftRequest).answerRate,
	},
	{
		Name: engine.AskConfirm, Label: "Confirm",
		Button: ui.Action{
			Label: "Transfer", Icon: ui.IconTransfer, Kind: ui.Primary, Name: "go", Value: "transfer",
			DescribedBy: "act",
		},
		ask: (*draftRequest).askPreview, read: (*draftRequest).readConfirm, answer: (*draftRequest).answerConfirm,
	},
}

// dialogSteps are those of a merge and of a transfer of subscriptions.
func dialogSteps(icon ui.IconName) []draftStep {
	return []draftStep{
		{
			Name: selectStep, Label: "Select",
			ask: (*draftRequest).askSelect, read: (*draftRequest).readSelect, answer: (*draftRequest).answerSelect,
		},
		{
			Name: previewStep, Label: "Preview", Enter: "continue",
			Button: ui.Action{Label: "Continue", Kind: ui.Primary, Name: "go", Value: "continue", DescribedBy: "act"},
			ask:    (*draftRequest).askPreview, read: (*draftRequest).readPreview,
			answer: (*draftRequest).answerPreview,
		},
		{
			Name: engine.AskConfirm, Label: "Execute", Enter: "execute",
			Button: ui.Action{
				Label: "Execute", Icon: icon, Kind: ui.Primary, Name: "go", Value: "execute",
				DescribedBy: "act",
			},
			ask: (*draftRequest).askExecute, read: (*draftRequest).readExecute, answer: (*draftRequest).submit,
		},
	}
}

// flows is the one table of the forms.
var flows = []Flow{
	{
		Kind: record.Distributor, Slug: "transfer", Title: "Transfer to Another Distributor", Tab: "Transfer %s",
		Icon: ui.IconTransfer,
		Crumbs: []ui.Crumb{
			{Label: "Billing"},
			{Label: "Operations"},
			{Label: "Customers", Href: "/customers"},
			{Label: "Transfer"},
		},
		Noun: "transfer", Form: views.WizardForm, Preview: engine.AskConfirm, Lists: engine.AskConfirm + "/",
		Done: func(o order.Order) string {
			return fmt.Sprintf(msgDistributorDone, o.SourceName, o.TargetDistributor, o.TargetNumber)
		},
		steps: wizardSteps, progress: (*draftRequest).wizardProgress, turnedAway: (*draftRequest).wizardTurnedAway,
		act: (*draftRequest).wizardAct, settled: (*draftRequest).wizardSettled, sides: (*draftRequest).wizardSides,
	},
	{
		Kind: record.Merge, Slug: "merge", Title: "Merge Customers", Tab: "Merge %s", Icon: ui.IconMerge,
		List: "/customers",
		Crumbs: []ui.Crumb{
			{Label: "Billing"},
			{Label: "Operations"},
			{Label: "Customers", Href: "/customers"},
			{Label: "Merge"},
		},
		Noun: "merge", Form: views.DialogForm, Preview: previewStep,
		Done:  func(order.Order) string { return msgMergeDone },
		steps: dialogSteps(ui.IconMerge), progress: (*draftRequest).mergeProgress,
		turnedAway: (*draftRequest).mergeTurnedAway,
		act:        (*draftRequest).mergeAct, settled: (*draftRequest).mergeSettled, sides: (*draftRequest).mergeSides,
	},
	{
		Kind: record.Subscriptions, Slug: "transfer-subscriptions", Title: "Transfer Subscriptions",
		Tab:  "Transfer Subscriptions of %s",
		Icon: ui.IconTransfer, List: "/subscriptions",
		Crumbs: []ui.Crumb{
			{Label: "Contracts & Orders"},
			{Label: "Subscription Contracts", Href: "/subscriptions"},
			{Label: "Transfer"},
		},
		Noun: "transfer of subscriptions", Form: views.DialogForm, Preview: previewStep,
		Done:  func(order.Order) string { return msgSubscriptionsDone },
		steps: dialogSteps(ui.IconTransfer), progress: (*draftRequest).mergeProgress,
		turnedAway: (*draftRequest).mergeTurnedAway,
		act:        (*draftRequest).subscriptionsAct, settled: (*draftRequest).mergeSettled,
		sides: (*draftRequest).mergeSides,
	},
}

// FlowOf returns the forms of a kind of transfer. Every kind of record.Flows has some.
func FlowOf(kind record.FlowKind) Flow {
	return flows[slices.IndexFunc(flows, func(f Flow) bool { return f.Kind == kind })]
}

// Path is the address of a step for a customer, below the panel; "" is the flow's own.
func (f Flow) Path(customer string, step engine.StepName) string {
	address := "/customers/" + customer + "/" + f.Slug
	if step != "" {
		address += "/" + string(step)
	}
	return address
}

// step returns the step of that name; the first for a name that is none.
func (f Flow) step(name engine.StepName) draftStep {
	return f.steps[max(slices.IndexFunc(f.steps, func(s draftStep) bool { return s.Name == name }), 0)]
}
