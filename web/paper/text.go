package paper

import (
	"fmt"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/unicode/bidi"
	"golang.org/x/text/unicode/norm"

	"handover/static"
)

// style is how text is written; its size is in points.
type style struct {
	size  float64
	bold  bool
	color color
}

func (s style) height() float64 { return s.size * leading }

// fonts of each weight; a character is drawn by the first that has it. DejaVu has Latin, Greek,
// Cyrillic, Hebrew and Arabic letters and the signs of all currencies, Kosugi has Japanese, Nanum
// Korean; their figures are all equally wide. What no font has, as Thai and many Chinese characters,
// is written as its number in Unicode, "U+0E44": nothing is lost, and it can be looked up.
// Arabic letters are not joined.
func (s style) fonts() []string {
	if s.bold {
		return []string{"dejavu-sans-condensed-bold", "dejavu-sans-condensed", "kosugi-maru", "nanum-gothic"}
	}
	return []string{"dejavu-sans-condensed", "kosugi-maru", "nanum-gothic"}
}

// font is one with what it has.
type font struct {
	file   []byte
	glyphs *sfnt.Font
}

// loadFonts reads the fonts once.
var loadFonts = sync.OnceValues(func() (map[string]font, error) {
	out := map[string]font{}
	for _, name := range (style{bold: true}).fonts() {
		file, err := static.Font(name)
		if err != nil {
			return nil, err
		}
		glyphs, err := sfnt.Parse(file)
		if err != nil {
			return nil, fmt.Errorf("read the font %s: %w", name, err)
		}
		out[name] = font{file, glyphs}
	}
	return out, nil
})

// fontOf returns the font that draws a character, "" for none.
func (d *Document) fontOf(r rune, s style) string {
	fonts, err := loadFonts()
	if err != nil {
		d.keep(err)
		return ""
	}
	key := glyph{r, s.bold}
	name, known := d.fonts[key]
	if !known {
		for _, candidate := range s.fonts() {
			if i, err := fonts[candidate].glyphs.GlyphIndex(nil, r); err == nil && i != 0 {
				name = candidate
				break
			}
		}
		d.fonts[key] = name
	}
	return name
}

// glyph is a character of a weight.
type glyph struct {
	rune
	bold bool
}

// readable returns the words of a paragraph in characters that can be drawn.
func (d *Document) readable(text string, s style) []string {
	var out strings.Builder
	for _, r := range norm.NFC.String(text) {
		switch {
		case unicode.IsSpace(r):
			out.WriteByte(' ')
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Variation_Selector): // nothing to see
		case d.fontOf(r, s) == "":
			fmt.Fprintf(&out, " U+%04X ", r)
		default:
			out.WriteRune(r)
		}
	}
	return strings.Fields(out.String())
}

// wrap returns the lines of a text that is at most so wide. A word that is wider is cut.
func (d *Document) wrap(text string, s style, width float64) []string {
	var lines []string
	for paragraph := range strings.SplitSeq(text, "\n") {
		line, used, space := "", 0.0, d.width(" ", s)
		for _, word := range d.readable(paragraph, s) {
			long := d.width(word, s)
			if line != "" && used+space+long <= width {
				line, used = line+" "+word, used+space+long
				continue
			}
			if line != "" {
				lines = append(lines, line)
			}
			for line, used = word, long; used > width; used = d.width(line, s) {
				at := d.fitting(line, s, width)
				lines, line = append(lines, line[:at]), line[at:]
			}
		}
		if line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// fitting returns how many bytes of a word, at least one character, are at most so wide.
func (d *Document) fitting(word string, s style, width float64) int {
	at, used := 0, 0.0
	for i, r := range word {
		if used += d.width(string(r), s); i > 0 && used > width {
			break
		}
		at = i + utf8.RuneLen(r)
	}
	return at
}

// run is a part of a line that one font draws.
type run struct{ font, text string }

// runs splits a line by fonts.
func (d *Document) runs(line string, s style) []run {
	var out []run
	for _, r := range line {
		font := d.fontOf(r, s)
		if n := len(out); n > 0 && (out[n-1].font == font || r == ' ') {
			out[n-1].text += string(r)
			continue
		}
		out = append(out, run{font, string(r)})
	}
	return out
}

// visual puts what is read from right to left into the order in which it is drawn.
func visual(line string) string {
	var p bidi.Paragraph
	if _, err := p.SetString(line, bidi.DefaultDirection(bidi.LeftToRight)); err != nil {
		return line
	}
	order, err := p.Order()
	if err != nil {
		return line
	}
	var out strings.Builder
	for i := range order.NumRuns() {
		part := order.Run(i)
		if part.Direction() == bidi.RightToLeft {
			out.WriteString(bidi.ReverseString(part.String()))
			continue
		}
		out.WriteString(part.String())
	}
	return out.String()
}

// use chooses a font, which the document takes in when it is first used.
func (d *Document) use(name string, s style) {
	if !d.loaded[name] {
		fonts, err := loadFonts()
		if err == nil {
			err = d.pdf.AddTTFFontData(name, fonts[name].file)
		}
		d.keep(err)
		d.loaded[name] = true
	}
	if d.err == nil {
		d.keep(d.pdf.SetFont(name, "", s.size))
	}
}

func (d *Document) width(line string, s style) float64 {
	sum := 0.0
	for _, part := range d.runs(line, s) {
		d.use(part.font, s)
		if d.err != nil {
			return 0
		}
		width, err := d.pdf.MeasureTextWidth(part.text)
		d.keep(err)
		sum += width
	}
	return sum
}

// line writes one line; y is its upper edge.
func (d *Document) line(x, y float64, line string, s style) {
	d.pdf.SetTextColor(s.color[0], s.color[1], s.color[2])
	for _, part := range d.runs(visual(line), s) {
		d.use(part.font, s)
		if d.err != nil {
			return
		}
		d.pdf.SetXY(x, y+s.size)
		d.keep(d.pdf.Text(part.text))
		width, err := d.pdf.MeasureTextWidth(part.text)
		d.keep(err)
		x += width
	}
}

// lineRight writes one line that ends at x.
func (d *Document) lineRight(x, y float64, line string, s style) {
	d.line(x-d.width(line, s), y, line, s)
}
