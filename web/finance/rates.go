package finance

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/billing"
	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/identity"
	"handover/internal/money"
	views "handover/views/finance"
	"handover/views/ui"
	"handover/web/page"
)

// ratePages are Finance > Exchange Rates.
type ratePages struct{ db *sqlx.DB }

// ecbBody is the limit of an upload: the file and the form around it.
const ecbBody = "33M"

func (h ratePages) list(p *page.Page) error {
	l := p.ReadList("-date")
	q := p.ReadQuery()
	f := readRateFilter(q, l)
	if err := q.Err(); err != nil {
		return err
	}
	ctx := p.Request().Context()
	part, err := billing.Rates(ctx, p.DB(), f)
	if err != nil {
		return err
	}
	pairs, err := billing.Pairs(ctx, p.DB())
	if err != nil {
		return err
	}
	proposals, err := h.proposals(p, f)
	if err != nil {
		return err
	}
	v := views.Rates{
		List: l.View, Paging: l.Paging(part.Before, part.After),
		Currencies: currencyOptions(pairs, f.Currency), Others: currencyOptions(pairs, f.Other),
		Since: q.Text("since"), Until: q.Text("until"),
		Filtered: f.Currency+f.Other != "" || f.Since != nil || f.Until != nil,
		Total:    p.Plural(len(pairs), "currency pair", "currency pairs"), Proposals: proposals,
		CanAdd: h.mayAdd(p),
	}
	if p.Staff.Can(identity.ExportRun) {
		v.ExportHref = page.ExportHref(l.View, p.URL("/rates/export"))
	}
	for _, r := range part.Rows {
		v.Rows = append(v.Rows, rateRow(p, r, v.CanAdd))
	}
	return p.Render(http.StatusOK, "Exchange Rates", views.RatesPage(v))
}

// rateRow is a line of the list; a rate that can be withdrawn has where that is done.
func rateRow(p *page.Page, r billing.Rate, manages bool) views.RateRow {
	row := views.RateRow{On: p.Date(r.On), From: r.From, To: r.To, Rate: p.Number(r.Rate), Source: r.Source}
	if r.Reason != "" {
		row.Reason = "Reason: " + r.Reason
	}
	switch {
	case r.WithdrawnAt != nil:
		row.Withdrawn = fmt.Sprintf(msgWithdrawnBy, r.WithdrawnBy, p.Time(*r.WithdrawnAt).Words(),
			r.WithdrawnReason)
	case manages:
		row.Withdraw = p.URL("/rates/" + strconv.FormatInt(r.ID, 10) + "/withdraw")
	}
	return row
}

func readRateFilter(q *page.Form, l page.ListState) billing.RateFilter {
	return billing.RateFilter{
		Currency: strings.ToUpper(q.Text("currency")), Other: strings.ToUpper(q.Text("other")),
		Since: q.Date("since"), Until: q.Date("until"), Page: l.Page,
	}
}

// mayAdd reports whether the reader enters rates. All distributors share them, so
// only the provider's staff do.
func (h ratePages) mayAdd(p *page.Page) bool {
	return p.MayOpen("/rates/new")
}

// proposals says what a transfer between the two currencies of the filter proposes,
// in both directions.
func (h ratePages) proposals(p *page.Page, f billing.RateFilter) ([]views.RateProposal, error) {
	if f.Currency == "" || f.Other == "" || f.Currency == f.Other {
		return nil, nil
	}
	var out []views.RateProposal
	for _, pair := range [][2]string{{f.Currency, f.Other}, {f.Other, f.Currency}} {
		found, err := billing.ProposeRate(p.Request().Context(), p.DB(), pair[0], pair[1])
		if e, ok := page.AsFault(err); ok && e.Code == fault.NotFound {
			out = append(out, views.RateProposal{Derivation: e.Message})
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, views.RateProposal{
			Sentence:   fmt.Sprintf("1 %s = %s %s", pair[0], p.Number(found.Rate), pair[1]),
			Derivation: found.Derivation + ".",
		})
	}
	return out, nil
}

func (h ratePages) export(p *page.Page) error {
	l := p.ReadList("-date")
	q := p.ReadQuery()
	f := readRateFilter(q, l)
	f.Live = true // the file can be imported again: it has nothing that was withdrawn
	if err := q.Err(); err != nil {
		return err
	}
	head := []string{"on_date", "from_currency", "to_currency", "rate", "source"}
	return page.StreamCSV(p, "exchange-rates", head, l.Page, func(page db.Page) ([][]string, string, error) {
		f.Page = page
		part, err := billing.Rates(p.Request().Context(), p.DB(), f)
		rows := make([][]string, 0, len(part.Rows))
		for _, r := range part.Rows {
			rows = append(rows, []string{r.On.Format(time.DateOnly), r.From, r.To, money.Plain(r.Rate), r.Source})
		}
		return rows, part.After, err
	})
}

func (h ratePages) newForm(p *page.Page) error {
	v := views.NewRate{On: time.Now().UTC().Format(time.DateOnly)}
	return p.Render(http.StatusOK, "Add rate", views.NewRatePage(v))
}

