package transfers

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

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

// showSelect draws the first step: what is transferred, to whom, from when.
func (h dialogPages) showSelect(t *talk, status int) error {
	if t.Request().Method == http.MethodGet {
		q := t.ReadQuery()
		t.request.TargetCustomer = cmp.Or(q.Text("target"), t.request.TargetCustomer)
		if chosen := unique(q.Texts("subscription")); len(chosen) > 0 {
			t.request.Subscriptions = chosen[:min(len(chosen), maxSelected)]
		}
	}
	v := views.DialogSelect{Dialog: t.frame(), Effective: t.request.EffectiveOn, Lookup: t.lookup(), Carry: t.carryChoices()}
	var err error
	if v.Source, err = h.sourceFacts(t); err != nil {
		return err
	}
	if err := h.suggest(t, &v); err != nil {
		return err
	}
	if h.Kind == record.Subscriptions {
		if len(t.request.Subscriptions) == 0 {
			return t.Render(http.StatusUnprocessableEntity, h.Title, views.DialogRefusedPage(views.DialogRefused{
				Title: h.Title, Icon: h.Icon, Sentence: "No subscription is selected. Select one or more subscriptions of " + t.source.Name + " in the list, then choose Transfer Subscription.",
				Back: t.URL("/subscriptions?customer=" + t.source.Number()), BackLabel: "Subscriptions of " + t.source.Name,
			}))
		}
		if v.Selected, err = h.selectedRows(t); err != nil {
			return err
		}
	}
	return t.Render(status, "Select · "+h.Title, views.DialogSelectPage(v))
}

// sourceFacts describe the account that loses.
func (h dialogPages) sourceFacts(t *talk) ([]ui.Fact, error) {
	standing, err := accounts.StandingOf(t.Ctx(), t.DB(), t.source.ID)
	facts := []ui.Fact{
		{Label: "Source", Value: pageviews.NamedLink(t.source.Name, t.source.Number(), t.URL("/customers/"+t.source.Number()))},
		{Label: "Distributor", Text: t.source.DistributorName, Note: t.source.Currency},
		{Label: "Balance", Text: page.FormatMoney(standing.Balance, t.source.Currency), Note: owes(standing.Balance.Sign())},
		{Label: "Subscriptions", Text: page.FormatCount(standing.ActiveSubscriptions), Note: page.FormatMoney(standing.MRR, t.source.Currency) + " / month"},
	}
	return facts, err
}

// carryChoices are the ways to carry what stays open on the source of a merge.
func (t *talk) carryChoices() []ui.Radio {
	if t.Kind != record.Merge {
		return nil
	}
	return carryChoices(t.request.CarryAs, "Leave the balance on "+t.source.Number(), "Open documents are settled on the merged account.")
}

// lookup is the state of the combobox.
func (t *talk) lookup() ui.Lookup {
	return ui.Lookup{
		Name: "target", Label: "Target Customer", Value: t.request.TargetCustomer, Source: t.URL(t.path("/targets")), Required: true,
		Error: t.errors.For("target"), Hint: "Search by number, name, e-mail, external id or CRM id. The target must be of the same distributor and currency.",
	}
}

// suggest fills in what can be chosen before anything is typed, and names the chosen one.
func (h dialogPages) suggest(t *talk, v *views.DialogSelect) error {
	list, err := engine.Targets(t.Ctx(), t.DB(), t.Scope(), h.Kind, t.source, "", targetsShown)
	if err != nil {
		return err
	}
	for _, x := range list {
		if x.Reason == "" {
			v.Lookup.Suggestions = append(v.Lookup.Suggestions, ui.Option{Value: x.Number, Label: targetLabel(x)})
		}
	}
	c, found, err := h.named(t, t.request.TargetCustomer)
	if found {
		v.Lookup.Value = c.Number()
		v.Lookup.Text = targetLabel(engine.Target{Number: c.Number(), Name: c.Name})
	}
	return err
}

func targetLabel(x engine.Target) string { return x.Name + " (" + x.Number + ")" }

// selectedRows are the selected subscriptions.
func (h dialogPages) selectedRows(t *talk) ([]subscriptionsviews.SubscriptionRow, error) {
	var rows []subscriptionsviews.SubscriptionRow
	for _, number := range t.request.Subscriptions {
		s, err := accounts.FindSubscription(t.Ctx(), t.DB(), t.Scope(), number)
		if err != nil {
			return nil, err
		}
		if s.CustomerID != t.source.ID {
			return nil, fault.New(fault.Invalid, "%s belongs to %s (%s), not to %s. A transfer takes subscriptions of one customer.", number, s.CustomerName, s.Customer(), t.source.Name)
		}
		rows = append(rows, subscriptions.SubscriptionRow(t.Page, s.SubscriptionRow))
	}
	return rows, nil
}

// targets answers the combobox while one types.
func (h dialogPages) targets(p *page.Page) error {
	t, err := h.load(p, selectStep)
	if err != nil {
		return err
	}
	found, err := engine.Targets(p.Ctx(), p.DB(), p.Scope(), h.Kind, t.source, p.ReadQuery().Text("q"), targetsShown)
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
		list = append(list, option{x.Number, targetLabel(x), cmp.Or(x.Reason, page.Note(x.Distributor, x.Currency, x.Email)), x.Reason != ""})
	}
	return p.JSON(http.StatusOK, list)
}

