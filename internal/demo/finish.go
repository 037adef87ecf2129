package demo

import (
	"reflect"
)

// finish writes what follows from the documents of a family: their statuses, their
// numbers and the journal. Then the family is added to the batch.
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
	defer func() { b.world, b.bills, b.credits, b.debits = world{}, nil, nil, nil }()
	if !b.numbers.opened {
		return
	}
	b.journal()
	family, batch := reflect.ValueOf(&b.world).Elem(), reflect.ValueOf(b.batch).Elem()
	for n := range family.NumField() {
		batch.Field(n).Set(reflect.AppendSlice(batch.Field(n), family.Field(n)))
	}
}

func state(settled bool, word string) string {
	if settled {
		return word
	}
	return "open"
}

// number gives all documents their numbers. A draft has none yet but its own.
func (b *builder) number() {
	for _, doc := range b.bills {
		if doc.Status == "draft" {
			doc.Number = b.next("DRAFT")
			continue
		}
		doc.Number = b.numbers.next("INV", doc.IssuedOn)
	}
	for _, memo := range b.credits {
		memo.Number = b.numbers.next("CRN", memo.IssuedOn)
	}
	for _, memo := range b.debits {
		memo.Number = b.numbers.next("DBN", memo.IssuedOn)
	}
}
