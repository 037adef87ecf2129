package orders

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/a-h/templ"
	"github.com/johnfercher/maroto/v2"
	"github.com/johnfercher/maroto/v2/pkg/components/col"
	"github.com/johnfercher/maroto/v2/pkg/components/line"
	"github.com/johnfercher/maroto/v2/pkg/components/row"
	"github.com/johnfercher/maroto/v2/pkg/components/text"
	"github.com/johnfercher/maroto/v2/pkg/config"
	"github.com/johnfercher/maroto/v2/pkg/consts/align"
	"github.com/johnfercher/maroto/v2/pkg/consts/fontstyle"
	"github.com/johnfercher/maroto/v2/pkg/core"
	"github.com/johnfercher/maroto/v2/pkg/props"
	"github.com/johnfercher/maroto/v2/pkg/repository"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/net/html"

	"handover/internal/billing"
	views "handover/views/orders"
	previewviews "handover/views/preview"
	"handover/web/page"
)

// pdfFont has Latin, Greek and Cyrillic letters; those that come with PDF lack most names.
const pdfFont = "go"

// pdf sends the order to be printed and filed. It is made from the same view as the page,
// so that it cannot show more.
func (h orderPage) pdf(p *page.Page) error {
	number := strings.ToUpper(p.Param("number"))
	v, err := h.view(p, number)
	if err != nil {
		return err
	}
	file, err := orderPDF(p.FrameContext(), v)
	if err != nil {
		return err
	}
	p.Reader.Release()
	p.Response().Header().Set("Content-Disposition", fmt.Sprintf(`inline; filename="%s.pdf"`, number))
	return p.Blob(http.StatusOK, "application/pdf", file)
}

// orderPDF writes the view of an order as a PDF.
func orderPDF(ctx context.Context, v views.Order) ([]byte, error) {
	fonts, err := repository.New().
		AddUTF8FontFromBytes(pdfFont, fontstyle.Normal, goregular.TTF).
		AddUTF8FontFromBytes(pdfFont, fontstyle.Bold, gobold.TTF).Load()
	if err != nil {
		return nil, fmt.Errorf("load the fonts: %w", err)
	}
	d := &orderDocument{ctx: ctx, Maroto: maroto.New(config.NewBuilder().
		WithCustomFonts(fonts).WithDefaultFont(&props.Font{Family: pdfFont, Size: 9}).WithTitle(v.Title, true).
		WithLeftMargin(15).WithRightMargin(15).WithTopMargin(15).
		WithPageNumber(props.PageNumber{Pattern: "{current} / {total}", Place: props.RightBottom, Family: pdfFont, Size: 8}).Build())}
	d.summary(v)
	d.accepted(v)
	d.proof(v)
	d.personal(v)
	d.trail(v)
	if d.err != nil {
		return nil, d.err
	}
	file, err := d.Generate()
	if err != nil {
		return nil, fmt.Errorf("write the PDF: %w", err)
	}
	return file.GetBytes(), nil
}

// orderDocument is a PDF that is being written; the first mistake is kept.
type orderDocument struct {
	core.Maroto
	ctx context.Context
	err error
}

// cell is a part of a line: how many of the twelve columns, and what.
type cell struct {
	width int
	text  string
	bold  bool
	right bool
}

// line adds a line that is as high as its longest cell.
func (d *orderDocument) line(cells ...cell) {
	cols := make([]core.Col, len(cells))
	for i, c := range cells {
		p := props.Text{Family: pdfFont, Size: 9, Top: 1, Bottom: 1, Right: 2}
		if c.bold {
			p.Style = fontstyle.Bold
		}
		if c.right {
			p.Align = align.Right
		}
		cols[i] = col.New(c.width).Add(text.New(c.text, p))
	}
	d.AddAutoRow(cols...)
}

// head begins a part.
func (d *orderDocument) head(title string) {
	d.AddRows(row.New(4), text.NewRow(7, title, props.Text{Family: pdfFont, Size: 11, Style: fontstyle.Bold}), line.NewRow(2))
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
	d.AddRows(text.NewRow(10, v.Title, props.Text{Family: pdfFont, Size: 16, Style: fontstyle.Bold}))
	if v.Notice != nil {
		d.line(cell{12, strings.TrimSpace(v.Notice.Title + ". " + v.Notice.Text), true, false})
	}
	if v.Result != nil {
		d.line(cell{12, v.Result.Sentence, true, false})
	}
	if v.Partial != "" {
		d.line(cell{12, v.Partial, false, false})
	}
	for _, f := range v.Facts {
		said := strings.TrimSpace(f.Text + " " + d.words(f.Value))
		if f.Note != "" {
			said += " · " + f.Note
		}
		d.line(cell{3, f.Label, true, false}, cell{9, said, false, false})
	}
	for _, a := range v.Asked {
		d.line(cell{3, a.What, true, false}, cell{9, strings.TrimSpace(strings.Join([]string{a.Of, a.State, a.By, a.Reason}, " ")), false, false})
	}
}

