package situation

import (
	"fmt"
	"slices"
	"time"

	"github.com/lib/pq"
	"github.com/shopspring/decimal"

	"handover/internal/transfer"
)

// mostItems is how many open items one account gets: beyond, one per due date, and beyond
// that one per month.
const mostItems = 500

// CarriedItem is what one memo opens on the account that gains.
type CarriedItem struct {
	Kind     string          // debit_memo, or credit_memo where the customer has credit
	Original decimal.Decimal // in the currency of the account that gives
	Amount   decimal.Decimal // in that of the account that gains: original x rate, half-even
	DueOn    time.Time       // of a debit memo
	Numbers  []string        // of all documents that it carries
	Origin
}

// open makes of one item per document the items that are written, converted each by
// itself, and returns them with their sum.
func (s *Situation) open(items []CarriedItem) ([]CarriedItem, decimal.Decimal) {
	switch {
	case s.Request.CarryAs == transfer.CarryOneBalance:
		items = together(items, func(time.Time) string { return "" })
	case len(items) > mostItems:
		if items = together(items, byDueDate); len(items) > mostItems {
			items = together(items, byMonth)
		}
	}
	items = s.convertItems(items)
	sum := decimal.Zero
	for _, i := range items {
		sum = sum.Add(i.Amount)
	}
	if len(items) > 0 && items[0].Kind == "credit_memo" {
		sum = sum.Neg()
	}
	return items, sum
}

func byDueDate(day time.Time) string { return day.Format(time.DateOnly) }
func byMonth(day time.Time) string   { return day.Format("2006-01") }

// together joins the items, which come by their due dates, that have the same key.
func together(items []CarriedItem, key func(due time.Time) string) []CarriedItem {
	var out []CarriedItem
	for _, i := range items {
		if last := len(out) - 1; last >= 0 && key(out[last].DueOn) == key(i.DueOn) {
			out[last] = out[last].with(i)
			out[last].Origin = Origin{}
			continue
		}
		out = append(out, i)
	}
	return out
}

// with joins an item with a later one: due when that is, with all that both carry.
func (i CarriedItem) with(next CarriedItem) CarriedItem {
	next.Original = i.Original.Add(next.Original)
	next.Numbers = append(slices.Clone(i.Numbers), next.Numbers...)
	return next
}

// convertItems converts each item. One that would round to zero is joined with the next by
// due date, whose origin the two then have; what is left at the end joins the last one.
func (s *Situation) convertItems(items []CarriedItem) []CarriedItem {
	var out []CarriedItem
	var waiting *CarriedItem
	for _, i := range items {
		if waiting != nil {
			i = waiting.with(i)
		}
		if i.Amount = s.Convert(i.Original); i.Amount.IsZero() {
			waiting = &i
			continue
		}
		out, waiting = append(out, i), nil
	}
	if last := len(out) - 1; waiting != nil && last >= 0 {
		out[last].Original = out[last].Original.Add(waiting.Original)
		out[last].Numbers = append(slices.Clone(out[last].Numbers), waiting.Numbers...)
		out[last].Amount = s.Convert(out[last].Original)
	}
	return out
}

// namedItems is how many documents a memo names.
const namedItems = 500

// Lists returns the numbers of the documents that a memo for the item names, as text of a text[],
// and how many more it carries.
func (i CarriedItem) Lists() (numbers string, more int64, err error) {
	named := i.Numbers[:min(len(i.Numbers), namedItems)]
	text, err := pq.StringArray(append([]string{}, named...)).Value()
	if err != nil {
		return "", 0, fmt.Errorf("list the carried documents: %w", err)
	}
	return fmt.Sprint(text), int64(len(i.Numbers) - len(named)), nil
}
