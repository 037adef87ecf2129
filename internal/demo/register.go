package demo

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// register numbers documents in the order of their dates, though they are written
// customer by customer: it sees all of them twice, first to count, then to number.
type register struct {
	series map[string]map[time.Time]int // by series and day: how many there are, then the last number given
	opened bool
}

func newRegister() *register { return &register{series: map[string]map[time.Time]int{}} }

// open ends the counting: each day's numbers go on where those of the day before
// end, from 1 in each year.
func (r *register) open() {
	r.opened = true
	for _, days := range r.series {
		last := map[int]int{}
		for _, day := range slices.SortedFunc(maps.Keys(days), time.Time.Compare) {
			last[day.Year()], days[day] = last[day.Year()]+days[day], last[day.Year()]
		}
	}
}

// next returns the next number of the series on the day: INV-2026-000123. There is
// none while the documents are counted.
func (r *register) next(series string, on time.Time) string {
	if r.series[series] == nil {
		r.series[series] = map[time.Time]int{}
	}
	r.series[series][on]++
	if !r.opened {
		return ""
	}
	return fmt.Sprintf("%s-%d-%06d", series, on.Year(), r.series[series][on])
}