// readSelect takes the first step's answer.
func (h dialogPages) readSelect(t *talk, f *page.Form) error {
	typed := t.request
	typed.TargetCustomer = cmp.Or(f.Text("pick"), f.Text("target"))
	typed.EffectiveOn = f.Text("effective_on")
	if h.Kind == record.Merge {
		typed.CarryAs = readCarry(f)
	}
	if h.Kind == record.Subscriptions {
		typed.Subscriptions = unique(f.Texts("subscription"))
	}
	t.request = typed
	if f.Text("pick") != "" { // chosen among what a search found
		return h.showSelect(t, http.StatusOK)
	}
	if f.Text("go") == "search" {
		return h.searchTarget(t, http.StatusOK)
	}
	_ = f.Date("effective_on") // notes what is wrong with it
	c, found, err := h.named(t, typed.TargetCustomer)
	switch {
	case err != nil:
		return err
	case !found && typed.TargetCustomer == "":
		f.Wrong("target", "Select the target customer.")
	case !found:
		t.errors = f.Errors()
		return h.searchTarget(t, http.StatusUnprocessableEntity)
	default:
		typed.TargetCustomer = c.Number()
	}
	if t.errors = f.Errors(); len(t.errors) > 0 {
		return h.showSelect(t, http.StatusUnprocessableEntity)
	}
	if f.Text("go") == "swap" {
		return h.swap(t, f, typed, selectStep)
	}
	if was := t.draft.Request; was.TargetCustomer != typed.TargetCustomer || was.EffectiveOn != typed.EffectiveOn || was.CarryAs != typed.CarryAs || !slices.Equal(was.Subscriptions, typed.Subscriptions) {
		typed.Acknowledged, typed.KeepFromSource = nil, nil
	}
	if ok, err := h.keep(t, f, typed); !ok {
		return err
	}
	return t.Redirect(t.path(PreviewStep))
}

// named finds the one customer that was typed: by an id, or by a name that only one
// account has.
func (h dialogPages) named(t *talk, typed string) (c accounts.Customer, found bool, err error) {
	if typed == "" {
		return c, false, nil
	}
	if name, number, labelled := strings.Cut(strings.TrimSuffix(typed, ")"), " ("+accounts.CustomerPrefix+"-"); labelled && name != "" {
		typed = accounts.CustomerPrefix + "-" + number // as the combobox shows it
	}
	id, err := accounts.FindCustomer(t.Ctx(), t.DB(), t.Scope(), typed)
	if fault.Is(err, fault.NotFound) {
		list, err := engine.Targets(t.Ctx(), t.DB(), t.Scope(), h.Kind, t.source, typed, targetsShown)
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
	c, err = accounts.GetCustomer(t.Ctx(), t.DB(), t.Scope(), id)
	return c, err == nil, err
}

// searchTarget shows what a search for the target found, each with the reason where it
// cannot be chosen.
func (h dialogPages) searchTarget(t *talk, status int) error {
	typed := t.request.TargetCustomer
	list, err := engine.Targets(t.Ctx(), t.DB(), t.Scope(), h.Kind, t.source, typed, targetsShown)
	if err != nil {
		return err
	}
	v := views.DialogSelect{Effective: t.request.EffectiveOn, Searched: true, Carry: t.carryChoices()}
	for _, x := range list {
		v.Matches = append(v.Matches, views.TargetMatch{Number: x.Number, Label: targetLabel(x), Note: page.Note(x.Distributor, x.Currency, x.Email), Reason: x.Reason})
	}
	if status != http.StatusOK {
		sentence := fmt.Sprintf("No customer is found for %q. Search by number, name, e-mail, external id or CRM id.", typed)
		if len(list) > 0 {
			sentence = fmt.Sprintf("%q does not name one customer. Choose among those that are found.", typed)
		}
		t.errors = append(t.errors, ui.FieldError{Name: "target", Message: sentence})
	}
	v.Dialog, v.Lookup = t.frame(), t.lookup()
	if v.Source, err = h.sourceFacts(t); err != nil {
		return err
	}
	if h.Kind == record.Subscriptions {
		if v.Selected, err = h.selectedRows(t); err != nil {
			return err
		}
	}
	return t.Render(status, "Select · "+h.Title, views.DialogSelectPage(v))
}

// swap makes the target the source: another account's draft takes over.
func (h dialogPages) swap(t *talk, f *page.Form, typed transfer.Request, back string) error {
	if h.Kind != record.Merge {
		return fault.New(fault.Invalid, "Only a merge can be turned round.")
	}
	target, found, err := h.named(t, typed.TargetCustomer)
	if err != nil {
		return err
	}
	if !found || !target.Transferable() || target.ID == t.source.ID {
		t.errors = ui.Errors{{Name: "target", Message: "Source and target cannot be swapped: the target takes no transfers. Select another target."}}
		return h.showSelect(t, http.StatusUnprocessableEntity)
	}
	if t.draft.Number != "" {
		if t.draft.Version != f.Int("version", 0, 0, 1<<30) {
			return h.movedOn(t, typed)
		}
		if err := h.engine.DiscardDraft(t.Ctx(), t.Actor(), t.draft.Number); err != nil {
			return err
		}
	}
	draft, err := h.engine.OpenDraft(t.Ctx(), t.Actor(), h.Kind, target.Number())
	if err != nil {
		return err
	}
	_, err = h.engine.UpdateDraft(t.Ctx(), t.Actor(), draft.Number, draft.Version, func(r *transfer.Request) {
		*r = transfer.Request{
			Kind: h.Kind, SourceCustomer: target.Number(), TargetCustomer: t.source.Number(), EffectiveOn: typed.EffectiveOn, CarryAs: typed.CarryAs,
		}
	})
	if err != nil {
		return err
	}
	t.source = target
	return t.Redirect(t.path(back))
}
