package preview

import (
	"fmt"
	"time"

	"handover/internal/transfer"
	pageviews "handover/views/page"
	views "handover/views/preview"
	"handover/web/page"
)

// customersView fills in what only transfers between customers have. Their target
// exists already; nothing is said of terms, which only a merge copies.
func customersView(p transfer.Preview, at Place, v *views.Preview) {
	if p.Target.Number == "" {
		return
	}
	v.TermsNote = ""
	if p.Reverses != "" {
		v.MethodsNote = ""
		return
	}
	v.MethodsNote = msgNoMethodsStay
	if n := len(p.PaymentMethods); n > 0 {
		v.MethodsNote = fmt.Sprintf(msgMethodsStay, at.Plural(n, oneMethodStays, manyMethodsStay), p.Source.Name)
	}
	subscription := func(number string) pageviews.RecordLink {
		return at.named(number, transfer.Record{Kind: "subscription", Number: number})
	}
	for _, l := range p.Linked {
		v.Linked = append(v.Linked, views.LinkedRow{
			Subscription: subscription(l.Number),
			Reason:       page.UpperFirst(l.Reason) + ".",
		})
	}
	for _, s := range p.Splits {
		row := views.SplitRow{Subscription: subscription(s.Subscription)}
		if day, err := time.Parse(time.DateOnly, s.LastDay); err == nil {
			row.LastDay = at.Date(day)
		}
		if day, err := time.Parse(time.DateOnly, s.StartsOn); err == nil {
			row.Starts = at.Date(day)
		}
		v.Splits = append(v.Splits, row)
	}
	for _, f := range p.Fields {
		v.Fields = append(v.Fields, views.FieldRow{
			Name: f.Name, Label: transfer.FieldLabel(f.Name), Source: f.Source, Target: f.Target,
			FromSource: f.Kept == "source",
		})
	}
}
