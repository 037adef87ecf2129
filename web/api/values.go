package api

import (
	"time"

	"github.com/shopspring/decimal"

	"handover/internal/db"
	"handover/internal/money"
	"handover/internal/transfer"
)

// Money is an amount with its currency's minor units.
type Money = transfer.Amount

func moneyOf(v decimal.Decimal, currency string) Money {
	return Money{Amount: money.Format(v, currency), Currency: currency}
}

// Ref names something of another kind. Number is null for what the caller may not know.
type Ref struct {
	Number     *string `json:"number" nullable:"true"`
	ExternalID *string `json:"external_id" nullable:"true"`
	Name       string  `json:"name"`
}

func ref(number, externalID, name string) Ref {
	return Ref{orNull(number), orNull(externalID), name}
}

// orNull is the text, null when it is empty.
func orNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// day is a date in the API's form, null when there is none.
func day(t *time.Time) *string {
	if t == nil {
		return nil
	}
	text := t.Format(time.DateOnly)
	return &text
}

// moment is a time in the API's form, null when there is none.
func moment(t *time.Time) *string {
	if t == nil {
		return nil
	}
	text := t.UTC().Format(time.RFC3339)
	return &text
}

// Paged is how a list is read part by part.
type Paged struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many items to return."`
	Cursor string `query:"cursor" doc:"The next of the answer before; without it the list begins."`
}

// page is the part of a list to read, from its beginning in the order that is given.
func (p Paged) page(sort string) db.Page { return db.Page{Sort: sort, Size: p.Limit, After: p.Cursor} }

// List is a part of a list.
type List[T any] struct {
	Items []T     `json:"items"`
	Next  *string `json:"next" nullable:"true" doc:"The cursor of the next part, null at the end."`
}

// listOf turns the rows of a part into items.
func listOf[R, T any](part db.Part[R], item func(R) T) List[T] {
	out := List[T]{Items: make([]T, 0, len(part.Rows)), Next: orNull(part.After)}
	for _, r := range part.Rows {
		out.Items = append(out.Items, item(r))
	}
	return out
}

// Answer is the body of an answer.
type Answer[T any] struct{ Body T }