func (h ratePages) add(p *page.Page) error {
	f := p.ReadForm()
	v := views.NewRate{
		On: f.Text("on"), From: strings.ToUpper(f.Text("from")), To: strings.ToUpper(f.Text("to")),
		Rate: f.Text("rate"), Source: f.Text("source"),
		Reason: f.Text("reason"),
	}
	n := billing.NewRate{On: v.On, From: v.From, To: v.To, Rate: v.Rate, Source: v.Source, Reason: v.Reason}
	r, err := billing.AddRate(p.Request().Context(), h.db, p.Actor(), n)
	if errs, ok := page.FieldErrors(err); ok {
		v.Errors = errs
		return p.Form(errs, "Add rate", views.NewRatePage(v))
	}
	if err != nil {
		return err
	}
	sentence := fmt.Sprintf("Added 1 %s = %s %s of %s.", r.From, p.Number(r.Rate), r.To, p.Date(r.On).Text)
	return p.Tell(ui.Flash{Tone: ui.Green, Text: sentence}, "/rates")
}

// rate returns the rate that the address names.
func (h ratePages) rate(p *page.Page) (billing.Rate, error) {
	id, err := strconv.ParseInt(p.Param("id"), 10, 64)
	if err != nil {
		id = 0
	}
	return billing.GetRate(p.Request().Context(), p.DB(), id)
}

func (h ratePages) withdrawForm(p *page.Page) error {
	r, err := h.rate(p)
	if err != nil {
		return err
	}
	if r.WithdrawnAt != nil {
		return p.Tell(ui.Flash{Tone: ui.Slate, Text: fmt.Sprintf(msgAlreadyWithdrawn, r, r.WithdrawnBy)}, "/rates")
	}
	return p.Render(http.StatusOK, "Withdraw rate",
		views.WithdrawRatePage(views.WithdrawRate{Rate: r.String(), Action: p.Request().URL.Path}))
}

// withdraw takes a rate out of use.
func (h ratePages) withdraw(p *page.Page) error {
	r, err := h.rate(p)
	if err != nil {
		return err
	}
	reason := p.ReadForm().Text("reason")
	_, err = billing.WithdrawRate(p.Request().Context(), h.db, p.Actor(), r.ID, reason)
	if errs, ok := page.FieldErrors(err); ok {
		v := views.WithdrawRate{Rate: r.String(), Action: p.Request().URL.Path, Reason: reason, Errors: errs}
		return p.Form(errs, "Withdraw rate", views.WithdrawRatePage(v))
	}
	if fault.Is(err, fault.Conflict) {
		return p.Tell(ui.Flash{Tone: ui.Slate, Text: err.Error()}, "/rates")
	}
	if err != nil {
		return err
	}
	return p.Tell(ui.Flash{Tone: ui.Green, Text: fmt.Sprintf(msgWithdrew, r)}, "/rates")
}

func (h ratePages) ecbForm(p *page.Page) error {
	return p.Render(http.StatusOK, "Upload ECB file", views.ECBUploadPage(views.ECBUpload{}))
}

func (h ratePages) upload(p *page.Page) error {
	name, data, err := uploaded(p, "file")
	reason := p.ReadForm().Text("reason")
	var result billing.ECBResult
	if err == nil {
		result, err = billing.ImportECB(p.Request().Context(), h.db, p.Actor(), name, data, reason)
	}
	if errs, ok := page.FieldErrors(err); ok {
		return p.Form(errs, "Upload ECB file", views.ECBUploadPage(views.ECBUpload{Reason: reason, Errors: errs}))
	}
	if err != nil {
		return err
	}
	return p.Tell(ui.Flash{Tone: ui.Green, Text: ecbSentence(p, result)}, "/rates")
}

// uploaded returns the name and content of a file that a form sent.
func uploaded(p *page.Page, field string) (string, []byte, error) {
	head, err := p.FormFile(field)
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return "", nil, fault.InvalidField(field, msgChooseFile)
	}
	if err != nil {
		return "", nil, fmt.Errorf("read the uploaded file: %w", err)
	}
	in, err := head.Open()
	if err != nil {
		return "", nil, fmt.Errorf("open the uploaded file: %w", err)
	}
	defer func() { _ = in.Close() }()
	data, err := io.ReadAll(in)
	if err != nil {
		return "", nil, fmt.Errorf("read the uploaded file: %w", err)
	}
	return head.Filename, data, nil
}

func ecbSentence(p *page.Page, r billing.ECBResult) string {
	days := " of " + p.Date(r.To).Text
	switch {
	case r.To.IsZero():
		days = ""
	case !r.From.Equal(r.To):
		days = " from " + p.Date(r.From).Text + " to " + p.Date(r.To).Text
	}
	s := fmt.Sprintf(msgFileRead,
		p.Plural(r.Added+r.Changed+r.Unchanged, "rate", "rates"), days, p.Count(r.Added),
		p.Count(r.Changed), p.Count(r.Unchanged))
	if len(r.Skipped) > 0 {
		s += msgLeftOut + strings.Join(r.Skipped, ", ") + "."
	}
	return s
}

// currencyOptions are the currencies that the rate table has, and the one asked for.
func currencyOptions(pairs []billing.Pair, selected string) []ui.Option {
	codes := map[string]bool{}
	for _, pair := range pairs {
		codes[pair.From], codes[pair.To] = true, true
	}
	if selected != "" {
		codes[selected] = true
	}
	out := make([]ui.Option, 0, len(codes))
	for _, code := range slices.Sorted(maps.Keys(codes)) {
		out = append(out, ui.Option{Value: code, Label: code, Selected: code == selected})
	}
	return out
}
