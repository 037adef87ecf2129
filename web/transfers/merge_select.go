package transfers

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"handover/internal/accounts"
	"handover/internal/engine"
	"handover/internal/fault"
	"handover/internal/record"
	"handover/internal/transfer"
	pageviews "handover/views/page"
	subscriptionsviews "handover/views/subscriptions"
	views "handover/views/transfers"
	"handover/views/ui"
	"handover/web/page"
	"handover/web/subscriptions"
)

// targetsShown is how many customers the search for a target returns.
const targetsShown = 20

// askSelect draws the first step: what is transferred, to whom, from when.
func (r *draftRequest) askSelect() (templ.Component, error) {
	if r.Request().Method == http.MethodGet {
		q := r.ReadQuery()
		r.request.TargetCustomer = cmp.Or(q.Text("target"), r.request.TargetCustomer)
		if chosen := unique(q.Texts("subscription")); len(chosen) > 0 {
			r.request.Subscriptions = chosen[:min(len(chosen), maxSelected)]
		}
	}
	v := views.DialogSelect{
		Draft: r.frame(), Effective: r.request.EffectiveOn, Lookup: r.lookup(),
		Carry: r.carryChoices(), Searched: r.searched,
	}
	for _, x := range r.matches {
		v.Matches = append(v.Matches, views.TargetMatch{
			Number: x.Number, Label: targetLabel(x),
			Note: page.Note(x.Distributor, x.Currency, x.Email), Reason: x.Reason,
		})
	}
	var err error
	if v.Source, err = r.sourceFacts(); err != nil {
		return nil, err
	}
	if err := r.suggest(&v); err != nil {
		return nil, err
	}
	if r.flow.Kind != record.Subscriptions {
		return views.DialogSelectPage(v), nil
	}
	if len(r.request.Subscriptions) == 0 {
		r.status = http.StatusUnprocessableEntity
		return views.DialogRefusedPage(views.DialogRefused{
			Title: r.flow.Title, Sentence: msgNothingSelected + r.source.Name +
				" in the list, then choose Transfer Subscription.",
			Back: r.URL("/subscriptions?customer=" + r.source.Number()), BackLabel: labelSubscriptionsOf +
				r.source.Name,
		}), nil
	}
	v.Selected, err = r.selectedRows()
	return views.DialogSelectPage(v), err
}

// sourceFacts describe the account that loses.
func (r *draftRequest) sourceFacts() ([]ui.Fact, error) {
	standing, err := accounts.StandingOf(r.Ctx(), r.DB(), r.source.ID)
	facts := []ui.Fact{
		{Label: "Source", Value: pageviews.NamedLink(r.source.Name, r.source.Number(),
			r.URL("/customers/"+r.source.Number()))},
		{Label: "Distributor", Text: r.source.DistributorName, Note: r.source.Currency},
		{
			Label: "Balance", Text: r.Money(standing.Balance, r.source.Currency),
			Note: owes(standing.Balance.Sign()),
		},
		{
			Label: "Subscriptions", Text: r.Count(standing.ActiveSubscriptions),
			Note: r.Money(standing.MRR, r.source.Currency) + " / month",
		},
	}
	return facts, err
}

// carryChoices are the ways to carry what stays open on the source of a merge.
func (r *draftRequest) carryChoices() []ui.Radio {
	if r.flow.Kind != record.Merge {
		return nil
	}
	return carryChoices(r.request.CarryAs, labelLeaveBalance+r.source.Number(), msgSettledOnMerged)
}

// lookup is the state of the combobox.
func (r *draftRequest) lookup() ui.Lookup {
	return ui.Lookup{
		Name: "target", Label: labelTarget, Value: r.request.TargetCustomer, Source: r.URL(r.path("targets")),
		Required: true,
		Error:    r.errors.For("target"), Hint: hintTarget,
	}
}

