package home

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"handover/internal/accounts"
	"handover/internal/db"
	"handover/internal/identity"
	"handover/internal/notify"
	"handover/internal/order"
	"handover/internal/record"
	"handover/internal/settings"
	"handover/internal/webhooks"
	views "handover/views/home"
	"handover/views/ui"
	"handover/web/orders"
	"handover/web/page"
	"handover/web/system"
)

// homeListed is how many lines a list on the first page has.
const homeListed = 8

// taskKinds are the kinds of things that wait for a person, in the order of the list: who may do
// them, and where they are read.
var taskKinds = []struct {
	privilege identity.Privilege
	read      func(h homePages, p *page.Page, found map[string][]order.HomeRow) ([]views.HomeTask, error)
}{
	{identity.OrdersApprove, homePages.approvals},
	{identity.SettingsManage, homePages.settings},
	{identity.AccountsTransfer, homePages.failures},
	{identity.AccountsTransfer, homePages.drafts},
	{identity.OutboxResend, homePages.mails},
	{identity.WebhooksManage, homePages.webhooks},
}

// tasks lists what waits for the reader, and the sentence over the page.
func (h homePages) tasks(p *page.Page, found map[string][]order.HomeRow) ([]views.HomeTask, string, error) {
	var out []views.HomeTask
	for _, kind := range taskKinds {
		if !p.Staff.Can(kind.privilege) {
			continue
		}
		more, err := kind.read(h, p, found)
		if err != nil {
			return nil, "", err
		}
		out = append(out, more...)
	}
	switch len(out) {
	case 0:
		return nil, "Nothing needs you", nil
	case 1:
		return out, "1 thing needs you", nil
	}
	return out, p.Count(len(out)) + " things need you", nil
}

// approvals are the orders that the reader may answer.
func (h homePages) approvals(p *page.Page, found map[string][]order.HomeRow) ([]views.HomeTask, error) {
	var out []views.HomeTask
	for _, o := range found[order.HomeApprove] {
		by := o.RequestedBy
		if o.RequestedBeyond {
			by = order.Another
		}
		notes := []string{}
		if o.Contracts > 0 {
			notes = append(notes, p.Plural(int(o.Contracts), "contract", "contracts"))
		}
		if owes := balanceWords(p, o); owes != "" {
			notes = append(notes, owes)
		}
		if by != "" {
			notes = append(notes, "requested by "+by)
		}
		task := orderTask(p, o, ui.Amber, "Approve", "Review")
		task.Note, task.Primary = strings.Join(notes, " · "), true
		if o.ExpiresAt != nil {
			task.Before, task.When = "answer by ", p.Moment(*o.ExpiresAt)
		}
		out = append(out, task)
	}
	return out, nil
}

// balanceWords says what the source owes, "" if nothing.
func balanceWords(p *page.Page, o order.HomeRow) string {
	if o.Owes == nil {
		return ""
	}
	amount, err := decimal.NewFromString(o.Owes.Amount)
	switch {
	case err != nil || amount.IsZero():
		return ""
	case amount.IsNegative():
		return p.Money(amount.Neg(), o.Owes.Currency) + " credit"
	}
	return p.Money(amount, o.Owes.Currency) + " owed"
}

func orderTask(p *page.Page, o order.HomeRow, tone ui.Tone, label, action string) views.HomeTask {
	return views.HomeTask{
		Tone: tone, Label: label, Words: routeWords(p, o), Number: o.Number, Href: p.URL("/orders/" + o.Number),
		Action: action, When: p.Moment(o.UpdatedAt),
	}
}

func (h homePages) failures(p *page.Page, found map[string][]order.HomeRow) ([]views.HomeTask, error) {
	var out []views.HomeTask
	for _, o := range found[order.HomeFailed] {
		task := orderTask(p, o, ui.Red, "Failed", "Open")
		task.Note = o.Failure
		out = append(out, task)
	}
	return out, nil
}

