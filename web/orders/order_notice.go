package orders

import (
	"fmt"
	"time"

	"handover/internal/order"
	"handover/internal/transfer"
	views "handover/views/orders"
	"handover/views/ui"
	"handover/web/page"
	"handover/web/transfers"
)

// orderNotice says what is to be known before anything else.
func orderNotice(o order.Order) *ui.Notice {
	switch o.Status {
	case "failed":
		return &ui.Notice{Tone: ui.Red, Title: "The transfer failed; nothing was changed", Text: o.Failure +
			" Retry shows a new preview first."}
	case "draft":
		return &ui.Notice{
			Tone: ui.Slate, Icon: ui.IconEdit, Title: "This is a draft",
			Text: fmt.Sprintf("%s began it and can go on with it for 30 days after the last change. Nothing "+
				"happens until it is confirmed.", o.RequestedByName),
		}
	case "awaiting_approval":
		return &ui.Notice{
			Tone: ui.Amber, Title: "This order waits for approval",
			Text: "Nothing happens until everybody who is asked has agreed. Without an answer within 7 days, it " +
				"is cancelled.",
		}
	case "scheduled":
		return &ui.Notice{
			Tone: ui.Slate, Icon: ui.IconCalendarTime, Title: "This order starts by itself",
			Text: "It is checked again then, and goes back to draft where the data has changed.",
		}
	case "rejected":
		return &ui.Notice{Tone: ui.Red, Title: "This order was rejected; nothing was changed", Text: o.Reason}
	case "reversed":
		return &ui.Notice{
			Tone: ui.Slate, Icon: ui.IconReverse, Title: "This transfer was reversed",
			Text: fmt.Sprintf("%s gave back what it changed. This page shows what the transfer did.", o.ReversedBy),
		}
	case "cancelled":
		text := "Nothing was transferred."
		if o.Reason != "" {
			text += " " + o.Reason
		}
		return &ui.Notice{Tone: ui.Slate, Title: "This order was cancelled", Text: text}
	}
	return nil
}

// orderResult says what a completed transfer did, with the ways on from there.
func orderResult(p *page.Page, o order.Order) *views.OrderResult {
	if o.Status != "completed" {
		return nil
	}
	r := views.OrderResult{
		Target: p.RecordLink("Open "+o.TargetName+" ("+o.TargetNumber+")",
			transfer.Record{Kind: "customer", Number: o.TargetNumber}),
		Ledger: p.URL("/orders/" + o.Number + "/ledger"),
	}
	if r.Sentence = transfers.FlowOf(o.Kind).Done(o); o.Reverses != "" {
		r.Sentence = fmt.Sprintf("Successfully reversed %s.", o.Reverses)
	}
	if until, ok := o.ReversibleUntil(); ok {
		r.Until = page.FormatMoment(until)
	}
	return &r
}

// eventLooks are the icons of the timeline, by the codes of events.
var eventLooks = map[string]struct {
	icon ui.IconName
	tone ui.Tone
}{
	"completed": {ui.IconCircleCheck, ui.Green}, "requested": {ui.IconClipboard, ui.Slate},
	"draft_created":      {ui.IconEdit, ui.Slate},
	"approval_requested": {ui.IconClipboard, ui.Amber}, "approved": {ui.IconCircleCheck, ui.Green},
	"rejected":  {ui.IconBan, ui.Red},
	"scheduled": {ui.IconCalendarTime, ui.Slate}, "due": {ui.IconCalendarTime, ui.Slate},
	"started": {ui.IconPlay, ui.Blue}, "draft_expired": {ui.IconBan, ui.Slate},
	"request_expired": {ui.IconBan, ui.Slate},
	"handed_back":     {ui.IconRefresh, ui.Slate}, "taken_up_again": {ui.IconRefresh, ui.Slate},
	"retried": {ui.IconRefresh, ui.Blue},
	"failed":  {ui.IconCircleX, ui.Red}, "back_to_draft": {ui.IconRefresh, ui.Amber},
	"cancelled": {ui.IconBan, ui.Slate}, "discarded": {ui.IconBan, ui.Slate}, "reversed": {ui.IconReverse, ui.Slate},
	"notification_written": {ui.IconMail, ui.Slate}, "notification_not_written": {ui.IconMailOff, ui.Amber},
}

// formatDuration writes how long something took or will take: "3 s", "4 min 10 s".
func formatDuration(d time.Duration) string {
	seconds := int(d.Round(time.Second).Seconds())
	switch {
	case seconds < 60:
		return fmt.Sprintf("%d s", seconds)
	case seconds < 3600:
		return fmt.Sprintf("%d min %d s", seconds/60, seconds%60)
	}
	return fmt.Sprintf("%d h %d min", seconds/3600, seconds/60%60)
}

// proofNote says what the proof of the books covers.
const proofNote = "Handover proved %s before it committed the transfer. Dependent records, such as invoice " +
	"lines, refunds, usage and the entries of " +
	"documents, are not rewritten; they are covered by the record they belong to. Settled documents changed " +
	"their status only. They keep what was printed on them."
