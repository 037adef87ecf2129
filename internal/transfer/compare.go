package transfer

import (
	"fmt"
	"strings"

	"handover/internal/record"
)

// Change is one thing that two previews say differently. Before is "" for what was
// not there, After for what is not there any more.
type Change struct {
	What, Before, After string
}

// Compare lists the changes between two previews of one request.
func Compare(before, after Preview) []Change {
	old, now := facts(before), facts(after)
	var out []Change
	for _, f := range now {
		if was, known := value(old, f.what); !known || was != f.value {
			out = append(out, Change{f.what, was, f.value})
		}
	}
	for _, f := range old {
		if _, known := value(now, f.what); !known {
			out = append(out, Change{f.what, f.value, ""})
		}
	}
	return out
}

// fact is one thing that a preview says.
type fact struct{ what, value string }

func value(list []fact, what string) (string, bool) {
	for _, f := range list {
		if f.what == what {
			return f.value, true
		}
	}
	return "", false
}

func facts(p Preview) []fact {
	var list []fact
	add := func(what, format string, args ...any) { list = append(list, fact{what, fmt.Sprintf(format, args...)}) }
	if p.Target.Number == "" {
		add("Balance with "+p.Source.Distributor, "%s", p.Source.BalanceBefore)
		add("Opening balance with "+p.Target.Distributor, "%s", p.Target.BalanceAfter)
		add("Open invoices", "%d", p.Source.OpenInvoicesBefore)
		add("Recurring per month with "+p.Target.Distributor, "%s", p.Target.RecurringAfter)
	} else {
		list = append(list, betweenCustomers(p)...)
	}
	for _, i := range p.Impact {
		add(record.LabelOf(i.Kind)+" that move", "%s", i.Moving)
		add(record.LabelOf(i.Kind)+" that stay", "%s", i.Staying)
	}
	for _, r := range p.Plans {
		price := "no plan yet"
		if r.PriceAfter != nil {
			price = fmt.Sprintf("%s at %s", r.After, *r.PriceAfter)
		}
		add("Plan of "+r.Subscription, "%s at %s becomes %s", r.Before, r.PriceBefore, price)
	}
	for _, e := range p.PriceLists {
		add("Price of "+e.Plan+" with "+e.Distributor, "%s", e.Price)
	}
	for _, t := range p.Terms {
		add("Acceptance of "+t.Label, "%s", along(t.Kept))
	}
	for _, m := range p.PaymentMethods {
		add("Payment method "+m.Label+" ("+m.Number+")", "%s", along(m.Kept))
	}
	for _, m := range p.Memos {
		add("Memo for the "+map[string]string{"source": "old", "target": "new"}[m.For]+" account"+m.which(),
			"%s of %s", Words(m.Kind), m.Amount)
	}
	for _, a := range p.Allocations {
		add(fmt.Sprintf("%s settled by %s", orMemo(a.Document), orMemo(a.Credit)), "%s", a.Amount)
	}
	for _, f := range p.Findings {
		add("Finding "+string(f.Code), "%s", f.Message)
	}
	return list
}

// betweenCustomers is what only a preview between two customers says.
func betweenCustomers(p Preview) []fact {
	var list []fact
	add := func(what, format string, args ...any) { list = append(list, fact{what, fmt.Sprintf(format, args...)}) }
	for _, s := range []Side{p.Source, p.Target} {
		add("Balance of "+s.Name+" now", "%s", s.BalanceBefore)
		add("Balance of "+s.Name+" then", "%s", s.BalanceAfter)
		add("Open invoices of "+s.Name, "%d", s.OpenInvoicesBefore)
		add("Recurring per month of "+s.Name+" then", "%s", s.RecurringAfter)
	}
	for _, l := range p.Linked {
		add("Linked subscription "+l.Number, "%s", l.Reason)
	}
	for _, s := range p.Splits {
		add("Cut of "+s.Subscription, "last day %s", s.LastDay)
	}
	for _, f := range p.Fields {
		add("The "+Words(f.Name)+" of the target", "%s",
			map[string]string{"source": f.Source, "target": f.Target}[f.Kept])
	}
	return list
}

// which distinguishes several memos for one account.
func (m MemoPreview) which() string {
	switch {
	case m.Origin != nil:
		return " for " + m.Origin.Number
	case m.TakesBack != "":
		return " that takes back " + m.TakesBack
	case m.DueOn != "":
		return " due on " + m.DueOn
	}
	return ""
}

func along(kept bool) string {
	if kept {
		return "goes along"
	}
	return "stays behind"
}

func orMemo(r Record) string {
	if r.Number == "" {
		return "the transfer's " + Words(r.Kind)
	}
	return r.Number
}

// String writes the amount with its currency: "12.50 EUR".
func (a Amount) String() string { return a.Amount + " " + a.Currency }

// String writes the count and the amounts: "3, 120.00 EUR".
func (p Part) String() string {
	parts := []string{fmt.Sprint(p.Count)}
	if p.Ended > 0 {
		parts[0] += fmt.Sprintf(" (%d ended)", p.Ended)
	}
	for _, a := range p.Amounts {
		parts = append(parts, a.String())
	}
	return strings.Join(parts, ", ")
}