// accepted is the preview as it was confirmed.
func (d *orderDocument) accepted(v views.Order) {
	if v.Preview == nil {
		return
	}
	d.head("As it was confirmed")
	d.line(cell{12, v.Preview.Lead, false, false})
	for _, f := range v.Preview.Findings {
		d.line(cell{3, f.Code, true, false}, cell{9, strings.TrimSpace(f.Message + " " + f.Acknowledge), false, false})
	}
	if len(v.Preview.Impact) == 0 {
		return
	}
	d.line(cell{4, "Records", true, false}, cell{4, "Moving", true, true}, cell{4, "Staying", true, true})
	for _, i := range v.Preview.Impact {
		d.line(cell{4, i.Kind, false, false}, cell{4, joined(i.Moving), false, true}, cell{4, joined(i.Staying), false, true})
	}
}

// joined writes a part's count with its amount.
func joined(p previewviews.ImpactPart) string {
	text := p.Count
	if p.Ended != "" {
		text += " (" + p.Ended + ")"
	}
	if p.Amount != "" {
		text += " · " + p.Amount
	}
	return text
}

func (d *orderDocument) proof(v views.Order) {
	if len(v.Proof)+len(v.ProofKinds)+len(v.Control) == 0 {
		return
	}
	d.head("The books before and after")
	for _, k := range v.ProofKinds {
		d.line(cell{8, k.Kind, false, false}, cell{4, holds(k.Holds), false, true})
	}
	if len(v.Proof) > 0 {
		d.line(cell{3, "Source + target", true, false}, cell{3, "Before", true, true}, cell{2, "Declared", true, true}, cell{3, "After", true, true}, cell{1, "", false, true})
	}
	for _, r := range v.Proof {
		d.line(cell{3, r.Kind + ", " + r.Currency, false, false}, cell{3, r.Before, false, true}, cell{2, r.Declared, false, true}, cell{3, r.After, false, true}, cell{1, holds(r.Holds), false, true})
	}
	for _, r := range v.Control {
		d.line(cell{3, r.Kind + ", " + r.Account, false, false}, cell{3, r.Before, false, true}, cell{2, r.Change, false, true},
			cell{3, r.After, false, true}, cell{1, holds(r.Holds), false, true})
	}
	for _, x := range v.Differences {
		d.line(cell{3, x.Kind, false, false}, cell{6, x.Reason, false, false}, cell{3, joined(previewviews.ImpactPart{Count: x.Count, Amount: x.Amount}), false, true})
	}
	d.memos(v)
}

// memos lists the memos that carried the balance, with what is printed on them.
func (d *orderDocument) memos(v views.Order) {
	if len(v.Memos) == 0 {
		return
	}
	d.head("How the balance was carried")
	for _, m := range v.Memos {
		carries := strings.TrimSpace(m.Origin + " " + m.Due)
		d.line(cell{3, m.Memo.Label, false, false}, cell{2, m.Account.Label, false, false}, cell{3, carries, false, false},
			cell{2, m.Entry, false, false}, cell{2, strings.TrimSpace(m.Amount + " " + m.Original), false, true})
	}
	for _, text := range []string{v.MemosMore, v.MemosSum, page.UpperFirst(v.MemosNote), billing.TransferNote} {
		if text != "" {
			d.line(cell{12, text, false, false})
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
	d.head("Personal data")
	if v.Recipient != "" {
		d.line(cell{12, v.Recipient, false, false})
	}
	for _, r := range v.Personal {
		went := "withheld"
		if r.Went {
			went = "went along"
		}
		d.line(cell{4, strings.TrimSpace(r.What + " " + r.Count), true, false}, cell{2, went, false, false}, cell{6, r.Why, false, false})
	}
}

func (d *orderDocument) trail(v views.Order) {
	d.head("Timeline")
	for _, e := range v.Timeline {
		d.line(cell{3, e.When.Text, false, false}, cell{3, e.Event, true, false}, cell{6, strings.TrimSpace(e.Detail + " " + e.Who), false, false})
	}
	for _, m := range v.Mails {
		d.line(cell{3, m.When.Text, false, false}, cell{3, "Mail, " + m.State, true, false}, cell{6, m.Subject + ", to " + m.Recipient, false, false})
	}
	if v.AuditHead != "" {
		d.head("Audit log")
		d.line(cell{12, "Head of the audit log when the order was completed: " + v.AuditHead, false, false})
	}
}
