package system

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"handover/internal/fault"
	"handover/internal/order"
	"handover/internal/transfer"
	"handover/internal/webhooks"
	views "handover/views/system"
	"handover/views/ui"
	"handover/web/page"
)

// webhookPages are System > Webhooks.
type webhookPages struct{ desk webhooks.Desk }

func (h webhookPages) list(p *page.Page) error { return h.listPage(p, nil) }

// listPage draws the list, with what was wrong with a new one.
func (h webhookPages) listPage(p *page.Page, errs ui.Errors) error {
	list, err := webhooks.List(p.Ctx(), p.DB(), p.Scope())
	if err != nil {
		return err
	}
	wanted := webhooks.Wanted{}
	if errs != nil {
		wanted = readWebhook(p)
	}
	v := views.Webhooks{Mine: p.Staff.DistributorName, New: webhookForm(p.URL("/webhooks"), wanted, errs)}
	for _, e := range list {
		v.Owners = v.Owners || e.DistributorID != p.Staff.DistributorID
		v.Rows = append(v.Rows, views.WebhookRow{
			Href: WebhookHref(p, e.ID), URL: e.URL, Description: e.Description, Distributor: e.DistributorName,
			Status: e.Status, Note: failingNote(e), Events: e.Events,
		})
	}
	return p.Form(errs, "Webhooks", views.WebhooksPage(v))
}

// WebhookHref returns the address of a webhook's page.
func WebhookHref(p *page.Page, id int64) string {
	return p.URL("/webhooks/" + strconv.FormatInt(id, 10))
}

// failingNote says since when nothing was taken.
func failingNote(e webhooks.Endpoint) string {
	if e.FailingSince == nil {
		return ""
	}
	return "failing since " + e.FailingSince.UTC().Format("2 Jan, 15:04")
}

func webhookForm(action string, w webhooks.Wanted, errs ui.Errors) views.WebhookForm {
	v := views.WebhookForm{Action: action, URL: w.URL, Description: w.Description, Errors: errs}
	for _, a := range order.Announcements() {
		v.Events = append(v.Events, views.WebhookEvent{
			Name: a.Name, Means: a.Means,
			Chosen: slices.Contains(w.Events, a.Name),
		})
	}
	return v
}

func readWebhook(p *page.Page) webhooks.Wanted {
	f := p.ReadForm()
	return webhooks.Wanted{URL: f.Text("url"), Description: f.Text("description"), Events: f.Texts("event")}
}

// create adds an endpoint and shows its secret, once.
func (h webhookPages) create(p *page.Page) error {
	id, secret, err := h.desk.Create(p.Ctx(), p.Actor(), readWebhook(p))
	if errs, ok := page.FieldErrors(err); ok {
		return h.listPage(p, errs)
	}
	if err != nil {
		return err
	}
	e, err := webhooks.Get(p.Ctx(), p.DB(), p.Scope(), id)
	if err != nil {
		return err
	}
	return h.page(p, e, shown{secret: secret})
}

// find returns the endpoint that the address names.
func (h webhookPages) find(p *page.Page) (webhooks.Endpoint, error) {
	id, err := strconv.ParseInt(p.Param("id"), 10, 64)
	if err != nil {
		return webhooks.Endpoint{}, fault.New(fault.NotFound, msgNoWebhook)
	}
	return webhooks.Get(p.Ctx(), p.DB(), p.Scope(), id)
}

func (h webhookPages) show(p *page.Page) error {
	e, err := h.find(p)
	if err != nil {
		return err
	}
	return h.page(p, e, shown{})
}

// shown is the result of an act that the page of an endpoint shows.
type shown struct {
	secret string           // that was just made
	errs   ui.Errors        // why the act was refused
	wanted *webhooks.Wanted // what was typed, nil = nothing
}

