package transfers

import (
	"cmp"

	"github.com/a-h/templ"

	"handover/internal/engine"
	"handover/internal/record"
	"handover/internal/transfer"
	views "handover/views/transfers"
	"handover/views/ui"
	"handover/web/page"
)

// The two modes as the wizard names them, each with its legal reason.
var modeChoices = []struct {
	Mode          transfer.Mode
	Label, Reason string
}{
	{
		transfer.ModeSubscriptions, labelSubscriptionsOnly,
		whySubscriptionsOnly,
	},
	{
		transfer.ModeEverything, labelEverything,
		whyEverything,
	},
}

// carryChoices are the ways to carry the open balance, each with its reason: leave and why name
// the one that carries nothing.
func carryChoices(chosen transfer.CarryAs, leave, why string) []ui.Radio {
	list := []ui.Radio{
		{
			Value: string(transfer.CarryOpenItems), Label: labelOpenItems,
			Reason: whyOpenItems,
		},
		{
			Value: string(transfer.CarryOneBalance), Label: labelOneBalance,
			Reason: whyOneBalance,
		},
		{
			Value: string(transfer.CarryLeave), Label: leave, Reason: whyLeft + why,
		},
	}
	for i := range list {
		list[i].Checked = list[i].Value == string(cmp.Or(chosen, transfer.CarryOpenItems))
	}
	return list
}

// CarryShort names the choice in the few words of a summary.
func CarryShort(as transfer.CarryAs) string {
	switch as {
	case transfer.CarryOneBalance:
		return sayOneBalance
	case transfer.CarryLeave:
		return sayLeft
	}
	return sayOpenItems
}

func (r *draftRequest) askDistributor() (templ.Component, error) {
	list, err := engine.Destinations(r.Request().Context(), r.DB(), r.Scope(), r.From.ID)
	if err != nil {
		return nil, err
	}
	v := views.AskDistributor{
		Wizard: r.question(), From: r.From.Name, Notify: r.request.NotifyCustomer,
		NotifyHint: r.source.Name + msgNoEmail, NoAddress: r.Customer.Email == "",
	}
	if !v.NoAddress {
		v.NotifyHint = msgNotifies + r.Customer.Email + msgNotificationSays
	}
	mode := r.request.Mode
	for _, d := range list {
		here := d.Number == r.request.TargetDistributor
		v.Distributors = append(v.Distributors, ui.Option{
			Value: d.Number, Label: d.Name + " (" + d.Currency + ")",
			Selected: here,
		})
		legal := views.LegalRelation{Distributor: d.Number, Mode: string(d.Mode), Sentence: r.legalSentence(d)}
		v.Relations = append(v.Relations, legal)
		if here {
			v.Relation = legal.Sentence
			if mode == "" {
				mode = d.Mode
			}
		}
	}
	for _, m := range modeChoices {
		v.Modes = append(v.Modes, ui.Radio{
			Value: string(m.Mode), Label: m.Label, Reason: m.Reason,
			Checked: m.Mode == mode,
		})
	}
	if r.Customer.Open > 0 {
		v.Carry = carryChoices(r.request.CarryAs, labelLeaveWith+r.From.Name, r.From.Name+msgCollects)
	}
	return views.AskDistributorPage(v), nil
}

// legalSentence compares the legal entities of the two distributors and says which
// mode follows from it.
func (r *draftRequest) legalSentence(d engine.Destination) string {
	if d.SameEntity {
		return r.From.Name + " and " + d.Name + msgSameEntity + d.LegalEntity +
			msgMayGoAlong
	}
	return r.From.LegalEntity + " and " + d.LegalEntity + msgDifferentEntities
}

// readDistributor takes the answer. Plans and rate were chosen for the distributor
// before; they do not hold for another one.
func (r *draftRequest) readDistributor(f *page.Form) error {
	before := r.request
	r.request.TargetDistributor = f.Text("distributor")
	r.request.Mode = transfer.Mode(f.OneOf("mode", string(transfer.ModeSubscriptions), string(transfer.ModeEverything)))
	r.request.NotifyCustomer = f.Bool("notify")
	r.request.CarryAs = readCarry(f)
	chosen, err := r.checkDistributor(f)
	if err != nil {
		return err
	}
	if chosen.ID != 0 && r.request.Mode == "" {
		f.Wrong("mode", msgSelectWhatChanged, r.legalSentence(chosen))
	} else if r.request.Mode == "" {
		f.Wrong("mode", msgSelectWhat)
	}
	if before.TargetDistributor != r.request.TargetDistributor {
		r.request.Plans, r.request.Delegate = nil, nil
		if r.To.Currency != chosen.Currency {
			r.request.ConversionRate = ""
		}
	}
	return nil
}

// readCarry reads how the balance is carried; the default is kept as none.
func readCarry(f *page.Form) transfer.CarryAs {
	as := transfer.CarryAs(f.OneOf("carry_as", string(transfer.CarryOpenItems), string(transfer.CarryOneBalance),
		string(transfer.CarryLeave)))
	if as == transfer.CarryOpenItems {
		return ""
	}
	return as
}

// checkDistributor finds the distributor among those that the customer can go to.
func (r *draftRequest) checkDistributor(f *page.Form) (engine.Destination, error) {
	list, err := engine.Destinations(r.Request().Context(), r.DB(), r.Scope(), r.From.ID)
	if err != nil {
		return engine.Destination{}, err
	}
	number := r.request.TargetDistributor
	for _, d := range list {
		if d.Number == number {
			return d, nil
		}
	}
	switch number {
	case "":
		f.Wrong("distributor", msgSelectDistributor)
	case record.Number("D", r.From.ID):
		f.Wrong("distributor", msgOwnDistributor, r.source.Name, r.From.Name)
	default:
		f.Wrong("distributor", msgNoSuchDistributor, number)
	}
	return engine.Destination{}, nil
}
