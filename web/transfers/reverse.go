package transfers

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"handover/internal/engine"
	"handover/internal/engine/reversal"
	"handover/internal/fault"
	"handover/internal/order"
	"handover/internal/transfer"
	views "handover/views/transfers"
	"handover/views/ui"
	"handover/web/page"

	"handover/web/preview"
)

// reversePages preview the reversal of an order and carry it out.
type reversePages struct{ engine *engine.Engine }

// show draws the preview of the reversal.
func (h reversePages) show(p *page.Page) error {
	number := strings.ToUpper(p.Param("number"))
	asked := transfer.Request{PostOn: p.ReadQuery().Text("post_on")}
	preview, err := h.engine.PreviewReversalAs(p.Ctx(), number, asked)
	if errs, wrong := page.FieldErrors(err); wrong {
		return h.again(p, number, transfer.Request{}, errs)
	}
	if err != nil {
		return err
	}
	return h.page(p, http.StatusOK, preview, asked, nil)
}

// again shows the preview of the day of execution with what is wrong with the fields.
func (h reversePages) again(p *page.Page, number string, accepted transfer.Request, errs ui.Errors) error {
	if errs.For("post_on") != "" {
		accepted.PostOn = ""
	}
	preview, err := h.engine.PreviewReversalAs(p.Ctx(), number, transfer.Request{PostOn: accepted.PostOn})
	if err != nil {
		return err
	}
	return h.page(p, http.StatusUnprocessableEntity, preview, accepted, errs)
}

// page draws the preview with what was accepted and what is wrong.
func (h reversePages) page(p *page.Page, status int, shown transfer.Preview, accepted transfer.Request, errs ui.Errors) error {
	number := shown.Reverses
	given, err := order.GetOrder(p.Ctx(), p.DB(), number)
	if err != nil {
		return err
	}
	v := views.Reverse{
		Later:  page.Later(p, given.SourceDistributorID, "", errs.For("start_at")),
		Number: number, Action: p.URL("/orders/" + number + "/reverse"), Back: p.URL("/orders/" + number), Token: shown.Fingerprint, Errors: errs,
		Act: fmt.Sprintf("Reverse %s: back from %s (%s) to %s (%s)", number, shown.Source.Name, shown.Source.Number, shown.Target.Name, shown.Target.Number),
		Preview: preview.View(shown, preview.Place{
			Form: "reverse", Acknowledged: accepted.Acknowledged, Errors: errs, Link: p.RecordHref, Records: p.URL("/orders/" + number + "/reverse/records"),
			Instead: page.PostingInstead(accepted.PostOn),
		}),
		Fields: page.ActFields(shown, accepted, errs), PostOn: accepted.PostOn,
	}
	if n := len(shown.Blocking()); n > 0 {
		v.Blocked = page.BlockedWords(n)
	} else if n := len(shown.Unacknowledged(transfer.Request{})); n > 0 {
		v.Waiting = fmt.Sprintf("%s above must be ticked first.", page.Plural(n, "warning", "warnings"))
	}
	return p.Render(status, "Reverse "+number, views.ReversePage(v))
}

// records lists the records of a kind that come back, or stay.
func (h reversePages) records(p *page.Page) error {
	number := strings.ToUpper(p.Param("number"))
	o, _, err := order.GetOrderFor(p.Ctx(), p.DB(), p.Scope(), number)
	if err != nil {
		return err
	}
	read := func(kind string, moving bool, after string, limit int) ([]engine.ImpactRecord, error) {
		return h.engine.ReversalRecords(p.Ctx(), o.Number, kind, moving, after, limit)
	}
	return preview.ImpactRecordsPage(p, read, preview.ImpactPlace{
		List: ui.Crumb{Label: "Orders", Href: p.URL("/orders")}, Of: ui.Crumb{Label: o.Number, Href: p.URL("/orders/" + o.Number)},
		Act: "Reverse", Back: p.URL("/orders/" + o.Number + "/reverse"),
		Stay: "They stay with " + o.TargetName + ".", Move: "They go back to " + o.SourceName + ".",
	})
}

// execute submits the reversal; a worker executes it. Leaving the page changes nothing.
func (h reversePages) execute(p *page.Page) error {
	number := strings.ToUpper(p.Param("number"))
	f := p.ReadForm()
	given, _, err := order.GetOrderFor(p.Ctx(), p.DB(), p.Scope(), number)
	if err != nil {
		return err
	}
	accepted := transfer.Request{Fingerprint: f.Text("fingerprint"), StartAt: page.StartAt(p, f, given.SourceDistributorID), Reason: f.Reason()}
	accepted.Acknowledged = slices.DeleteFunc(f.Texts("acknowledged"), func(code string) bool {
		return !slices.Contains(reversal.Codes(), transfer.Code(code))
	})
	_ = f.Date("post_on") // notes what is wrong with it
	accepted.PostOn = f.Kept("post_on", f.Text("posts_on"))
	if errs := f.Errors(); len(errs) > 0 {
		return h.again(p, number, accepted, errs)
	}
	if again, err := h.repost(p, f, number, &accepted); again || err != nil {
		return err
	}
	o, err := h.engine.SubmitReversal(p.Ctx(), p.Actor(), number, accepted)
	if errs, wrong := page.FieldErrors(err); wrong {
		return h.again(p, number, accepted, errs)
	}
	if refusal, refused := errors.AsType[*engine.Refusal](err); refused {
		return h.refused(p, refusal, accepted)
	}
	if err != nil {
		return err
	}
	done, err := page.Await(p, o.Number)
	if err != nil {
		return err
	}
	if done.Status == "draft" {
		return page.HandedBack(p, "/orders/"+number+"/reverse")
	}
	return p.Redirect("/orders/" + done.Number)
}

// repost takes the posting date that a finding offers, and shows the preview anew where it is
// another date than that of the preview that was seen.
func (h reversePages) repost(p *page.Page, f *page.Form, number string, accepted *transfer.Request) (bool, error) {
	if code := f.Text("instead"); code != "" {
		preview, err := h.engine.PreviewReversalAs(p.Ctx(), number, transfer.Request{PostOn: f.Text("posts_on")})
		if err != nil {
			return false, err
		}
		if offered, ok := preview.Finding(transfer.Code(code)); ok && offered.Instead != nil {
			accepted.PostOn = offered.Instead.PostOn
		}
	}
	if accepted.PostOn == f.Text("posts_on") && f.Text("go") != "post" {
		return false, nil
	}
	return true, p.Redirect("/orders/" + number + "/reverse?" + url.Values{"post_on": {accepted.PostOn}}.Encode())
}

// refused shows the new preview, with what is still to be settled.
func (h reversePages) refused(p *page.Page, r *engine.Refusal, accepted transfer.Request) error {
	if r.Fault.Code == fault.PreviewStale {
		return h.page(p, http.StatusConflict, r.Preview, accepted, ui.Errors{{Message: r.Error()}})
	}
	var errs ui.Errors
	for _, f := range r.Preview.Unacknowledged(accepted) {
		errs = append(errs, ui.FieldError{Name: string(f.Code), Message: fmt.Sprintf("Tick “I understand: %s”, or leave the order as it is.", *f.Acknowledgement)})
	}
	for _, f := range r.Preview.Blocking() {
		errs = append(errs, ui.FieldError{Message: f.Message + " " + f.Remedy})
	}
	return h.page(p, http.StatusUnprocessableEntity, r.Preview, accepted, errs)
}
