package engine_test

import (
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"handover/internal/money"
	"handover/internal/record"
	"handover/internal/transfer"
)

// prepaidLine is what an invoice line bills beyond the cut day, by the words of
// docs/domain.md.
type prepaidLine struct {
	from, to string
	amount   decimal.Decimal
	schedule bool
}

// cutDay is T, "" if nothing is cut.
func (o *oracle) cutDay() string {
	if o.dist() {
		return o.today[o.source.id("distributor_id")]
	}
	return o.req.EffectiveOn
}

// prepaid says of each moving subscription and account what is billed beyond the cut day,
// not recognised, on documents that stay: "S-000012 C-000004 12.50 0.00 2026-06-30".
func (o *oracle) prepaid() []string {
	cut := o.cutDay()
	if cut == "" {
		return nil
	}
	type sums struct {
		rest, unscheduled decimal.Decimal
		until, currency   string
	}
	found := map[string]*sums{}
	for _, line := range o.b.sorted("invoice_lines") {
		invoice := o.b["invoices"][line.id("invoice_id")]
		if !slices.Contains([]string{"open", "paid", "transferred"}, invoice.text("status")) ||
			o.moves["invoices"][invoice.id("id")] {
			continue
		}
		bySub, scheduled := map[int64][]prepaidLine{}, false
		for _, r := range o.b.where("revenue_schedules", "invoice_line_id", line.id("id")) {
			scheduled = true
			if !r.yes("recognized") {
				bySub[r.id("subscription_id")] = append(bySub[r.id("subscription_id")],
					prepaidLine{r.text("period_start"), r.text("period_end"), r.sum("amount"), true})
			}
		}
		if !scheduled {
			bySub[line.id("subscription_id")] = append(bySub[line.id("subscription_id")],
				prepaidLine{line.text("service_start"), line.text("service_end"), line.sum("amount"), false})
		}
		for sub, parts := range bySub {
			if !o.moving(sub) {
				continue
			}
			room := line.sum("amount")
			for _, m := range o.b.where("credit_memos", "invoice_id", invoice.id("id")) {
				if of := m.id("subscription_id"); m.text("status") != "void" && (of == 0 || of == sub) {
					room = room.Sub(m.sum("amount"))
				}
			}
			room = decimal.Max(room, decimal.Zero)
			slices.SortStableFunc(parts, func(x, y prepaidLine) int {
				if x.from != y.from {
					return compareText(x.from, y.from)
				}
				return compareText(x.to, y.to)
			})
			for _, p := range parts {
				left := p.beyond(cut, invoice.text("currency"))
				if left.IsPositive() {
					left = decimal.Min(left, room)
					room = room.Sub(left)
				}
				if left.IsZero() {
					continue
				}
				key := record.Number("S", sub) + " " + record.Number("C", invoice.id("customer_id"))
				if found[key] == nil {
					found[key] = &sums{currency: invoice.text("currency")}
				}
				s := found[key]
				s.until = max(s.until, p.to)
				if p.schedule {
					s.rest = s.rest.Add(left)
				} else {
					s.unscheduled = s.unscheduled.Add(left)
				}
			}
		}
	}
	var list []string
	for key, s := range found {
		if !s.rest.IsZero() || !s.unscheduled.IsZero() {
			list = append(list, fmt.Sprintf("%s %s %s %s", key, money.Format(s.rest, s.currency),
				money.Format(s.unscheduled, s.currency), s.until))
		}
	}
	slices.Sort(list)
	return list
}

// beyond is the part from the cut day on, counted day by day.
func (p prepaidLine) beyond(cut, currency string) decimal.Decimal {
	if p.from == "" || p.to == "" || p.to < p.from || p.to < cut {
		return decimal.Zero
	}
	all, after := int64(0), int64(0)
	for day := p.from; day <= p.to; day = nextDay(day) {
		all++
		if day >= cut {
			after++
		}
	}
	units, err := money.MinorUnits(currency)
	if err != nil {
		panic(err)
	}
	share := new(big.Rat).Mul(p.amount.Rat(), big.NewRat(after, all))
	cents := new(big.Rat).Mul(share,
		new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(units)), nil)))
	whole := new(big.Int).Div(cents.Num(), cents.Denom()) // rounds down, also below zero
	rest := new(big.Rat).Sub(cents, new(big.Rat).SetInt(whole))
	switch rest.Cmp(big.NewRat(1, 2)) {
	case 1:
		whole.Add(whole, big.NewInt(1))
	case 0:
		if whole.Bit(0) == 1 {
			whole.Add(whole, big.NewInt(1))
		}
	}
	return decimal.NewFromBigInt(whole, -units)
}

// comparePrepaid compares what is left of the running terms.
func (c *oracleCase) comparePrepaid(p transfer.Preview) {
	c.t.Helper()
	var got []string
	if p.RunningTerm != nil {
		if p.RunningTerm.CutOn != c.o.cutDay() {
			c.t.Errorf("cut on %s, want %s", p.RunningTerm.CutOn, c.o.cutDay())
		}
		for _, t := range p.RunningTerm.Terms {
			rest, unscheduled := decimal.RequireFromString(t.Remaining.Amount), decimal.Zero
			if t.Unscheduled != nil {
				unscheduled = decimal.RequireFromString(t.Unscheduled.Amount)
			}
			if !rest.IsZero() || !unscheduled.IsZero() {
				number := t.Customer[len(t.Customer)-len("C-000000)") : len(t.Customer)-1]
				got = append(got, fmt.Sprintf("%s %s %s %s %s", t.Subscription, number, t.Remaining.Amount,
					money.Format(unscheduled, t.Remaining.Currency), t.Until))
			}
		}
	}
	slices.Sort(got)
	if want := c.o.prepaid(); !slices.Equal(got, want) {
		c.t.Errorf("prepaid %q, want %q", got, want)
	}
}

// farDay is a day of service beyond all others, or none.
func (w *oracleWorld) farDay(from string) string {
	day, err := time.Parse(time.DateOnly, from)
	if err != nil {
		panic(err)
	}
	return pick(w, "", day.AddDate(0, 0, w.upTo(40)).Format(time.DateOnly),
		day.AddDate(0, 1, -1).Format(time.DateOnly), "2026-06-30")
}