// suggest fills in what can be chosen before anything is typed, and names the chosen one.
func (r *draftRequest) suggest(v *views.DialogSelect) error {
	list, err := engine.Targets(r.Ctx(), r.DB(), r.Scope(), r.flow.Kind, r.source, "", targetsShown)
	if err != nil {
		return err
	}
	for _, x := range list {
		if x.Reason == "" {
			v.Lookup.Suggestions = append(v.Lookup.Suggestions, ui.Option{Value: x.Number, Label: targetLabel(x)})
		}
	}
	c, found, err := r.named(r.request.TargetCustomer)
	if found {
		v.Lookup.Value = c.Number()
		v.Lookup.Text = targetLabel(engine.Target{Number: c.Number(), Name: c.Name})
	}
	return err
}

func targetLabel(x engine.Target) string { return x.Name + " (" + x.Number + ")" }

// selectedRows are the selected subscriptions.
func (r *draftRequest) selectedRows() ([]subscriptionsviews.SubscriptionRow, error) {
	var rows []subscriptionsviews.SubscriptionRow
	for _, number := range r.request.Subscriptions {
		s, err := accounts.FindSubscription(r.Ctx(), r.DB(), r.Scope(), number)
		if err != nil {
			return nil, err
		}
		if s.CustomerID != r.source.ID {
			return nil, fault.New(fault.Invalid, msgOtherCustomer, number, s.CustomerName, s.Customer(), r.source.Name)
		}
		rows = append(rows, subscriptions.SubscriptionRow(r.Page, s.SubscriptionRow))
	}
	return rows, nil
}

// targets answers the combobox while one types.
func (h draftPages) targets(p *page.Page) error {
	r, err := h.load(p, selectStep)
	if err != nil {
		return err
	}
	found, err := engine.Targets(p.Ctx(), p.DB(), p.Scope(), r.flow.Kind, r.source, p.ReadQuery().Text("q"),
		targetsShown)
	if err != nil {
		return err
	}
	type option struct {
		Value    string `json:"value"`
		Label    string `json:"label"`
		Note     string `json:"note"`
		Disabled bool   `json:"disabled"`
	}
	list := make([]option, 0, len(found))
	for _, x := range found {
		list = append(list, option{
			x.Number, targetLabel(x),
			cmp.Or(x.Reason, page.Note(x.Distributor, x.Currency, x.Email)), x.Reason != "",
		})
	}
	return p.JSON(http.StatusOK, list)
}

// readSelect takes the answer. What was accepted of the preview of another request does not count
// for this one.
func (r *draftRequest) readSelect(f *page.Form) error {
	asked := &r.request
	asked.TargetCustomer, asked.EffectiveOn = cmp.Or(f.Text("pick"), f.Text("target")), f.Text("effective_on")
	if r.flow.Kind == record.Merge {
		asked.CarryAs = readCarry(f)
	}
	if r.flow.Kind == record.Subscriptions {
		asked.Subscriptions = unique(f.Texts("subscription"))
	}
	if !picksTarget(f) {
		_ = f.Date("effective_on") // notes what is wrong with it
		if err := r.readTarget(f); err != nil {
			return err
		}
	}
	if was := r.draft.Request; was.TargetCustomer != asked.TargetCustomer || was.EffectiveOn != asked.EffectiveOn ||
		was.CarryAs != asked.CarryAs || !slices.Equal(was.Subscriptions, asked.Subscriptions) {
		asked.Acknowledged, asked.KeepFromSource = nil, nil
	}
	return nil
}

// picksTarget reports whether the form looks for the target, or takes what a search found.
func picksTarget(f *page.Form) bool { return f.Text("pick") != "" || f.Text("go") == "search" }

// readTarget finds the target that was typed; where it does not name one customer, those that it
// may mean are shown.
func (r *draftRequest) readTarget(f *page.Form) error {
	typed := r.request.TargetCustomer
	if typed == "" {
		f.Wrong("target", msgSelectTarget)
		return nil
	}
	c, found, err := r.named(typed)
	if err != nil {
		return err
	}
	if found {
		r.request.TargetCustomer = c.Number()
		return nil
	}
	if err := r.search(); err != nil {
		return err
	}
	if len(r.matches) > 0 {
		f.Wrong("target", msgAmbiguousTarget, typed)
	} else {
		f.Wrong("target", msgNoTargetFound, typed)
	}
	return nil
}