// page draws an endpoint.
func (h webhookPages) page(p *page.Page, e webhooks.Endpoint, s shown) error {
	wanted := webhooks.Wanted{URL: e.URL, Description: e.Description, Events: e.Events}
	if s.wanted != nil {
		wanted = *s.wanted
	}
	l := p.ReadList("-occurred")
	q := p.ReadQuery()
	status := q.OneOf("state", webhooks.DeliveryStatuses()...)
	if err := q.Err(); err != nil {
		return err
	}
	part, err := webhooks.Deliveries(p.Ctx(), p.DB(), e.ID, status, l.Page)
	if err != nil {
		return err
	}
	v := views.Webhook{
		URL: e.URL, Status: e.Status, Path: WebhookHref(p, e.ID), Secret: s.secret,
		Enabled: e.Status == webhooks.Enabled, Notice: webhookNotice(e),
		Form: webhookForm(WebhookHref(p, e.ID), wanted, s.errs), List: l.View,
		Paging:   l.Paging(part.Before, part.After),
		Filtered: status != "",
		Statuses: page.StatusChoices(webhooks.DeliveryStatuses(), []string{status}),
		Facts: []ui.Fact{
			{Label: "Distributor", Text: e.DistributorName},
			{Label: "Added", Value: ui.Date(page.FormatMoment(e.CreatedAt))},
			{Label: "Description", Text: e.Description},
		},
	}
	for _, m := range part.Rows {
		v.Rows = append(v.Rows, views.WebhookDelivery{
			Href: deliveryHref(p, m), Event: m.Event, Order: m.Order,
			OrderHref: p.RecordHref(transfer.Record{Kind: "order", Number: m.Order}), Status: m.Status,
			Note: againNote(m), Attempts: page.FormatCount(m.Attempts), LastError: m.LastError,
			Occurred: page.FormatTime(m.OccurredAt),
		})
	}
	return p.Form(s.errs, "Webhook", views.WebhookPage(v))
}

func deliveryHref(p *page.Page, m webhooks.Delivery) string {
	return fmt.Sprintf("%s/messages/%d", WebhookHref(p, m.EndpointID), m.ID)
}

// againNote says when a message that was not taken is sent again.
func againNote(m webhooks.Delivery) string {
	if m.Status != webhooks.Waiting || m.LastError == "" || m.NextAttempt.Before(time.Now()) {
		return ""
	}
	return "again at " + m.NextAttempt.UTC().Format("2 Jan, 15:04")
}

// webhookNotice says what is the matter with an endpoint.
func webhookNotice(e webhooks.Endpoint) *ui.Notice {
	switch {
	case e.Status == webhooks.Disabled && e.Reason != "":
		return &ui.Notice{
			Tone: ui.Red, Title: titleDisabled,
			Text: e.Reason + " What has happened since waits. Repair the receiver, then enable it; what waits " +
				"is sent then.",
		}
	case e.Status == webhooks.Disabled:
		return &ui.Notice{Tone: ui.Slate, Title: titlePaused, Text: msgPaused}
	case e.OldSecretUntil != nil && e.OldSecretUntil.After(time.Now()):
		return &ui.Notice{
			Tone: ui.Slate, Title: titleTwoSecrets,
			Text: msgTwoSecrets + e.OldSecretUntil.UTC().Format(page.DateForm+", 15:04") + " UTC.",
		}
	}
	return nil
}

func (h webhookPages) save(p *page.Page) error {
	e, err := h.find(p)
	if err != nil {
		return err
	}
	err = h.desk.Change(p.Ctx(), p.Scope(), p.Actor(), e.ID, readWebhook(p))
	if errs, ok := page.FieldErrors(err); ok {
		wanted := readWebhook(p)
		return h.page(p, e, shown{errs: errs, wanted: &wanted})
	}
	return h.done(p, e, err, "Saved.")
}

// done leads back to the endpoint with what was done.
func (h webhookPages) done(p *page.Page, e webhooks.Endpoint, err error, said string) error {
	if err != nil {
		return err
	}
	return p.Tell(ui.Flash{Tone: ui.Green, Text: said}, "/webhooks/"+strconv.FormatInt(e.ID, 10))
}

