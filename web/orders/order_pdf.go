package orders

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"
	"golang.org/x/net/html"

	"handover/internal/billing"
	views "handover/views/orders"
	previewviews "handover/views/preview"
	"handover/views/ui"
	"handover/web/page"
	"handover/web/paper"
)

// pdf sends the order to be printed and filed. It is made from the same view as the page,
// so that it cannot show more.
func (h orderPage) pdf(p *page.Page) error {
	number := strings.ToUpper(p.Param("number"))
	v, err := h.view(p, number)
	if err != nil {
		return err
	}
	file, err := orderPDF(p.FrameContext(), p.Style, v, paper.Head{
		Brand: cmp.Or(p.Staff.BrandName, p.Staff.DistributorName), Color: p.Staff.BrandColor,
		Printed: labelPrintedOn + p.Moment(time.Now()).Words(),
	})
	if err != nil {
		return err
	}
	p.Reader.Release()
	p.Response().Header().Set("Content-Disposition", fmt.Sprintf(`inline; filename="%s.pdf"`, number))
	return p.Blob(http.StatusOK, "application/pdf", file)
}

// orderPDF writes the view of an order as a PDF; head says who prints it, and when.
func orderPDF(ctx context.Context, s page.Style, v views.Order, head paper.Head) ([]byte, error) {
	d := &orderDocument{ctx: ctx}
	head.Title, head.State, head.About = v.Title, d.words(ui.Status(v.Status)), v.Number+" · "+proved(s, v)
	d.Document = paper.New(head)
	d.summary(v)
	d.accepted(v)
	d.proof(v)
	d.personal(v)
	d.trail(v)
	if d.err != nil {
		return nil, d.err
	}
	return d.Bytes()
}

// proved says in a line whether the books before and after agree.
func proved(s page.Style, v views.Order) string {
	var differ, sum int
	count := func(holds bool) {
		sum++
		if !holds {
			differ++
		}
	}
	for _, r := range v.Proof {
		count(r.Holds)
	}
	for _, r := range v.ProofKinds {
		count(r.Holds)
	}
	for _, r := range v.Control {
		count(r.Holds)
	}
	switch {
	case sum == 0:
		return labelNoTotals
	case differ > 0:
		return fmt.Sprintf(labelTotalsDiffer, differ, s.Plural(sum, "line", "lines"))
	}
	return labelTotalsReconciled + s.Plural(sum, oneLineHolds, manyLinesHold)
}

// orderDocument is a PDF that is being written; the first mistake in reading the view is kept.
type orderDocument struct {
	*paper.Document
	ctx context.Context
	err error
}

// words returns what a component says.
func (d *orderDocument) words(c templ.Component) string {
	if c == nil {
		return ""
	}
	var out bytes.Buffer
	if err := c.Render(d.ctx, &out); err != nil {
		d.err = fmt.Errorf("read a part of the page: %w", err)
		return ""
	}
	var said []string
	for tokens := html.NewTokenizer(&out); ; {
		switch tokens.Next() {
		case html.ErrorToken:
			return strings.Join(said, " ")
		case html.TextToken:
			if word := strings.TrimSpace(string(tokens.Text())); word != "" {
				said = append(said, html.UnescapeString(word))
			}
		}
	}
}

func (d *orderDocument) summary(v views.Order) {
	if v.Notice != nil {
		d.Strong(strings.TrimSpace(v.Notice.Title + ". " + v.Notice.Text))
	}
	if v.Result != nil {
		d.Strong(v.Result.Sentence)
	}
	if v.Partial != "" {
		d.Text(v.Partial)
	}
	var facts []paper.Fact
	for _, f := range v.Facts {
		facts = append(facts, paper.Fact{
			Label: f.Label,
			Text:  dotted(strings.TrimSpace(f.Text+" "+d.words(f.Value)), f.Note),
		})
	}
	for _, a := range v.Asked {
		facts = append(facts, paper.Fact{
			Label: a.What,
			Text:  strings.TrimSpace(strings.Join([]string{a.Of, a.State, a.By, a.Reason}, " ")),
		})
	}
	d.Facts(facts)
}

// accepted is the preview as it was confirmed.
func (d *orderDocument) accepted(v views.Order) {
	if v.Preview == nil {
		return
	}
	d.Section("As it was confirmed")
	d.Text(v.Preview.Lead)
	var findings, impact [][]string
	for _, f := range v.Preview.Findings {
		findings = append(findings, []string{f.Code, strings.TrimSpace(f.Message + "\n" + f.Acknowledge)})
	}
	d.Table([]paper.Column{{Label: "Finding", Share: 26, Strong: true}, {Label: "What it says", Share: 74}},
		findings...)
	for _, i := range v.Preview.Impact {
		impact = append(impact, []string{i.Kind, joined(i.Moving), joined(i.Staying)})
	}
	d.Table([]paper.Column{
		{Label: "Records", Share: 30, Strong: true},
		{Label: "Moving", Share: 35, Numeric: true},
		{Label: "Staying", Share: 35, Numeric: true},
	}, impact...)
}

