package web

import (
	"fmt"

	"handover/internal/transfer"
	"handover/views"
	"handover/views/ui"

	"handover/internal/engine"
	"handover/internal/order"
)

// actFields are the fields beside an act. That of the posting date is shown where the usual
// day is closed, or another one was chosen.
func actFields(p transfer.Preview, req transfer.Request, errs ui.Errors) views.ActFields {
	f, closed := p.Finding("PERIOD_CLOSED")
	return views.ActFields{
		Reason: req.Reason, ReasonError: errs.For("reason"), PostOn: req.PostOn, PostOnError: errs.For("post_on"),
		AskPostOn: req.PostOn != "" || errs.For("post_on") != "" || closed && f.Instead != nil && f.Instead.PostOn != "",
	}
}

// postingInstead names the posting date that a finding offers, where it is not the one that
// is asked for.
func postingInstead(asked string) func(transfer.Finding) string {
	return func(f transfer.Finding) string {
		if f.Instead == nil || f.Instead.PostOn == "" || f.Instead.PostOn == asked {
			return ""
		}
		return "Post on " + dayText(f.Instead.PostOn)
	}
}

// dropPosting takes a posting date that cannot be any more out of a draft.
func (p *page) dropPosting(e *engine.Engine, draft order.Order) (order.Order, error) {
	return e.UpdateDraft(p.ctx(), p.Actor(), draft.Number, draft.Version, func(r *transfer.Request) { r.PostOn = "" })
}

// reason reads why something is asked for; of one that is too long the beginning is kept, with
// what is wrong.
func (f *form) reason() string {
	text := []rune(f.Text("reason"))
	if len(text) > transfer.ReasonLength {
		f.Wrong("reason", "The reason has %d characters; at most %d are kept. Shorten it.", len(text), transfer.ReasonLength)
		text = text[:transfer.ReasonLength]
	}
	return string(text)
}

// kept returns a field that is not on every page, else what it was before.
func (f *form) kept(name, before string) string {
	if _, sent := f.values[name]; !sent {
		return before
	}
	return f.Text(name)
}

// blockedWords say that so many findings block an act.
func blockedWords(n int) string {
	if n == 1 {
		return "1 blocking issue must be resolved first. It says how."
	}
	return fmt.Sprintf("%d blocking issues must be resolved first. Each one says how.", n)
}
