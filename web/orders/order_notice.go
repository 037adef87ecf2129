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
		return &ui.Notice{Tone: ui.Red, Title: titleFailed, Text: o.Failure + msgRetryShowsPreview}
	case "draft":
		return &ui.Notice{
			Tone: ui.Slate, Icon: ui.IconEdit, Title: titleDraft,
			Text: fmt.Sprintf(msgDraftOf, o.RequestedByName),
		}
	case "awaiting_approval":
		return &ui.Notice{Tone: ui.Amber, Title: titleAwaiting, Text: msgAwaiting}
	case "scheduled":
		return &ui.Notice{Tone: ui.Slate, Icon: ui.IconCalendarTime, Title: titleScheduled, Text: msgScheduled}
	case "rejected":
		return &ui.Notice{Tone: ui.Red, Title: titleRejected, Text: o.Reason}
	case "reversed":
		return &ui.Notice{
			Tone: ui.Slate, Icon: ui.IconReverse, Title: titleReversed,
			Text: fmt.Sprintf(msgReversedBy, o.ReversedBy),
		}
	case "cancelled":
		text := msgNothingTransferred
		if o.Reason != "" {
			text += " " + o.Reason
		}
		return &ui.Notice{Tone: ui.Slate, Title: titleCancelled, Text: text}
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
		r.Sentence = fmt.Sprintf(msgReversed, o.Reverses)
	}
	if until, ok := o.ReversibleUntil(); ok {
		r.Until = p.Moment(until)
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
const proofNote = proofSentence
