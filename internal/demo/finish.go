package demo

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// finish writes what follows from all documents: their statuses, their numbers
// in the order of their dates, and the journal.
func (b *builder) finish() {
	for _, doc := range b.bills {
		if doc.Status == "" {
			doc.Status = state(doc.open().IsZero(), "paid")
		}
	}
	for _, memo := range b.credits {
		memo.Status = state(memo.used.Equal(memo.Amount.Value), "applied")
	}
	for _, memo := range b.debits {
		memo.Status = state(memo.settled.Equal(memo.Amount.Value), "applied")
	}
	b.number()
	b.journal()
}

func state(settled bool, word string) string {
	if settled {
		return word
	}
	return "open"
}

// numbered is a document that gets its number.
type numbered struct {
	on     time.Time
	number *string
}

// number gives all documents their numbers. A draft has none yet but its own.
func (b *builder) number() {
	var invoices, credits, debits []numbered
	for _, doc := range b.bills {
		if doc.Status == "draft" {
			doc.Number = b.next("DRAFT")
			continue
		}
		invoices = append(invoices, numbered{doc.IssuedOn, &doc.invoice.Number})
	}
	for _, memo := range b.credits {
		credits = append(credits, numbered{memo.IssuedOn, &memo.creditMemo.Number})
	}
	for _, memo := range b.debits {
		debits = append(debits, numbered{memo.IssuedOn, &memo.debitMemo.Number})
	}
	count("INV", invoices)
	count("CRN", credits)
	count("DBN", debits)
}

// count numbers the documents by their dates, from 1 in each year: INV-2026-000123.
func count(prefix string, docs []numbered) {
	slices.SortStableFunc(docs, func(x, y numbered) int { return cmp.Compare(x.on.Unix(), y.on.Unix()) })
	last := map[int]int{}
	for _, d := range docs {
		last[d.on.Year()]++
		*d.number = fmt.Sprintf("%s-%d-%06d", prefix, d.on.Year(), last[d.on.Year()])
	}
}
