package system

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/fault"
	"handover/internal/identity"
	"handover/internal/notify"
	"handover/internal/transfer"
	views "handover/views/system"
	"handover/views/ui"
	"handover/web/page"
)

// outboxPages are System > Outbox.
type outboxPages struct {
	db    *sqlx.DB
	sends bool // a mail server is set
}

func (h outboxPages) list(p *page.Page) error {
	l := p.ReadList("-created")
	q := p.ReadQuery()
	f := notify.Filter{Search: l.Search, State: notify.State(q.OneOf("state", stateCodes()...))}
	if err := q.Err(); err != nil {
		return err
	}
	part, err := notify.List(p.Ctx(), p.DB(), p.Scope(), f, l.Page)
	if err != nil {
		return err
	}
	total, err := notify.Count(p.Ctx(), p.DB(), p.Scope(), f)
	if err != nil {
		return err
	}
	v := views.Outbox{
		List: l.View, Paging: l.Paging(part.Before, part.After), Filtered: f != notify.Filter{},
		Total: p.Total(total, "mail", "mails"), States: page.StatusChoices(stateCodes(),
			[]string{string(f.State)}),
	}
	if !h.sends {
		v.Notice = noMailServer()
	}
	for _, m := range part.Rows {
		v.Rows = append(v.Rows, views.OutboxRow{
			Href: MailHref(p, m.ID), Recipient: m.Recipient, Subject: m.Subject, State: string(m.State),
			Note:  retryNote(p, m),
			Order: m.Order, OrderHref: p.RecordHref(transfer.Record{Kind: "order", Number: m.Order}),
			Created: p.Time(m.CreatedAt), Attempts: p.Count(m.Attempts), LastError: m.LastError,
		})
	}
	return p.Render(http.StatusOK, "Outbox", views.OutboxPage(v))
}

// noMailServer says why mails wait although nothing is wrong with them.
func noMailServer() *ui.Notice {
	return &ui.Notice{
		Tone: ui.Slate, Icon: ui.IconMailOff, Title: titleNoMailServer,
		Text: msgNoMailServer,
	}
}

func stateCodes() []string {
	var out []string
	for _, s := range notify.States() {
		out = append(out, string(s))
	}
	return out
}

// MailHref returns the address of a mail's page.
func MailHref(p *page.Page, id int64) string { return p.URL("/outbox/" + strconv.FormatInt(id, 10)) }

// retryNote says when a mail that was not sent is tried again.
func retryNote(p *page.Page, m notify.Mail) string {
	if m.State != notify.Waiting || m.LastError == "" || m.NextAttempt.Before(time.Now()) {
		return ""
	}
	return "again on " + p.Time(m.NextAttempt).Words()
}

// find returns the mail that the address names.
func (h outboxPages) find(p *page.Page) (notify.Mail, error) {
	id, err := strconv.ParseInt(p.Param("id"), 10, 64)
	if err != nil {
		return notify.Mail{}, fault.New(fault.NotFound, msgNoMail)
	}
	return notify.GetMail(p.Ctx(), p.DB(), p.Scope(), id)
}

func (h outboxPages) show(p *page.Page) error {
	m, err := h.find(p)
	if err != nil {
		return err
	}
	return h.render(p, m, false)
}

// link shows the mail with its link and records this in the audit log. It is for mails
// that do not reach their recipients otherwise.
func (h outboxPages) link(p *page.Page) error {
	m, err := h.find(p)
	if err != nil {
		return err
	}
	if !h.mayReveal(p, m) {
		return fault.New(fault.Conflict, msgNoLink, m.Recipient)
	}
	if m, err = p.Frame.StaffService().RevealLink(p.Ctx(), p.By(), m.ID); err != nil {
		return err
	}
	return h.render(p, m, true)
}

// mayReveal reports whether the reader may see the mail's link: an administrator, if no
// mail server is set or the mail can be resent.
func (h outboxPages) mayReveal(p *page.Page, m notify.Mail) bool {
	return m.HasSecret && p.Staff.Can(identity.StaffManage) && (!h.sends || m.State.Resendable())
}