// joined writes a part's count with its amount.
func joined(p previewviews.ImpactPart) string {
	text := p.Count
	if p.Ended != "" {
		text += " (" + p.Ended + ")"
	}
	return dotted(text, p.Amount)
}

// dotted joins what there is.
func dotted(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), " · ")
}

func (d *orderDocument) proof(v views.Order) {
	if len(v.Proof)+len(v.ProofKinds)+len(v.Control) == 0 {
		return
	}
	d.Section("The books before and after")
	var kinds, sums, control, differences [][]string
	for _, k := range v.ProofKinds {
		kinds = append(kinds, []string{k.Kind, holds(k.Holds)})
	}
	d.Table([]paper.Column{{Label: "Records", Share: 80, Strong: true}, {Label: "Proof", Share: 20}}, kinds...)
	for _, r := range v.Proof {
		sums = append(sums, []string{r.Kind, r.Currency, r.Before, r.Declared, r.After, holds(r.Holds)})
	}
	d.Table([]paper.Column{
		{Label: "Source + target", Share: 26, Strong: true},
		{Label: "Currency", Share: 10},
		{Label: "Before", Share: 18, Numeric: true},
		{Label: "Declared", Share: 18, Numeric: true},
		{Label: "After", Share: 18, Numeric: true},
		{Label: "Proof", Share: 10},
	}, sums...)
	for _, r := range v.Control {
		control = append(control, []string{
			r.Kind + ", " + r.Account, r.Currency, r.Before, r.Change, r.After,
			holds(r.Holds),
		})
	}
	d.Table([]paper.Column{
		{Label: "Ledger less sub-ledger", Share: 34, Strong: true},
		{Label: "Currency", Share: 9},
		{Label: "Before", Share: 16, Numeric: true},
		{Label: "Declared", Share: 16, Numeric: true},
		{Label: "After", Share: 16, Numeric: true},
		{Label: "Proof", Share: 10},
	}, control...)
	for _, x := range v.Differences {
		differences = append(differences, []string{x.Kind, x.Reason, dotted(x.Count, x.Amount)})
	}
	d.Table([]paper.Column{
		{Label: "Declared differences", Share: 26, Strong: true},
		{Label: "Reason", Share: 50},
		{Label: "Amount", Share: 24, Numeric: true},
	}, differences...)
	d.memos(v)
}

// memos lists the memos that carried the balance, with what is printed on them.
func (d *orderDocument) memos(v views.Order) {
	if len(v.Memos) == 0 {
		return
	}
	d.Section("How the balance was carried")
	var memos [][]string
	for _, m := range v.Memos {
		memos = append(memos, []string{
			m.Memo.Label, m.Account.Label, strings.TrimSpace(m.Origin + "\n" + m.Due), m.Entry,
			strings.TrimSpace(m.Amount + "\n" + m.Original),
		})
	}
	d.Table([]paper.Column{
		{Label: "Memo", Share: 24, Strong: true},
		{Label: "Account", Share: 15},
		{Label: "Carries", Share: 23},
		{Label: "Journal entry", Share: 16},
		{Label: "Amount", Share: 22, Numeric: true},
	}, memos...)
	for _, text := range []string{v.MemosMore, v.MemosSum, page.UpperFirst(v.MemosNote), billing.TransferNote} {
		if text != "" {
			d.Text(text)
		}
	}
}

func holds(yes bool) string {
	if yes {
		return "holds"
	}
	return "differs"
}

// personal is the statement for the data-protection file.
func (d *orderDocument) personal(v views.Order) {
	if len(v.Personal) == 0 {
		return
	}
	d.Section("Personal data")
	if v.Recipient != "" {
		d.Text(v.Recipient)
	}
	var rows [][]string
	for _, r := range v.Personal {
		went := "withheld"
		if r.Went {
			went = "went along"
		}
		rows = append(rows, []string{strings.TrimSpace(r.What + " " + r.Count), went, r.Why})
	}
	d.Table([]paper.Column{
		{Label: "Personal data", Share: 28, Strong: true},
		{Label: "Transfer", Share: 14},
		{Label: "Reason", Share: 58},
	}, rows...)
}

func (d *orderDocument) trail(v views.Order) {
	if len(v.Timeline)+len(v.Mails) > 0 {
		d.Section("Timeline")
	}
	var events, mails [][]string
	for _, e := range v.Timeline {
		events = append(events, []string{e.When.Text, e.Event, e.Detail, e.Who})
	}
	d.Table([]paper.Column{
		{Label: "Time (UTC)", Share: 21},
		{Label: "Event", Share: 21, Strong: true},
		{Label: "Detail", Share: 38},
		{Label: "By", Share: 20},
	}, events...)
	for _, m := range v.Mails {
		mails = append(mails, []string{m.When.Text, m.State, m.Subject, m.Recipient})
	}
	d.Table([]paper.Column{
		{Label: "Time (UTC)", Share: 21},
		{Label: "Email", Share: 12, Strong: true},
		{Label: "Subject", Share: 37},
		{Label: "Recipient", Share: 30},
	}, mails...)
	if v.AuditHead != "" {
		d.Section("Audit log")
		d.Text(labelAuditHead + v.AuditHead)
	}
}