// answerSelect does what the button says.
func (r *draftRequest) answerSelect(f *page.Form) error {
	switch {
	case f.Text("pick") != "":
		return r.render(http.StatusOK)
	case f.Text("go") == "search":
		if err := r.search(); err != nil {
			return err
		}
		return r.render(http.StatusOK)
	case f.Text("go") == "swap":
		return r.swap(f, selectStep)
	}
	return r.goOn(f)
}

// named finds the one customer that was typed: by an id, or by a name that only one
// account has.
func (r *draftRequest) named(typed string) (c accounts.Customer, found bool, err error) {
	if typed == "" {
		return c, false, nil
	}
	if name, number, labelled := strings.Cut(strings.TrimSuffix(typed, ")"), " ("+accounts.CustomerPrefix+
		"-"); labelled && name != "" {
		typed = accounts.CustomerPrefix + "-" + number // as the combobox shows it
	}
	id, err := accounts.FindCustomer(r.Ctx(), r.DB(), r.Scope(), typed)
	if fault.Is(err, fault.NotFound) {
		list, err := engine.Targets(r.Ctx(), r.DB(), r.Scope(), r.flow.Kind, r.source, typed, targetsShown)
		if err != nil {
			return c, false, err
		}
		able := slices.DeleteFunc(slices.Clone(list), func(x engine.Target) bool { return x.Reason != "" })
		if exact := slices.DeleteFunc(slices.Clone(able), func(x engine.Target) bool {
			return !strings.EqualFold(x.Name, typed) && !strings.EqualFold(targetLabel(x), typed)
		}); len(exact) == 1 {
			able = exact
		}
		if len(able) != 1 {
			return c, false, nil
		}
		id, _ = accounts.ParseNumber(accounts.CustomerPrefix, able[0].Number)
	} else if err != nil {
		return c, false, err
	}
	c, err = accounts.GetCustomer(r.Ctx(), r.DB(), r.Scope(), id)
	return c, err == nil, err
}

// search looks for the targets that may be meant, each with the reason where it cannot be chosen.
func (r *draftRequest) search() (err error) {
	r.searched = true
	r.matches, err = engine.Targets(r.Ctx(), r.DB(), r.Scope(), r.flow.Kind, r.source, r.request.TargetCustomer,
		targetsShown)
	return err
}

// swap makes the target the source: another account's draft takes over.
func (r *draftRequest) swap(f *page.Form, back engine.StepName) error {
	if r.flow.Kind != record.Merge {
		return fault.New(fault.Invalid, msgOnlyMergeSwaps)
	}
	target, found, err := r.named(r.request.TargetCustomer)
	if err != nil {
		return err
	}
	if !found || !target.Transferable() || target.ID == r.source.ID {
		r.step = r.flow.step(selectStep)
		r.errors = ui.Errors{{Name: "target", Message: msgNotSwappable}}
		return r.render(http.StatusUnprocessableEntity)
	}
	if r.draft.Number != "" {
		if r.draft.Version != versionOf(f) {
			return r.movedOn()
		}
		if err := r.engine.DiscardDraft(r.Ctx(), r.Actor(), r.draft.Number); err != nil {
			return err
		}
	}
	draft, err := r.engine.OpenDraft(r.Ctx(), r.Actor(), r.flow.Kind, target.Number())
	if err != nil {
		return err
	}
	_, err = r.engine.UpdateDraft(r.Ctx(), r.Actor(), draft.Number, draft.Version, func(stored *transfer.Request) {
		*stored = transfer.Request{
			Kind: r.flow.Kind, SourceCustomer: target.Number(), TargetCustomer: r.source.Number(),
			EffectiveOn: r.request.EffectiveOn, CarryAs: r.request.CarryAs,
		}
	})
	if err != nil {
		return err
	}
	r.source = target
	return r.Redirect(r.path(back))
}
