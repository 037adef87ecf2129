package page

import (
	"fmt"

	"handover/internal/engine"
	"handover/internal/order"
	"handover/internal/transfer"
	views "handover/views/page"
	"handover/views/ui"
)

// ActFields are the fields beside an act. That of the posting date is shown where the usual
// day is closed, or another one was chosen.
func ActFields(p transfer.Preview, req transfer.Request, errs ui.Errors) views.ActFields {
	f, closed := p.Finding("PERIOD_CLOSED")
	return views.ActFields{
		Reason: req.Reason, ReasonError: errs.For("reason"), PostOn: req.PostOn, PostOnError: errs.For("post_on"),
		AskPostOn: req.PostOn != "" || errs.For("post_on") != "" || closed && f.Instead != nil &&
			f.Instead.PostOn != "",
	}
}

// PostingInstead names the posting date that a finding offers, where it is not the one that
// is asked for.
func PostingInstead(s Style, asked string) func(transfer.Finding) string {
	return func(f transfer.Finding) string {
		if f.Instead == nil || f.Instead.PostOn == "" || f.Instead.PostOn == asked {
			return ""
		}
		return "Post on " + s.DayText(f.Instead.PostOn)
	}
}

// DropPosting takes a posting date that cannot be any more out of a draft.
func (p *Page) DropPosting(e *engine.Engine, draft order.Order) (order.Order, error) {
	return e.UpdateDraft(p.Ctx(), p.Actor(), draft.Number, draft.Version, func(r *transfer.Request) { r.PostOn = "" })
}

// Reason reads why something is asked for; of one that is too long the beginning is kept, with
// what is wrong.
func (f *Form) Reason() string {
	text := []rune(f.Text("reason"))
	if len(text) > transfer.ReasonLength {
		f.Wrong("reason", msgReasonTooLong, len(text), transfer.ReasonLength)
		text = text[:transfer.ReasonLength]
	}
	return string(text)
}

// Kept returns a field that is not on every page, else what it was before.
func (f *Form) Kept(name, before string) string {
	if _, sent := f.values[name]; !sent {
		return before
	}
	return f.Text(name)
}

// BlockedWords say that so many findings block an act.
func BlockedWords(n int) string {
	if n == 1 {
		return msgOneBlockingIssue
	}
	return fmt.Sprintf(msgBlockingIssues, n)
}
