package preview

import (
	"fmt"
	"slices"
	"strings"

	"handover/internal/record"
	"handover/internal/transfer"
	pageviews "handover/views/page"
	views "handover/views/preview"
	"handover/views/ui"
	"handover/web/page"
)

// Place says where a preview is shown: what its parts link to, and what the
// reader has acknowledged.
type Place struct {
	page.Style          // how the reader wants numbers and dates
	Form         string // id of the form that the acknowledgements belong to
	Acknowledged []string
	Errors       ui.Errors
	Before       *transfer.Preview // the one that was shown before, if it said something else
	Records      string            // address of the lists of records, "" = none; the kind is added
	Link         func(transfer.Record) string
	Remedy       func(transfer.Code) pageviews.RecordLink
	Instead      func(transfer.Finding) string // names the one-click remedy
	Allow        func(transfer.Finding) *ui.Input
	Facts        []ui.Fact
}

// named links a record where the place knows its page.
func (at Place) named(label string, r transfer.Record) pageviews.RecordLink {
	if at.Link == nil {
		return pageviews.RecordLink{Label: label}
	}
	return pageviews.RecordLink{Label: label, Href: at.Link(r)}
}

// View makes the view of a preview.
func View(p transfer.Preview, at Place) views.Preview {
	v := views.Preview{
		Lead: p.Sentence, Facts: at.Facts, Form: at.Form, Flow: flowOf(p, at.Style),
		Sides: []views.Side{SideView(at.Style, p.Source, "source"), SideView(at.Style, p.Target, "target")},
	}
	changed := map[string]bool{}
	if at.Before != nil {
		for _, c := range transfer.Compare(*at.Before, p) {
			changed[c.What] = true
			v.Changes = append(v.Changes, views.ChangeRow{What: c.What, Before: c.Before, After: c.After})
		}
	}
	for _, f := range p.Findings {
		row := findingView(f, at)
		row.Changed = changed["Finding "+string(f.Code)]
		v.Findings = append(v.Findings, row)
	}
	for _, code := range p.Passed {
		v.Passed = append(v.Passed, code.Passed())
	}
	var none []string
	for _, i := range p.Impact {
		if i.Moving.Count+i.Staying.Count == 0 {
			none = append(none, strings.ToLower(record.LabelOf(i.Kind)))
			continue
		}
		v.Impact = append(v.Impact, impactView(i, at.Records, at.Style))
	}
	if len(none) > 0 {
		v.ImpactNone = "There are no " + page.OrList(none) + "."
	}
	for _, r := range p.Plans {
		v.Plans = append(v.Plans, PlanRow(at.Style, r))
	}
	for _, e := range p.PriceLists {
		row := views.PriceListRow{Plan: e.Plan, Distributor: e.Distributor, Price: at.Shown(e.Price)}
		v.PriceLists = append(v.PriceLists, row)
	}
	if p.Rate != nil {
		v.PlansNote = labelPerUnit + p.Rate.To + labelFromTransferOn
	}
	v.Terms, v.Methods = keptView(p.Terms), keptView(p.PaymentMethods)
	v.TermsNote, v.MethodsNote = keptNotes(p, at.Style)
	customersView(p, at, &v)
	carryView(p, at, &v)
	return v
}

func findingView(f transfer.Finding, at Place) views.Finding {
	row := views.Finding{
		Code: string(f.Code), Tone: ui.Red, Title: f.Code.Title(), Message: f.Message, Remedy: f.Remedy,
		Error: at.Errors.For(string(f.Code)),
	}
	if f.Severity == transfer.Warning {
		row.Tone = ui.Amber
	}
	if f.Acknowledgement != nil {
		row.Acknowledge = "I understand: " + *f.Acknowledgement
		row.Checked = slices.Contains(at.Acknowledged, string(f.Code))
	}
	for _, r := range f.Records {
		row.Records = append(row.Records, at.named(r.Number, r))
	}
	if more := f.Count - len(f.Records); more > 0 && len(f.Records) > 0 {
		row.More = "and " + at.Count(more) + " more"
	}
	if at.Instead != nil {
		row.Instead = at.Instead(f)
	}
	if at.Allow != nil {
		row.Allow = at.Allow(f)
	}
	if at.Remedy != nil {
		row.Act = at.Remedy(f.Code)
	}
	return row
}

func showAmounts(s page.Style, list []transfer.Amount) string {
	parts := make([]string, 0, len(list))
	for _, a := range list {
		parts = append(parts, s.Shown(a))
	}
	return strings.Join(parts, " + ")
}

