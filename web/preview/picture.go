package preview

import (
	"fmt"
	"math"
	"strings"

	"handover/internal/record"
	"handover/internal/transfer"
	views "handover/views/preview"
	"handover/web/page"
)

// The picture's measures, in its own units.
const (
	flowWidth   = 1000
	flowBox     = 176 // width of an account
	flowFrom    = 214 // where the bands begin
	flowTo      = 790 // where they arrive
	flowGap     = 8
	flowMargin  = 20
	flowLine    = 17 // of text
	flowStays   = 300
	flowNameMax = 18 // letters of a line in a box
)

// flowOf draws what moves and what stays: one band per record kind that the source
// has, then the balance.
func flowOf(p transfer.Preview, s page.Style) views.Flow {
	v := views.Flow{Width: fmt.Sprint(flowWidth), Title: p.Sentence}
	y := flowMargin + flowGap
	moving, staying := int64(0), int64(0)
	for _, i := range p.Impact {
		moving, staying = moving+i.Moving.Count, staying+i.Staying.Count
		if i.Moving.Count+i.Staying.Count == 0 {
			continue
		}
		band, height := flowBandOf(i, y, len(v.Bands), s)
		v.Bands = append(v.Bands, band)
		y += height + flowGap
	}
	if len(p.Memos) > 0 {
		text := fmt.Sprintf(labelBalanceOpens, s.Shown(p.Source.BalanceBefore), s.Shown(p.Target.BalanceAfter))
		if p.Reverses != "" {
			text = fmt.Sprintf(labelBalanceBack, s.Shown(p.Target.BalanceAfter))
		}
		v.Bands = append(v.Bands, movingBand("is-balance", text, y, 26))
		y += 26 + flowGap
	}
	height := max(y+flowMargin, 170)
	v.Height = fmt.Sprint(height)
	v.Boxes = []views.FlowBox{
		flowBoxOf("is-source", flowMargin, height, p.Source.Name, p.Source.Distributor,
			s.Plural(int(staying), oneRecordStays, manyRecordsStay)),
		flowBoxOf("is-target", flowWidth-flowMargin-flowBox, height, p.Target.Name, p.Target.Distributor,
			s.Plural(int(moving), oneRecordArrives, manyRecordsArrive)),
	}
	return v
}

// flowHeight makes a band the thicker the more records it has, slowly: a thousand
// usage records must not hide three subscriptions.
func flowHeight(count int64) int { return 22 + int(6*math.Log10(float64(count))) }

func flowBandOf(i transfer.Impact, y, place int, s page.Style) (views.FlowBand, int) {
	height := flowHeight(i.Moving.Count + i.Staying.Count)
	label := record.LabelOf(i.Kind)
	if i.Moving.Count == 0 {
		text := bandText(label, i.Staying, i.Kind, s)
		return views.FlowBand{
			Class: "is-staying", X: fmt.Sprint(flowFrom), Y: fmt.Sprint(y), Width: fmt.Sprint(flowStays),
			Height: fmt.Sprint(height),
			Text: views.FlowText{
				X: fmt.Sprint(flowFrom + 12), Y: fmt.Sprint(y + height/2 + 4), Class: "is-quiet",
				Text: text,
			},
		}, height
	}
	text := bandText(label, i.Moving, i.Kind, s)
	if i.Staying.Count > 0 {
		text += " (" + s.Count(int(i.Staying.Count)) + " stay)"
	}
	band := movingBand(fmt.Sprintf("is-tone-%d", place%4), text, y, height)
	if i.Staying.Count > 0 {
		band.Stub = views.FlowStub{
			X: fmt.Sprint(flowMargin + flowBox), Y: fmt.Sprint(y),
			Width: fmt.Sprint(flowFrom - flowMargin - flowBox - 4), Height: fmt.Sprint(height),
		}
	}
	return band, height
}

// bandText describes a band in the figures of the impact table.
func bandText(label string, p transfer.Part, kind string, s page.Style) string {
	part := impactPart(p, "", kind, "", s)
	texts := []string{label, part.Count}
	if part.Ended != "" {
		texts[1] += " (" + part.Ended + ")"
	}
	return strings.Join(append(texts, part.Amount), " · ")
}

// movingBand is a band that arrives.
func movingBand(class, text string, y, height int) views.FlowBand {
	return views.FlowBand{
		Class: class, X: fmt.Sprint(flowFrom), Y: fmt.Sprint(y), Width: fmt.Sprint(flowTo - 12 - flowFrom),
		Height: fmt.Sprint(height),
		Arrow:  fmt.Sprintf("%d,%d %d,%d %d,%d", flowTo-12, y, flowTo, y+height/2, flowTo-12, y+height),
		Text: views.FlowText{
			X: fmt.Sprint((flowFrom + flowTo) / 2), Y: fmt.Sprint(y + height/2 + 4),
			Class: "is-middle", Text: text,
		},
	}
}

// flowBoxOf draws an account with its name, distributor and count.
func flowBoxOf(class string, x, height int, name, distributor, count string) views.FlowBox {
	box := views.FlowBox{
		Class: class, X: fmt.Sprint(x), Y: fmt.Sprint(flowMargin), Width: fmt.Sprint(flowBox),
		Height: fmt.Sprint(height - 2*flowMargin),
	}
	lines := wrap(name, flowNameMax)
	y := height/2 - (len(lines)+1)*flowLine/2
	add := func(class, text string) {
		box.Lines = append(box.Lines, views.FlowText{
			X: fmt.Sprint(x + flowBox/2), Y: fmt.Sprint(y), Class: class,
			Text: text,
		})
		y += flowLine + 2
	}
	for _, line := range lines {
		add("is-middle is-name", line)
	}
	for _, line := range wrap(distributor, flowNameMax+4) {
		add("is-middle is-quiet", line)
	}
	add("is-middle is-quiet", count)
	return box
}

// wrap breaks a text between words into at most three lines of about so many letters.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len([]rune(line))+1+len([]rune(word)) > width {
			lines = append(lines, line)
			line = ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	lines = append(lines, line)
	if len(lines) > 3 {
		lines = append(lines[:2], lines[2]+" …")
	}
	for i, l := range lines {
		if runes := []rune(l); len(runes) > width+4 {
			lines[i] = string(runes[:width+3]) + "…"
		}
	}
	return lines
}
