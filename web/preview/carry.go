package preview

import (
	"cmp"
	"fmt"
	"strings"

	"handover/internal/transfer"
	views "handover/views/preview"
	"handover/web/page"
)

// CarriedRows is how many memos and allocations of one preview or order are listed.
const CarriedRows = 50

// MemoWords name the two kinds of memo with what they post.
var MemoWords = map[string]struct{ Name, journal string }{
	"credit_memo": {"Credit memo", "Dr clearing, Cr accounts receivable"},
	"debit_memo":  {"Debit memo", "Dr accounts receivable, Cr clearing"},
}

// carryView fills in how the balance is carried.
func carryView(p transfer.Preview, at Place, v *views.Preview) {
	for _, m := range p.Memos[:min(len(p.Memos), CarriedRows)] {
		v.Memos = append(v.Memos, memoRow(p, m, at.Style))
	}
	v.MemosMore, v.AllocMore = MoreRows(at.Style, len(p.Memos)), MoreRows(at.Style, len(p.Allocations))
	if p.PostingOn != "" {
		v.CarryNote = "posted on " + at.DayText(p.PostingOn) + " in all books"
	}
	v.CarrySum = CarrySum(p, at.Style)
	for _, a := range p.Allocations[:min(len(p.Allocations), CarriedRows)] {
		v.Allocations = append(v.Allocations, views.SettledRow{
			Document: at.named(documentWords(a.Document), a.Document), Credit: at.named(documentWords(a.Credit),
				a.Credit), Amount: at.Shown(a.Amount),
		})
	}
}

func memoRow(p transfer.Preview, m transfer.MemoPreview, s page.Style) views.MemoRow {
	account := p.Source.Name + " with " + p.Source.Distributor
	if m.For == "target" {
		account = p.Target.Name + " with " + p.Target.Distributor
	}
	words := MemoWords[m.Kind]
	row := views.MemoRow{Account: account, Kind: words.Name, Journal: cmp.Or(EntryWords(m.Debit, m.Credit),
		words.journal), Amount: s.Shown(m.Amount)}
	switch {
	case m.Origin != nil:
		row.Origin = documentWords(transfer.Record{Kind: m.Origin.Kind, Number: m.Origin.Number}) + " of " +
			s.DayText(m.Origin.IssuedOn)
	case m.TakesBack != "":
		row.Origin = "Takes back " + m.TakesBack
	case m.Carries > 1:
		row.Origin = s.Plural(m.Carries, "document", "documents")
	}
	if m.Origin != nil && m.Carries > 1 {
		row.Origin += " and " + s.Plural(m.Carries-1, "other document", "other documents")
	}
	if m.DueOn != "" {
		row.Due = "due " + s.DayText(m.DueOn)
	}
	if m.Original.Currency != "" && m.Original.Currency != m.Amount.Currency {
		row.Original = "for " + s.Shown(m.Original)
	}
	return row
}

// EntryWords name the two accounts of an entry, "" where they are not known.
func EntryWords(debit, credit string) string {
	if debit == "" || credit == "" {
		return ""
	}
	return "Dr " + debit + ", Cr " + credit
}

// MoreRows says how many rows are not listed.
func MoreRows(s page.Style, n int) string {
	if n <= CarriedRows {
		return ""
	}
	return "and " + s.Count(n-CarriedRows) + " more"
}

// CarrySum says what several items that were converted one by one come to, and how far
// rounding took them from the exact product.
func CarrySum(p transfer.Preview, s page.Style) string {
	items := 0
	for _, m := range p.Memos {
		if m.For == "target" {
			items++
		}
	}
	if p.Rate == nil || items == 0 || p.Rate.Rounding == "" || p.Rate.Rounding == "0" {
		return ""
	}
	return fmt.Sprintf(msgRoundedItems,
		page.UpperFirst(s.Plural(items, oneItemIs, manyItemsAre)), s.Shown(p.Rate.Rounded), s.NumberText(p.Rate.Exact),
		WithSign(s.NumberText(p.Rate.Rounding)))
}

// WithSign writes a number with its sign.
func WithSign(text string) string {
	if strings.HasPrefix(text, page.Minus) {
		return text
	}
	return "+" + text
}