// SideView makes the view of an account before and after the transfer.
func SideView(st page.Style, s transfer.Side, role string) views.Side {
	v := views.Side{
		Name: s.Name, Role: role, Number: s.Number, Distributor: s.Distributor, StatusBefore: s.StatusBefore,
		StatusAfter: s.StatusAfter,
	}
	v.Rows = []views.SideRow{
		{Label: "Balance", Before: st.Shown(s.BalanceBefore), After: st.Shown(s.BalanceAfter)},
		{
			Label: "Open invoices", Before: st.Count(int(s.OpenInvoicesBefore)),
			After: st.Count(int(s.OpenInvoicesAfter)),
		},
		{Label: "Recurring per month", Before: st.Shown(s.RecurringBefore), After: st.Shown(s.RecurringAfter)},
		{
			Label: "Running subscriptions", Before: st.Count(int(s.SubscriptionsBefore)),
			After: st.Count(int(s.SubscriptionsAfter)),
		},
	}
	if s.StatusBefore == "" {
		for i := range v.Rows {
			v.Rows[i].Before = ""
		}
	}
	return v
}

func impactView(i transfer.Impact, records string, s page.Style) views.ImpactRow {
	row := views.ImpactRow{Kind: record.LabelOf(i.Kind)}
	row.Moving = impactPart(i.Moving, records, i.Kind, "", s)
	row.Staying = impactPart(i.Staying, records, i.Kind, "?part=staying", s)
	return row
}

func impactPart(p transfer.Part, records, kind, query string, s page.Style) views.ImpactPart {
	if p.Count == 0 {
		return views.ImpactPart{}
	}
	part := views.ImpactPart{Count: s.Count(int(p.Count)), Amount: showAmounts(s, p.Amounts)}
	if p.Ended > 0 {
		part.Ended = s.Count(int(p.Ended)) + " ended"
	}
	if kind == "subscription" {
		part.Amount += " / month"
	}
	if records != "" {
		part.Href = records + "/" + kind + query
	}
	return part
}

// howWords says how a subscription finds its plan.
var howWords = map[string]string{"counterpart": "corresponds", "chosen": "chosen", "delegated": "delegated now"}

// PlanRow makes the row of a subscription whose plan changes.
func PlanRow(s page.Style, r transfer.PlanPreview) views.PlanRow {
	row := views.PlanRow{
		Subscription: r.Subscription, Quantity: s.NumberText(r.Quantity), Before: r.Before, After: r.After,
		How:         howWords[r.How],
		PriceBefore: s.Shown(r.PriceBefore), Changes: r.Changes,
	}
	if r.PriceAfter != nil {
		row.PriceAfter = s.Shown(*r.PriceAfter)
	}
	switch {
	case r.ListPrice == nil || r.PriceAfter == nil:
	case *r.ListPrice == *r.PriceAfter:
		row.PriceNote = labelListPrice
	default:
		row.PriceNote = msgKeepsPrice + s.Shown(*r.ListPrice)
	}
	return row
}

func keptView(list []transfer.KeptOrNot) []views.Kept {
	out := make([]views.Kept, 0, len(list))
	for _, k := range list {
		out = append(out, views.Kept{Label: k.Label, Number: k.Number, Kept: k.Kept})
	}
	return out
}

// keptNotes describe the result for acceptances and payment methods as a whole.
func keptNotes(p transfer.Preview, s page.Style) (terms, methods string) {
	kept := func(list []transfer.KeptOrNot) int {
		return len(slices.DeleteFunc(slices.Clone(list), func(k transfer.KeptOrNot) bool { return !k.Kept }))
	}
	terms, methods = msgNoAcceptance, msgNoMethod
	if n := len(p.Terms); n > 0 {
		terms = fmt.Sprintf(msgRemapped, kept(p.Terms), s.Plural(n, oneAcceptanceIs, manyAcceptancesAre),
			p.Target.Distributor)
	}
	if n := len(p.PaymentMethods); n > 0 {
		methods = fmt.Sprintf(msgKept, kept(p.PaymentMethods), s.Plural(n, oneMethodIs, manyMethodsAre))
	}
	return terms, methods
}

// documentWords names a document; one without number is the memo that the transfer
// will write.
func documentWords(r transfer.Record) string {
	kind := strings.ReplaceAll(r.Kind, "_", " ")
	if r.Number == "" {
		return "The new " + kind
	}
	return page.UpperFirst(kind) + " " + r.Number
}
