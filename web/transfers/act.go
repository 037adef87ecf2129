package transfers

import (
	"fmt"
	"slices"

	"handover/internal/order"
	"handover/internal/transfer"
	views "handover/views/transfers"
	"handover/views/ui"
	"handover/web/page"
)

// What the last form of a transfer and that of a reversal have in common: the bar below the
// preview, what is accepted with it, and what follows.

// actBar says what still bars the act below a preview.
func actBar(s page.Style, p transfer.Preview, req transfer.Request, errs ui.Errors) views.ActBar {
	v := views.ActBar{
		Hidden: []views.Hidden{{Name: "fingerprint", Value: p.Fingerprint}},
		Fields: page.ActFields(p, req, errs),
	}
	if n := len(p.Blocking()); n > 0 {
		v.Blocked = page.BlockedWords(n)
	} else if n := len(p.Unacknowledged(transfer.Request{})); n > 0 {
		v.Waiting = fmt.Sprintf(msgTickFirst, s.Plural(n, "warning", "warnings"))
	}
	return v
}

// readAct takes what is accepted of a preview into the request: the ticked warnings among the
// codes, and the posting date. A date that is wrong is noted on the form and not taken.
func readAct(f *page.Form, codes []transfer.Code, req *transfer.Request) {
	req.Acknowledged = slices.DeleteFunc(unique(f.Texts("acknowledged")), func(code string) bool {
		return !slices.Contains(codes, transfer.Code(code))
	})
	req.Fingerprint = ""
	if _ = f.Date("post_on"); f.Errors().For("post_on") == "" {
		req.PostOn = f.Kept("post_on", req.PostOn)
	}
}

// reposts reports whether the form asks for the preview of another posting date.
func reposts(f *page.Form, before, asked string) bool {
	return asked != before || f.Text("go") == "post"
}

// unsettled lists what still bars the act: the warnings to tick, or else what to do, and the
// findings that block.
func unsettled(p transfer.Preview, req transfer.Request, otherwise string) ui.Errors {
	var errs ui.Errors
	for _, f := range p.Unacknowledged(req) {
		errs = append(errs, ui.FieldError{Name: string(f.Code), Message: fmt.Sprintf(msgTick, *f.Acknowledgement,
			otherwise)})
	}
	for _, f := range p.Blocking() {
		errs = append(errs, ui.FieldError{Message: f.Message + " " + f.Remedy})
	}
	return errs
}

// awaited leads to a submitted order, or back to the preview where its data changed meanwhile.
func awaited(p *page.Page, number, preview string) error {
	o, err := page.Await(p, number)
	if err != nil {
		return err
	}
	if o.Status == order.StateDraft {
		return page.HandedBack(p, preview)
	}
	return p.Redirect("/orders/" + o.Number)
}
