package engine_test

import (
	"maps"
	"slices"

	"handover/internal/transfer"
)

// dependsOnE are the blocking findings that another effective date may be free of.
var dependsOnE = []transfer.Code{
	"PERIOD_CLOSED", "INVALID_RELATIONSHIP", "MEMO_BEFORE_EFFECTIVE_DATE",
	"RESTRICTED_RECORD",
}

// compareOffer tries every effective date at which anything changes, the earliest first,
// and compares the first without these findings with what the preview offers.
func (c *oracleCase) compareOffer(p transfer.Preview) {
	c.t.Helper()
	if c.o.dist() {
		return
	}
	want, found := "", false
	for _, code := range dependsOnE {
		f, ok := p.Finding(code)
		// the longer selection
		if !ok || f.Instead != nil && !slices.Equal(f.Instead.Subscriptions, c.o.req.Subscriptions) {
			continue
		}
		if code == "PERIOD_CLOSED" && !slices.ContainsFunc(f.Records, func(r transfer.Record) bool {
			return r.Kind != "distributor"
		}) {
			continue // only the memos would be posted into one
		}
		if !found {
			want, found = c.earliest(), true
		}
		got := ""
		if f.Instead != nil {
			got = f.Instead.EffectiveOn
		}
		if got != want {
			c.t.Errorf("%s offers the effective date %q, want %q", code, got, want)
		}
	}
}

// earliest is the earliest effective date without the findings, "" if there is none.
func (c *oracleCase) earliest() string {
	days := map[string]bool{}
	first := ""
	for _, k := range oracleKinds {
		for _, r := range c.o.b.sorted(k.table) {
			if k.date == "" || c.o.b.owner(k.table, r) != c.o.source.id("id") {
				continue
			}
			for _, day := range []string{r.text(k.date), r.text("end_on")} {
				if day != "" {
					days[nextDay(day)] = true
				}
			}
			if day := r.text(k.date); (closable(k.table, r) || k.table == "subscriptions" && c.o.all[r.id("id")]) &&
				(first == "" || day < first) {
				first = day // of what decides anything
			}
		}
	}
	today := c.o.today[c.o.source.id("distributor_id")]
	if first == "" || first <= today && c.freeAt(first) {
		return first
	}
	for _, day := range slices.Sorted(maps.Keys(days)) {
		if day > first && day <= today && c.freeAt(day) {
			return day
		}
	}
	return ""
}

// freeAt reports whether the request with that effective date has none of the findings;
// what would be posted today is another matter.
func (c *oracleCase) freeAt(day string) bool {
	trial := *c.o
	trial.req.EffectiveOn, trial.added = day, nil
	trial.decide()
	after := trial.apply()
	f := findings{}
	trial.expectMemos(f)
	for table, list := range trial.torn {
		for _, r := range list {
			f.concern("INVALID_RELATIONSHIP", table, r)
		}
	}
	trial.expectMoving(f, after)
	return !slices.ContainsFunc(dependsOnE, func(code transfer.Code) bool { return len(f[code]) > 0 })
}