func (h outboxPages) render(p *page.Page, m notify.Mail, revealed bool) error {
	sender := m.Sender
	if sender == "" {
		sender = labelNamedWhenSent
	}
	v := views.MailView{
		Subject: m.Subject, State: string(m.State), Notice: h.notice(p, m), Text: strings.TrimSpace(m.Plain),
		HTMLHref: MailHref(p, m.ID) + "/html",
		Resend:   m.State.Resendable() && p.Staff.Can(identity.OutboxResend), ResendHref: MailHref(p, m.ID) + "/resend",
		Warning: resendWarnings[m.State], ShowLink: !revealed &&
			h.mayReveal(p, m), LinkHref: MailHref(p, m.ID) + "/link",
		Facts: []ui.Fact{
			{Label: "To", Text: m.Recipient},
			{Label: "Order", Text: m.Order, Href: p.RecordHref(transfer.Record{Kind: "order", Number: m.Order})},
			{Label: "Created", Value: ui.Date(p.Moment(m.CreatedAt))},
			{Label: "Sent", Value: ui.Date(sentAt(p, m))},
			{Label: "Attempts", Text: p.Count(m.Attempts)},
		},
		Details: []ui.Fact{
			{Label: "From", Text: sender},
			{Label: "Brand", Text: m.Name},
			{Label: "Message-ID", Text: m.MessageID},
			{Label: "Last error", Text: m.LastError},
		},
	}
	return p.Render(http.StatusOK, m.Subject, views.MailPage(v))
}

func sentAt(p *page.Page, m notify.Mail) ui.When {
	if m.SentAt == nil {
		return ui.When{}
	}
	return p.Moment(*m.SentAt)
}

// notice describes the result of a mail that was not simply sent.
func (h outboxPages) notice(p *page.Page, m notify.Mail) *ui.Notice {
	tries := p.Plural(m.Attempts, "attempt", "attempts")
	switch {
	case m.State == notify.Failed:
		return &ui.Notice{Tone: ui.Red, Title: titleNotSent, Text: fmt.Sprintf(msgGivenUp, tries, m.LastError)}
	case m.State == notify.Unconfirmed:
		return &ui.Notice{
			Tone: ui.Amber, Title: titleUnconfirmed,
			Text: msgUnconfirmed + m.LastError,
		}
	case m.State == notify.Waiting && !h.sends:
		return noMailServer()
	case m.State == notify.Waiting && m.LastError != "":
		next := msgSentSoon
		if m.NextAttempt.After(time.Now()) {
			next = msgNextOn + p.Time(m.NextAttempt).Words() + "."
		}
		return &ui.Notice{
			Tone: ui.Slate, Title: "This mail is tried again",
			Text: fmt.Sprintf(msgTriedSoFar, strings.TrimSuffix(m.LastError, "."), page.UpperFirst(tries), next),
		}
	default:
		return nil
	}
}

// resendWarnings name what Resend does.
var resendWarnings = map[notify.State]string{
	notify.Failed:      hintResendFailed,
	notify.Unconfirmed: hintResendUnconfirmed,
}

// html answers with the mail as a mail program would show it. The page can do
// nothing: no script, no form, nothing of this panel.
func (h outboxPages) html(p *page.Page) error {
	m, err := h.find(p)
	if err != nil {
		return err
	}
	p.Response().Header().Set("Content-Security-Policy",
		"sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
	return p.HTMLBlob(http.StatusOK, []byte(m.HTML))
}

func (h outboxPages) resend(p *page.Page) error {
	m, err := h.find(p)
	if err != nil {
		return err
	}
	if m, err = notify.Resend(p.Ctx(), h.db, p.Scope(), p.Actor(), m.ID, time.Now()); err != nil {
		return err
	}
	if err := p.Flash(ui.Flash{Tone: ui.Green, Text: fmt.Sprintf(msgResent, m.Recipient)}); err != nil {
		return err
	}
	return p.Context.Redirect(http.StatusSeeOther, MailHref(p, m.ID))
}