func (h webhookPages) rotate(p *page.Page) error {
	e, err := h.find(p)
	if err != nil {
		return err
	}
	secret, err := h.desk.Rotate(p.Ctx(), p.Scope(), p.Actor(), e.ID)
	if err != nil {
		return err
	}
	if e, err = h.find(p); err != nil {
		return err
	}
	return h.page(p, e, shown{secret: secret})
}

// status returns the handler that gives the endpoint that status.
func (h webhookPages) status(status, said string) func(*page.Page) error {
	return func(p *page.Page) error {
		e, err := h.find(p)
		if err != nil {
			return err
		}
		err = h.desk.SetStatus(p.Ctx(), p.Scope(), p.Actor(), e.ID, status)
		if err != nil || status != webhooks.Removed {
			return h.done(p, e, err, said)
		}
		return p.Tell(ui.Flash{Tone: ui.Green, Text: said}, "/webhooks")
	}
}

func (h webhookPages) test(p *page.Page) error {
	e, err := h.find(p)
	if err != nil {
		return err
	}
	_, err = h.desk.SendTest(p.Ctx(), p.Scope(), p.Actor(), e.ID)
	if errs, ok := page.FieldErrors(err); ok {
		return h.page(p, e, shown{errs: errs})
	}
	return h.done(p, e, err, msgTestSent)
}

// findMessage returns the message that the address names, with its endpoint.
func (h webhookPages) findMessage(p *page.Page) (webhooks.Endpoint, webhooks.Delivery, error) {
	e, err := h.find(p)
	if err != nil {
		return e, webhooks.Delivery{}, err
	}
	id, err := strconv.ParseInt(p.Param("message"), 10, 64)
	if err != nil {
		return e, webhooks.Delivery{}, fault.New(fault.NotFound, msgNoMessage)
	}
	m, err := webhooks.GetDelivery(p.Ctx(), p.DB(), e.ID, id)
	return e, m, err
}

func (h webhookPages) message(p *page.Page) error {
	e, m, err := h.findMessage(p)
	if err != nil {
		return err
	}
	v := views.WebhookMessage{
		Event: m.Event, Status: m.Status, Endpoint: e.URL, EndpointHref: WebhookHref(p, e.ID),
		Replay:    deliveryHref(p, m) + "/replay",
		CanReplay: e.Status == webhooks.Enabled, Payload: indented(m.Payload),
		Facts: []ui.Fact{
			{Label: "Order", Text: m.Order, Href: p.RecordHref(transfer.Record{Kind: "order", Number: m.Order})},
			{Label: "Occurred", Value: ui.Date(page.FormatMoment(m.OccurredAt))},
			{Label: "Message id", Text: m.MessageID},
			{Label: "Attempts", Text: page.FormatCount(m.Attempts)},
			{Label: "Last answer", Text: lastAnswer(m)},
		},
	}
	if m.DeliveredAt != nil {
		v.Facts = append(v.Facts, ui.Fact{Label: "Taken", Value: ui.Date(page.FormatMoment(*m.DeliveredAt))})
	}
	return p.Render(http.StatusOK, m.Event, views.WebhookMessagePage(v))
}

// lastAnswer says how the last attempt ended.
func lastAnswer(m webhooks.Delivery) string {
	if m.LastError == "" && m.Answered != 0 {
		return strconv.Itoa(m.Answered)
	}
	return m.LastError
}

// indented is the JSON as people read it.
func indented(text string) string {
	var out bytes.Buffer
	if json.Indent(&out, []byte(text), "", "  ") != nil {
		return text
	}
	return out.String()
}

func (h webhookPages) replay(p *page.Page) error {
	e, m, err := h.findMessage(p)
	if err != nil {
		return err
	}
	return h.done(p, e, h.desk.Replay(p.Ctx(), p.Scope(), p.Actor(), e.ID, m.ID), msgResentSoon)
}