// drafts are the reader's own, those that were handed back first.
func (h homePages) drafts(p *page.Page, _ map[string][]order.HomeRow) ([]views.HomeTask, error) {
	drafts, err := order.DraftsOf(p.Ctx(), p.DB(), p.Staff.ID, homeListed)
	if err != nil {
		return nil, err
	}
	var back, begun []views.HomeTask
	for _, d := range drafts {
		task := views.HomeTask{
			Tone: ui.Slate, Label: "Draft", Words: draftWords(d), Number: d.Number, Action: "Continue",
			Before: "saved ", When: p.Moment(d.UpdatedAt), Href: p.URL(orders.DraftPath(order.Order{
				Kind: d.Kind, SourceNumber: d.Customer, Reverses: d.Reverses,
			})),
		}
		if !d.HandedBack {
			begun = append(begun, task)
			continue
		}
		task.Tone, task.Label, task.Action, task.Note = ui.Amber, "Handed back", "See changes", msgHandedBack
		back = append(back, task)
	}
	return append(back, begun...), nil
}

func draftWords(d order.DraftLine) []views.HomeWord {
	begins := map[record.FlowKind]string{record.Merge: "Merge ", record.Subscriptions: "Contracts of "}[d.Kind]
	if begins == "" {
		begins = "Transfer of "
	}
	if d.Reverses != "" {
		begins = "Reversal of " + d.Reverses + ": "
	}
	words := []views.HomeWord{{Text: begins}, {Text: d.CustomerName, Strong: true}}
	if d.Target != "" {
		words = append(words, views.HomeWord{Text: " → " + d.Target})
	}
	return words
}

// settings are the changes of control settings that wait for the reader.
func (h homePages) settings(p *page.Page, _ map[string][]order.HomeRow) ([]views.HomeTask, error) {
	found, err := settings.ForStaff(p.Ctx(), p.DB(), p.Scope(), p.Staff.ID, p.Frame.Settings().Now())
	var out []views.HomeTask
	for _, ch := range found {
		number := accounts.Number(accounts.DistributorPrefix, ch.DistributorID)
		out = append(out, views.HomeTask{
			Tone: ui.Amber, Label: "Approve", Words: []views.HomeWord{
				{Text: ch.Control.Label, Strong: true}, {Text: " of " + ch.Distributor},
			},
			Note: "requested by " + ch.Requester, Before: "expires ", When: p.Moment(ch.ExpiresAt),
			Number: number, Href: p.URL(fmt.Sprintf("/distributors/%s#change-%d", number, ch.ID)), Action: "Review",
			Primary: true,
		})
	}
	return out, err
}

// mails are those with unknown delivery: they are not resent automatically.
func (h homePages) mails(p *page.Page, _ map[string][]order.HomeRow) ([]views.HomeTask, error) {
	mails, err := notify.List(p.Ctx(), p.DB(), p.Scope(), notify.Filter{State: notify.Unconfirmed},
		db.Page{Sort: "-created", Size: homeListed})
	var out []views.HomeTask
	for _, m := range mails.Rows {
		out = append(out, views.HomeTask{
			Tone: ui.Amber, Label: "Delivery unknown", Words: []views.HomeWord{{Text: m.Subject, Strong: true}},
			Note: "to " + m.Recipient, Href: system.MailHref(p, m.ID), Action: "Resend",
			Post: system.MailHref(p, m.ID) + "/resend", Number: m.Recipient, When: p.Moment(m.CreatedAt),
		})
	}
	return out, err
}

// webhooks are those that Handover disabled, not those that a person did.
func (h homePages) webhooks(p *page.Page, _ map[string][]order.HomeRow) ([]views.HomeTask, error) {
	list, err := webhooks.List(p.Ctx(), p.DB(), p.Scope())
	var out []views.HomeTask
	for _, e := range list {
		if e.Status == webhooks.Disabled && e.Reason != "" {
			out = append(out, views.HomeTask{
				Tone: ui.Red, Label: "Webhook disabled", Words: []views.HomeWord{{Text: e.URL, Strong: true}},
				Note: e.Reason, Href: system.WebhookHref(p, e.ID), Action: "Open", Number: e.URL,
			})
		}
	}
	return out, err
}
