// Package paper lays out documents that are printed and filed, as PDF of A4 pages: a head in the
// colour of the brand, facts, tables whose heads are repeated on every page, and "Page x of y".
package paper

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/signintech/gopdf"
)

// Head is what each page of a document says.
type Head struct {
	Brand   string // who issues it
	Color   string // of the brand, "#1f5eff"; "" = none
	Title   string
	State   string // beside the title: "Completed"
	About   string // at the foot: which document, and what it proves
	Printed string // below that: when it was made
}

// The page, in points.
const (
	left, right = 48.0, 547.0
	top, bottom = 76.0, 776.0 // of what a page but the first has to say
	firstTop    = 118.0
	footLine    = 790.0
	barHeight   = 5.0
	leading     = 1.35 // of a line, in font sizes
)

// color is red, green and blue.
type color [3]uint8

var (
	ink    = color{17, 24, 39}
	muted  = color{87, 96, 111}
	hair   = color{209, 213, 219}
	shade  = color{243, 244, 246}
	noBand = color{55, 65, 81} // of a brand without a colour
)

var (
	bodyStyle    = style{size: 8.5, color: ink}
	strongStyle  = style{size: 8.5, bold: true, color: ink}
	smallStyle   = style{size: 7.5, color: muted}
	labelStyle   = style{size: 7.5, bold: true, color: muted}
	brandStyle   = style{size: 10, bold: true, color: ink}
	titleStyle   = style{size: 15, bold: true, color: ink}
	sectionStyle = style{size: 11, bold: true, color: ink}
)

// Document is one that is being written from top to bottom. The first mistake is kept, and Bytes
// returns it.
type Document struct {
	pdf    gopdf.GoPdf
	head   Head
	loaded map[string]bool  // the fonts that are in the document
	fonts  map[glyph]string // which font draws a character, "" = none
	y      float64          // where the next line begins
	err    error
}

// New begins a document.
func New(head Head) *Document {
	d := &Document{head: head, loaded: map[string]bool{}, fonts: map[glyph]string{}}
	d.pdf.Start(gopdf.Config{PageSize: *gopdf.PageSizeA4})
	d.pdf.SetInfo(gopdf.PdfInfo{Title: head.Title, Author: head.Brand, Creator: "Handover"})
	d.page()
	return d
}

// Bytes ends the document and returns it, or the first mistake that was made in writing it.
func (d *Document) Bytes() ([]byte, error) {
	pages := d.pdf.GetNumberOfPages()
	for n := 1; n <= pages && d.err == nil; n++ {
		d.keep(d.pdf.SetPage(n))
		d.foot(n, pages)
	}
	if d.err != nil {
		return nil, fmt.Errorf("write the PDF: %w", d.err)
	}
	out, err := d.pdf.GetBytesPdfReturnErr()
	if err != nil {
		return nil, fmt.Errorf("write the PDF: %w", err)
	}
	return out, nil
}

// Section begins a part. Its title never is the last line of a page.
func (d *Document) Section(title string) {
	d.need(64)
	if d.y > top {
		d.y += 14
	}
	d.line(left, d.y, title, sectionStyle)
	d.y += 18
}

// Text adds a paragraph; a line break in it is kept.
func (d *Document) Text(text string) { d.paragraph(text, bodyStyle) }

// Strong adds a paragraph that is read first.
func (d *Document) Strong(text string) { d.paragraph(text, strongStyle) }

func (d *Document) paragraph(text string, s style) {
	for _, line := range d.wrap(text, s, right-left) {
		d.need(s.height())
		d.line(left, d.y, line, s)
		d.y += s.height()
	}
	d.y += 4
}

// need begins a page where the height is not left on this one.
func (d *Document) need(height float64) {
	if d.y+height > bottom {
		d.page()
	}
}

// page begins a page: the first with the title, each other with a reminder of it.
func (d *Document) page() {
	d.pdf.AddPage()
	band := noBand
	if c, ok := parseColor(d.head.Color); ok {
		band = c
	}
	d.fill(0, 0, gopdf.PageSizeA4.W, barHeight, band)
	d.line(left, 30, d.head.Brand, brandStyle)
	if d.pdf.GetNumberOfPages() > 1 {
		d.lineRight(right, 32, d.head.Title, smallStyle)
		d.rule(56)
		d.y = top
		return
	}
	title := d.wrap(d.head.Title, titleStyle, right-left-120)
	for i, line := range title {
		d.line(left, 56+float64(i)*titleStyle.height(), line, titleStyle)
	}
	below := float64(max(len(title)-1, 0)) * titleStyle.height()
	if d.head.State != "" {
		width := d.width(d.head.State, strongStyle) + 16
		d.frame(right-width, 58, width, 18, band)
		d.line(right-width+8, 61.5, d.head.State, strongStyle)
	}
	d.rule(92 + below)
	d.y = firstTop - 14 + below
}

// foot says which document and page it is, so that a page that is alone can be filed.
func (d *Document) foot(page, pages int) {
	d.rule(footLine)
	d.line(left, footLine+6, d.head.About, smallStyle)
	d.line(left, footLine+18, d.head.Printed, smallStyle)
	d.lineRight(right, footLine+6, fmt.Sprintf("Page %d of %d", page, pages), smallStyle)
}

func (d *Document) fill(x, y, width, height float64, c color) {
	d.pdf.SetFillColor(c[0], c[1], c[2])
	d.pdf.RectFromUpperLeftWithStyle(x, y, width, height, "F")
}

func (d *Document) frame(x, y, width, height float64, c color) {
	d.pdf.SetStrokeColor(c[0], c[1], c[2])
	d.pdf.SetLineWidth(0.8)
	d.pdf.RectFromUpperLeftWithStyle(x, y, width, height, "D")
}

func (d *Document) rule(y float64) {
	d.pdf.SetStrokeColor(hair[0], hair[1], hair[2])
	d.pdf.SetLineWidth(0.6)
	d.pdf.Line(left, y, right, y)
}

func (d *Document) keep(err error) {
	if d.err == nil {
		d.err = err
	}
}

// parseColor reads "#1f5eff".
func parseColor(text string) (color, bool) {
	digits, ok := strings.CutPrefix(text, "#")
	n, err := strconv.ParseUint(digits, 16, 32)
	if !ok || err != nil || len(digits) != 6 {
		return color{}, false
	}
	return color{uint8(n >> 16), uint8(n >> 8), uint8(n)}, true
}
