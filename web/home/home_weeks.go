package home

import (
	"fmt"

	"handover/internal/order"
	views "handover/views/home"
	"handover/web/page"
)

// The chart of the first page: how many weeks, and its measures in the units of its view box.
const (
	homeWeeks   = 12
	chartLeft   = 44 // the axis and its figures
	chartTop    = 24 // room for the value over the highest bar
	chartHeight = 180
	weekStep    = 76
	weekWidth   = 40
	backWidth   = 12 // the bar of reversals, beside the one of the week
	axisSteps   = 4
)

// weeks draws the transfers of each week by kind, reversals apart.
func (h homePages) weeks(p *page.Page) (views.HomeWeeks, error) {
	found, err := order.Weeks(p.Ctx(), p.DB(), p.Scope(), homeWeeks, p.Frame.Transfers.Now())
	if err != nil {
		return views.HomeWeeks{}, err
	}
	var v views.HomeWeeks
	var codes []string
	for _, k := range order.Kinds {
		if k.Code != order.Placed {
			v.Kinds, codes = append(v.Kinds, k.Label), append(codes, k.Code)
		}
	}
	most, reversed := int64(1), int64(0)
	totals := make([]int64, len(found))
	for i, w := range found {
		for _, n := range w.Counts {
			totals[i] += n
		}
		v.Total += totals[i]
		reversed += w.Reversed
		most = max(most, totals[i], w.Reversed)
	}
	v.Note = fmt.Sprintf("%d weeks · %s completed · %s reversed", homeWeeks, p.Count(int(v.Total)),
		p.Count(int(reversed)))
	step := axisStep(most)
	v.Lines = axisLines(p, step)
	for i, w := range found {
		v.Bars = append(v.Bars, weekBar(p, w, i, totals[i], step*axisSteps, codes))
	}
	v.ThisWeek = p.Count(int(totals[len(totals)-1]))
	v.Change = changeWords(p, totals[len(totals)-1]-totals[len(totals)-2])
	return v, nil
}

// changeWords compares this week with the last one.
func changeWords(p *page.Page, n int64) string {
	switch {
	case n > 0:
		return p.Count(int(n)) + " more than last week"
	case n < 0:
		return p.Count(int(-n)) + " fewer than last week"
	}
	return "as many as last week"
}

// axisStep is the distance between two lines of the axis, a round number, so that four of them
// are enough for the highest bar.
func axisStep(most int64) int64 {
	for scale := int64(1); ; scale *= 10 {
		for _, n := range []int64{1, 2, 3, 4, 5, 6, 8} {
			if n*scale*axisSteps >= most {
				return n * scale
			}
		}
	}
}

func axisLines(p *page.Page, step int64) []views.AxisLine {
	lines := make([]views.AxisLine, 0, axisSteps+1)
	for i := range int64(axisSteps + 1) {
		y := chartTop + chartHeight - i*chartHeight/axisSteps
		lines = append(lines, views.AxisLine{
			Y: fmt.Sprint(y), TextY: fmt.Sprint(y + 4), Value: p.Count(int(i * step)),
		})
	}
	return lines
}

// weekBar is the bar of one week: its kinds from the bottom up, its total on top.
func weekBar(p *page.Page, w order.Week, place int, total, full int64, codes []string) views.WeekBar {
	x := int64(chartLeft + place*weekStep + (weekStep-weekWidth-backWidth-4)/2)
	height := func(n int64) int64 { return n * chartHeight / full }
	bar := views.WeekBar{
		X: fmt.Sprint(x), Middle: fmt.Sprint(x + weekWidth/2), Label: w.From.Format("2 Jan"),
		From: p.Date(w.From).Text, Reversed: p.Count(int(w.Reversed)), Total: p.Count(int(total)),
	}
	top, sum := int64(chartTop+chartHeight), int64(0)
	for tone, code := range codes {
		n := w.Counts[code]
		bar.Counts = append(bar.Counts, p.Count(int(n)))
		if n == 0 {
			continue
		}
		sum += n
		y := chartTop + chartHeight - height(sum)
		bar.Parts = append(bar.Parts, views.WeekPart{
			Tone: fmt.Sprint(tone), Y: fmt.Sprint(y), Height: fmt.Sprint(top - y),
		})
		top = y
	}
	if total > 0 {
		bar.ValueY = fmt.Sprint(top - 6)
	}
	if w.Reversed > 0 {
		bar.BackX, bar.BackY = fmt.Sprint(x+weekWidth+4), fmt.Sprint(chartTop+chartHeight-height(w.Reversed))
		bar.BackHeight = fmt.Sprint(height(w.Reversed))
	}
	return bar
}
