package home

import (
	"fmt"
	"time"

	"handover/internal/accounts"
	"handover/internal/db"
	"handover/internal/identity"
	"handover/internal/notify"
	"handover/internal/settings"
	"handover/internal/webhooks"
	views "handover/views/home"
	"handover/web/page"
	"handover/web/system"

	"handover/internal/order"
)

// The chart of the first page: how many weeks, and its measures in the units of its view box.
const (
	homeWeeks  = 12
	weekStep   = 40
	weekGap    = 6
	weekHeight = 110
)

// weeks draws the transfers of each week by kind.
func (h homePages) weeks(p *page.Page) (views.HomeWeeks, error) {
	found, err := order.Weeks(p.Ctx(), p.DB(), p.Scope(), homeWeeks, time.Now())
	if err != nil {
		return views.HomeWeeks{}, err
	}
	v := views.HomeWeeks{}
	most := int64(1)
	for _, w := range found {
		total := int64(0)
		for _, n := range w.Counts {
			total += n
		}
		v.Total += total
		most = max(most, total)
	}
	var codes []string
	for _, k := range order.Kinds {
		if k.Code != order.Placed {
			v.Kinds, codes = append(v.Kinds, k.Label), append(codes, k.Code)
		}
	}
	for i, w := range found {
		bar := views.WeekBar{At: fmt.Sprint(i*weekStep + weekGap), From: p.Date(w.From).Text}
		top := int64(weekHeight)
		for tone, code := range codes {
			n := w.Counts[code]
			bar.Counts = append(bar.Counts, p.Count(int(n)))
			if n == 0 {
				continue
			}
			height := max(n*weekHeight/most, 2)
			top -= height
			bar.Parts = append(bar.Parts, views.WeekPart{
				Tone: fmt.Sprint(tone), Y: fmt.Sprint(max(top, 0)),
				Height: fmt.Sprint(height),
			})
		}
		v.Bars = append(v.Bars, bar)
	}
	return v, nil
}

// attention lists what waits for a person: approvals of orders and settings, orders that
// start today, mails with unknown delivery, and failed webhooks.
func (h homePages) attention(p *page.Page, v *views.HomeOrders) error {
	var err error
	if p.Staff.Can(identity.OrdersApprove) {
		if v.Awaiting, err = h.list(p, order.Filter{Type: order.Transfer, Status: "awaiting_approval"}); err != nil {
			return err
		}
	}
	if p.Staff.Can(identity.SettingsManage) {
		if v.Settings, err = settingsToAnswer(p); err != nil {
			return err
		}
	}
	if v.Scheduled, err = h.list(p, order.Filter{Type: order.Transfer, Status: "scheduled", Today: true}); err != nil {
		return err
	}
	if p.Staff.Can(identity.OutboxResend) {
		if v.Mails, err = unconfirmedMails(p); err != nil {
			return err
		}
	}
	if p.Staff.Can(identity.WebhooksManage) {
		v.Webhooks, err = disabledWebhooks(p)
	}
	return err
}

// settingsToAnswer are the changes of control settings that wait for the reader.
func settingsToAnswer(p *page.Page) ([]views.HomeSetting, error) {
	found, err := settings.ForStaff(p.Ctx(), p.DB(), p.Scope(), p.Staff.ID, p.Frame.Settings().Now())
	var out []views.HomeSetting
	for _, ch := range found {
		number := accounts.Number(accounts.DistributorPrefix, ch.DistributorID)
		out = append(out, views.HomeSetting{
			Href: p.URL(fmt.Sprintf("/distributors/%s#change-%d", number, ch.ID)), Label: ch.Control.Label + " of " +
				ch.Distributor,
			By: ch.Requester, Until: p.Moment(ch.ExpiresAt),
		})
	}
	return out, err
}

func unconfirmedMails(p *page.Page) ([]views.HomeMail, error) {
	mails, err := notify.List(p.Ctx(), p.DB(), p.Scope(), notify.Filter{State: notify.Unconfirmed},
		db.Page{Sort: "-created", Size: homeListed})
	var out []views.HomeMail
	for _, m := range mails.Rows {
		out = append(out, views.HomeMail{
			Href: system.MailHref(p, m.ID), Recipient: m.Recipient, Subject: m.Subject,
			Resend: system.MailHref(p, m.ID) + "/resend", When: p.Moment(m.CreatedAt),
		})
	}
	return out, err
}

// disabledWebhooks are those that Handover disabled, not those that a person did.
func disabledWebhooks(p *page.Page) ([]views.HomeWebhook, error) {
	list, err := webhooks.List(p.Ctx(), p.DB(), p.Scope())
	var out []views.HomeWebhook
	for _, e := range list {
		if e.Status == webhooks.Disabled && e.Reason != "" {
			out = append(out, views.HomeWebhook{Href: system.WebhookHref(p, e.ID), URL: e.URL, Reason: e.Reason})
		}
	}
	return out, err
}
