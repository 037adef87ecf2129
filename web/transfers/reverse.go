package transfers

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
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

// reverseForm is the id of the form.
const reverseForm = "reverse"

// reverseRequest is one request to the page: the order, and what was typed below its preview.
type reverseRequest struct {
	*page.Page
	engine     *engine.Engine
	number     string // of the order that is taken back
	accepted   transfer.Request
	startTyped string // when it is to start, as it was typed
}

func (h reversePages) request(p *page.Page) *reverseRequest {
	return &reverseRequest{Page: p, engine: h.engine, number: strings.ToUpper(p.Param("number"))}
}

// path is the address of the page, below the panel.
func (r *reverseRequest) path() string { return "/orders/" + r.number + "/reverse" }

// previewed computes the preview for a posting date, "" for the day of execution.
func (r *reverseRequest) previewed(postOn string) (transfer.Preview, error) {
	return r.engine.PreviewReversalAs(r.Ctx(), r.number, transfer.Request{PostOn: postOn})
}

// show draws the preview of the reversal.
func (h reversePages) show(p *page.Page) error {
	r := h.request(p)
	r.accepted.PostOn = p.ReadQuery().Text("post_on")
	shown, err := r.previewed(r.accepted.PostOn)
	if errs, wrong := page.FieldErrors(err); wrong {
		return r.again(errs)
	}
	if err != nil {
		return err
	}
	return r.draw(http.StatusOK, shown, nil)
}

// again shows the preview with what is wrong with the fields; without a posting date that is wrong.
func (r *reverseRequest) again(errs ui.Errors) error {
	if errs.For("post_on") != "" {
		r.accepted.PostOn = ""
	}
	shown, err := r.previewed(r.accepted.PostOn)
	if err != nil {
		return err
	}
	return r.draw(http.StatusUnprocessableEntity, shown, errs)
}

// draw shows the preview with what was accepted and what is wrong.
func (r *reverseRequest) draw(status int, shown transfer.Preview, errs ui.Errors) error {
	r.number = shown.Reverses
	given, err := order.GetOrder(r.Ctx(), r.DB(), r.number)
	if err != nil {
		return err
	}
	later := page.Later(r.Page, given.SourceDistributorID, r.startTyped, errs.For("start_at"))
	bar := actBar(r.Style, shown, r.accepted, errs)
	bar.Form, bar.Action, bar.Later = reverseForm, r.URL(r.path()), &later
	bar.Hidden = append(bar.Hidden, views.Hidden{Name: "posts_on", Value: r.accepted.PostOn})
	bar.Act = fmt.Sprintf(titleReverse, r.number, shown.Source.Name, shown.Source.Number, shown.Target.Name,
		shown.Target.Number)
	bar.Button = ui.Action{
		Label: "Reverse", Icon: ui.IconReverse, Kind: ui.Primary, Name: "go", Value: "reverse",
		Disabled: bar.Blocked != "", DescribedBy: "act",
	}
	v := views.Reverse{
		Number: r.number, Back: r.URL("/orders/" + r.number), Errors: errs, Bar: bar,
		Preview: preview.View(shown, preview.Place{
			Style: r.Style, Form: reverseForm, Acknowledged: r.accepted.Acknowledged, Errors: errs, Link: r.RecordHref,
			Records: bar.Action + "/records",
			Instead: page.PostingInstead(r.Style, r.accepted.PostOn),
		}),
	}
	return r.Render(status, "Reverse "+r.number, views.ReversePage(v))
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
		List: ui.Crumb{Label: "Orders", Href: p.URL("/orders")},
		Of:   ui.Crumb{Label: o.Number, Href: p.URL("/orders/" + o.Number)},
		Act:  "Reverse", Back: p.URL("/orders/" + o.Number + "/reverse"),
		Stay: labelStayWithSource + o.TargetName + ".", Move: labelGoBackTo + o.SourceName + ".",
	})
}

// execute submits the reversal; a worker executes it. Leaving the page changes nothing.
func (h reversePages) execute(p *page.Page) error {
	r, f := h.request(p), p.ReadForm()
	given, _, err := order.GetOrderFor(p.Ctx(), p.DB(), p.Scope(), r.number)
	if err != nil {
		return err
	}
	r.accepted.PostOn = f.Text("posts_on")
	readAct(f, reversal.Codes(), &r.accepted)
	r.accepted.Fingerprint, r.accepted.Reason = f.Text("fingerprint"), f.Reason()
	r.accepted.StartAt, r.startTyped = page.StartAt(p, f, given.SourceDistributorID), f.Text("start_at")
	if errs := f.Errors(); len(errs) > 0 {
		return r.again(errs)
	}
	if again, err := r.repost(f); again || err != nil {
		return err
	}
	o, err := r.engine.SubmitReversal(p.Ctx(), p.Actor(), r.number, r.accepted)
	if errs, wrong := page.FieldErrors(err); wrong {
		return r.again(errs)
	}
	if refusal, refused := errors.AsType[*engine.Refusal](err); refused {
		return r.refused(refusal)
	}
	if err != nil {
		return err
	}
	return awaited(p, o.Number, r.path())
}

// repost takes the posting date that a finding offers, and shows the preview anew where it is
// another date than that of the preview that was seen.
func (r *reverseRequest) repost(f *page.Form) (bool, error) {
	seen := f.Text("posts_on")
	if code := f.Text("instead"); code != "" {
		shown, err := r.previewed(seen)
		if err != nil {
			return false, err
		}
		if offered, ok := shown.Finding(transfer.Code(code)); ok && offered.Instead != nil {
			r.accepted.PostOn = offered.Instead.PostOn
		}
	}
	if !reposts(f, seen, r.accepted.PostOn) {
		return false, nil
	}
	return true, r.Redirect(r.path() + "?" + url.Values{"post_on": {r.accepted.PostOn}}.Encode())
}

// refused shows the new preview, with what is still to be settled.
func (r *reverseRequest) refused(refusal *engine.Refusal) error {
	if refusal.Fault.Code == fault.PreviewStale {
		return r.draw(http.StatusConflict, refusal.Preview, ui.Errors{{Message: refusal.Error()}})
	}
	return r.draw(http.StatusUnprocessableEntity, refusal.Preview,
		unsettled(refusal.Preview, r.accepted, labelLeaveOrder))
}
